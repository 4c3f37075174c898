// Sources that were read for a post lately, as they were then: to begin with one saves a question to the
// database, but it must be shown to be as it was before anything is believed. No I/O.

import type { Source } from './source.ts'

const recentMax = 1000
const recent = new Map<string, Source>()

/** A source as it was when it was read last; null when that is not known. */
export function recallSource(slug: string): Source | null {
  return recent.get(slug) ?? null
}

export function rememberSource(slug: string, source: Source | null): void {
  recent.delete(slug)
  if (!source || source.removedAt !== null) return
  recent.set(slug, source)
  const [oldest] = recent.keys()
  if (recent.size > recentMax && oldest !== undefined) recent.delete(oldest)
}

/** Whether a source is still all that a post depends on; src/ingest/journal-store.ts#insertReceipt asks the same. */
export function isSameSource(a: Source, b: Source): boolean {
  return (
    a.id === b.id &&
    a.uuid === b.uuid &&
    a.language === b.language &&
    a.secretGeneration === b.secretGeneration &&
    a.secretRotatedAt === b.secretRotatedAt &&
    a.removedAt === b.removedAt
  )
}
