// What a page is shown as: on which site, in which language, under which address. No I/O.

import { findLanguage, languages, preferredLanguage, type Language } from '../lib/language.ts'
import type { Site } from '../lib/site.ts'
import { wordsIn, type Words } from './words.ts'

export type View = {
  readonly site: Site
  readonly language: Language
  readonly words: Words
  /** Path of the page. */
  readonly path: string
  /** The parameters of the address that count, in one order, without `hl`. */
  readonly query: readonly (readonly [string, string])[]
  /** Whether the address names the language; then links keep it. */
  readonly isLanguageChosen: boolean
}

type Asked = {
  readonly site: Site
  readonly url: URL
  readonly acceptLanguage: string | undefined
  /** The parameters that this page knows; others are as good as absent. */
  readonly parameters: readonly string[]
}

// Nothing that a page is asked for is longer.
const valueLengthMax = 500

/** The language is the one that the address names (`hl`), else the first of ours that the reader asks for. */
export function viewOf({ site, url, acceptLanguage, parameters }: Asked): View {
  const chosen = findLanguage(url.searchParams.get('hl') ?? undefined)
  const language = chosen ?? preferredLanguage(acceptLanguage)
  const query = parameters.flatMap((name) => {
    const value = url.searchParams.get(name)
    return value && value.length <= valueLengthMax ? [[name, value] as const] : []
  })
  // What begins with two slashes would be the address of another host.
  const path = url.pathname.replace(/^\/{2,}/, '/')
  return { site, language, words: wordsIn(language), path, query, isLanguageChosen: !!chosen }
}

/** A parameter of the address; null when it is absent. */
export function parameterOf(view: View, name: string): string | null {
  return view.query.find(([each]) => each === name)?.[1] ?? null
}

/** The address of another page, in the language that the reader chose. */
export function link(view: View, path: string, query: View['query'] = []): string {
  return address(path, view.isLanguageChosen ? [...query, ['hl', view.language]] : query)
}

/** This very page in each language. */
export function translations(view: View): { readonly language: Language; readonly href: string }[] {
  return languages.map((language) => ({
    language,
    href: address(view.path, [...view.query, ['hl', language]]),
  }))
}

/** Where this page is known, whatever the language: without `hl`. */
export function canonicalUrl(view: View): string {
  return view.site.origin + address(view.path, view.query)
}

function address(path: string, query: View['query']): string {
  if (query.length === 0) return path
  return `${path}?${query.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')}`
}
