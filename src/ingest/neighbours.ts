// What an article has in common with others: reported, never merged. No I/O.

import type { Neighbour } from '../articles/similarity-store.ts'
import { differingBits, quartersOf, similarBitsMax } from '../lib/simhash.ts'
import { excerpt } from '../lib/text.ts'
import type { CleanItem } from './clean.ts'
import { finding, type Finding } from './findings.ts'

/** Articles by what two of them may share: an address, or a quarter of a simhash. */
export type Neighbourhood = Map<string, Neighbour[]>

export function neighbourhoodOf(neighbours: readonly Neighbour[]): Neighbourhood {
  const neighbourhood: Neighbourhood = new Map()
  for (const neighbour of neighbours) addNeighbour(neighbourhood, neighbour)
  return neighbourhood
}

export function addNeighbour(neighbourhood: Neighbourhood, neighbour: Neighbour): void {
  for (const key of [neighbour.url, ...quarterKeys(neighbour.simhash)]) {
    const sharing = neighbourhood.get(key)
    if (sharing) sharing.push(neighbour)
    else neighbourhood.set(key, [neighbour])
  }
}

type Posted = { readonly pointer: string; readonly clean: CleanItem }

export function neighbourFindings(
  { pointer, clean }: Posted,
  uuid: string,
  neighbourhood: Neighbourhood
): Finding[] {
  const { url } = clean.content
  const sharing = neighbourhood.get(url)?.find((other) => other.uuid !== uuid)
  const similar = quarterKeys(clean.simhash)
    .flatMap((key) => neighbourhood.get(key) ?? [])
    .find(
      (other) => other.uuid !== uuid && other.url !== url && isSimilar(other.simhash, clean.simhash)
    )
  const findings: Finding[] = []
  if (sharing) {
    const details = { title: excerpt(sharing.title, 80), id: excerpt(sharing.externalId, 80) }
    findings.push(finding('url-shared', `${pointer}/url`, details))
  }
  if (similar) {
    const details = { title: excerpt(similar.title, 80), url: similar.url }
    findings.push(finding('text-shared', pointer, details))
  }
  return findings
}

function quarterKeys(simhash: string | null): string[] {
  return simhash === null ? [] : quartersOf(simhash).map((bits, quarter) => `${quarter} ${bits}`)
}

function isSimilar(a: string | null, b: string | null): boolean {
  return a !== null && b !== null && differingBits(a, b) <= similarBitsMax
}
