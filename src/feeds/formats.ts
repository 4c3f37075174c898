// The formats, one row each: everything that differs between them but the writing. No I/O.

import { writeAtom } from './atom.ts'
import type { Feed } from './feed.ts'
import { writeJson } from './json.ts'
import { writeRss } from './rss.ts'

export type Format = {
  readonly name: string
  /** Of the file, and of the path: `feed.rss`. */
  readonly extension: 'rss' | 'atom' | 'json'
  readonly mediaType: string
  readonly write: (feed: Feed) => string
}

export const formats: readonly Format[] = [
  { name: 'RSS', extension: 'rss', mediaType: 'application/rss+xml', write: writeRss },
  { name: 'Atom', extension: 'atom', mediaType: 'application/atom+xml', write: writeAtom },
  { name: 'JSON Feed', extension: 'json', mediaType: 'application/feed+json', write: writeJson },
]

export function findFormat(extension: string): Format | null {
  return formats.find((format) => format.extension === extension) ?? null
}

/** The same string wherever a document goes: in answers and in the hub's deliveries. */
export function contentTypeOf(format: Format): string {
  return `${format.mediaType}; charset=utf-8`
}

/**
 * Raise it with every change of what a writer writes: it is part of each ETag, so that no reader keeps
 * a document of an older writer. A test compares it with the golden documents.
 */
export const writersVersion = 3
