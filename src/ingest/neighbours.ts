// What an article has in common with others: reported, never merged. No I/O.

import type { Neighbour } from '../articles/similarity-store.ts'
import { differingBits, similarBitsMax } from '../lib/simhash.ts'
import { excerpt } from '../lib/text.ts'
import type { CleanItem } from './clean.ts'
import { finding, type Finding } from './findings.ts'

type Posted = { readonly pointer: string; readonly clean: CleanItem }

export function neighbourFindings(
  { pointer, clean }: Posted,
  uuid: string,
  neighbours: readonly Neighbour[]
): Finding[] {
  const others = neighbours.filter((neighbour) => neighbour.uuid !== uuid)
  const sharing = others.find((other) => other.url === clean.content.url)
  const similar = others.find(
    (other) => other.url !== clean.content.url && isSimilar(other.simhash, clean.simhash)
  )
  const findings: Finding[] = []
  if (sharing) {
    const details = { title: excerpt(sharing.title, 80), id: sharing.externalId }
    findings.push(finding('url-shared', `${pointer}/url`, details))
  }
  if (similar) {
    const details = { title: excerpt(similar.title, 80), url: similar.url }
    findings.push(finding('text-shared', pointer, details))
  }
  return findings
}

function isSimilar(a: string | null, b: string | null): boolean {
  return a !== null && b !== null && differingBits(a, b) <= similarBitsMax
}
