// The addresses of pages: which there are, and which of their parameters count. No I/O.

import { findLanguage } from '../lib/language.ts'

// A page, and the parameters it knows beside `hl`.
const pages: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^\/$/, ['before']],
  [/^\/(?:sources|topics)\/[^/]+$/, ['before']],
  [/^\/sources\/[^/]+\/topics\/[^/]+$/, ['before']],
  [/^(?:\/sources\/[^/]+)?(?:\/topics\/[^/]+)?\/embed$/, ['items', 'theme']],
  [/^\/(?:sources|topics)$/, ['after']],
  [/^\/search$/, ['q']],
  [/^\/problems$/, []],
  [/^\/articles\/[^/]+(?:\/republish)?$/, []],
]

/** How many headlines a box for other sites has. */
export const boxItems = { least: 1, usual: 5, most: 20 }
export const boxThemes = ['auto', 'light', 'dark'] as const

/** How many headlines a text asks for, within the bounds; null when it is no number. */
export function readBoxItems(text: string): number | null {
  if (!/^\d{1,4}$/.test(text)) return null
  return Math.min(boxItems.most, Math.max(boxItems.least, Number(text)))
}

// Values that mean the same are one; what means nothing is none.
const meanings: Readonly<Record<string, (value: string) => string>> = {
  items: (value) => String(readBoxItems(value) ?? ''),
  theme: (value) => boxThemes.find((theme) => theme === value) ?? '',
}

export type PageAddress = {
  /** The one spelling of its path and query. */
  readonly path: string
  /** Whether it names the language; else it depends on the reader's. */
  readonly isLanguageChosen: boolean
}

/** The page that a URL asks for, or null when it is none. */
export function parsePageUrl(url: URL): PageAddress | null {
  const parameters = pages.find(([path]) => path.test(url.pathname))?.[1]
  if (!parameters) return null
  const language = findLanguage(url.searchParams.get('hl') ?? undefined)
  const values = parameters.map((name) => {
    const value = url.searchParams.get(name) ?? ''
    return [name, meanings[name]?.(value) ?? value] as const
  })
  const query = [...values, ['hl', language ?? ''] as const]
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
  const path = canonicalPath(url.pathname) + (query.length > 0 ? `?${query.join('&')}` : '')
  return { path, isLanguageChosen: language !== null }
}

/** Each segment as we write it, so that `%62ao` is `bao`. */
function canonicalPath(path: string): string {
  try {
    const segments = path.split('/').map(decodeURIComponent)
    return segments.map(encodeURIComponent).join('/')
  } catch {
    return path
  }
}
