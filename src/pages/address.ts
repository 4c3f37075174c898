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
  const values = parameters.map((name) => [name, url.searchParams.get(name) ?? ''] as const)
  const query = [...values, ['hl', language ?? ''] as const]
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
  const path = url.pathname + (query.length > 0 ? `?${query.join('&')}` : '')
  return { path, isLanguageChosen: language !== null }
}
