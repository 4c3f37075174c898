// The address of every document Loa gives out as a feed: read from a URL, and written as the one URL that
// is its own. No I/O.

import { phrasesOf, type Selection } from '../articles/search-terms.ts'
import { Problem } from '../lib/problem.ts'
import { cleanLine } from '../lib/text.ts'
import { feedPath } from './feed.ts'
import { findFormat, type Format } from './formats.ts'
import { feedKeyOf, selectionOf } from './selection.ts'

export type FeedAddress = {
  readonly selection: Selection
  readonly extension: Format['extension']
  /** Whole articles, or what they are about and a link. */
  readonly content: 'full' | 'summary'
  /** How many articles; null for as many as the subscription document has. */
  readonly limit: number | null
  /** The number of an archive document; null for the subscription document. */
  readonly archive: number | null
}

const limitMax = 100
const namesMax = 10
const wordsLengthMax = 100
const phrasesMax = 8

const paths =
  /^(?:\/sources\/([^/]+))?(?:\/topics\/([^/]+))?\/(?:feed|archive\/([1-9]\d{0,8}))\.([a-z]+)$/

/**
 * What a URL asks for, or null when no feed document has such a path. Parameters may come in any order,
 * repeat themselves, and stand among others that mean nothing here.
 * @throws {Problem} 'invalid-query' when a parameter asks for what there cannot be.
 */
export function parseFeedUrl(url: URL): FeedAddress | null {
  const [, sourcePart, topicPart, archivePart, extension] = paths.exec(url.pathname) ?? []
  const format = findFormat(extension ?? '')
  const source = decodeSlug(sourcePart)
  const topic = decodeSlug(topicPart)
  if (!format || source === undefined || topic === undefined) return null
  const query = url.searchParams
  const shared = { extension: format.extension, content: contentIn(query) }
  if (archivePart !== undefined) {
    const selection = selectionOf({ source, topic })
    return { selection, ...shared, limit: null, archive: Number(archivePart) }
  }
  const selection: Selection = {
    sources: names(query, 'source', source),
    topics: names(query, 'topic', topic),
    excludedTopics: names(query, 'not-topic', null),
    language: languageIn(query),
    words: wordsIn(query),
  }
  return { selection, ...shared, limit: limitIn(query), archive: null }
}

/** The path and query that are a document's own: what `self` and caches know it by. */
export function feedAddressPath(address: FeedAddress): string {
  const { selection, extension, content, limit, archive } = address
  const key = feedKeyOf(selection)
  const file = archive === null ? `feed.${extension}` : `archive/${archive}.${extension}`
  const path = `${key ? feedPath(key) : ''}/${file}`
  const parameters = [
    ...(key ? [] : selectionParameters(selection)),
    ...(content === 'full' ? [] : [`content=${content}`]),
    ...(limit === null ? [] : [`limit=${limit}`]),
  ]
  return parameters.length === 0 ? path : `${path}?${parameters.join('&')}`
}

/** A selection as parameters, in their one order. */
export function selectionParameters(selection: Selection): string[] {
  const { sources, topics, excludedTopics, language, words } = selection
  const parameters: [string, string][] = [
    ...sources.map((slug): [string, string] => ['source', slug]),
    ...topics.map((slug): [string, string] => ['topic', slug]),
    ...excludedTopics.map((slug): [string, string] => ['not-topic', slug]),
    ...(language === null ? [] : [['lang', language] satisfies [string, string]]),
    ...(words === null ? [] : [['q', words] satisfies [string, string]]),
  ]
  return parameters.map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
}

/** Undefined when it is no percent-encoded text. */
function decodeSlug(part: string | undefined): string | null | undefined {
  if (part === undefined) return null
  try {
    return decodeURIComponent(part)
  } catch {
    return undefined
  }
}

function names(query: URLSearchParams, parameter: string, fromPath: string | null): string[] {
  const given = query.getAll(parameter).map((name) => name.trim().normalize('NFC').toLowerCase())
  const all = [...(fromPath === null ? [] : [fromPath]), ...given]
  const distinct = [...new Set(all.filter((name) => name !== ''))].toSorted()
  if (distinct.length > namesMax)
    throw invalidQuery(`at most ${namesMax} different values of "${parameter}" can be asked for`)
  return distinct
}

function languageIn(query: URLSearchParams): string | null {
  const given = query.getAll('lang').filter((tag) => tag.trim() !== '')
  if (given.length === 0) return null
  try {
    const tags = new Set(given.flatMap((tag) => Intl.getCanonicalLocales(tag.trim())))
    if (tags.size === 1) return [...tags][0] ?? null
  } catch {
    throw invalidQuery('"lang" must be a language tag such as "vi" or "en-GB" (BCP 47)')
  }
  throw invalidQuery('only one language can be asked for in "lang"')
}

function wordsIn(query: URLSearchParams): string | null {
  const given = query.getAll('q').join(' ')
  const words = cleanLine(given).toLowerCase()
  if (words === '') return null
  const phrases = phrasesOf(words)
  if (phrases.length === 0) throw invalidQuery('"q" must have letters or digits')
  if (words.length > wordsLengthMax || phrases.length > phrasesMax)
    throw invalidQuery(`"q" can have ${wordsLengthMax} characters and ${phrasesMax} words at most`)
  return words
}

function contentIn(query: URLSearchParams): FeedAddress['content'] {
  const content = lastOf(query, 'content')
  if (content === null || content === 'full') return 'full'
  if (content === 'summary') return 'summary'
  throw invalidQuery('"content" must be "full" or "summary"')
}

function limitIn(query: URLSearchParams): number | null {
  const limit = lastOf(query, 'limit')
  if (limit === null) return null
  const count = /^\d{1,9}$/.test(limit) ? Number(limit) : 0
  if (count >= 1 && count <= limitMax) return count
  throw invalidQuery(`"limit" must be a whole number from 1 to ${limitMax}`)
}

function lastOf(query: URLSearchParams, parameter: string): string | null {
  return (
    query
      .getAll(parameter)
      .findLast((value) => value.trim() !== '')
      ?.trim() ?? null
  )
}

function invalidQuery(detail: string): Problem {
  return new Problem('invalid-query', `In this address ${detail}.`, {
    headers: { 'Cache-Control': 'public, max-age=300', 'Access-Control-Allow-Origin': '*' },
  })
}
