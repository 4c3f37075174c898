// What a feed is: its address, and its content as pure data that every format is written from. No I/O.

import type { Article } from '../articles/article.ts'

/** Which articles a feed lists: of one source or all, on one topic or all. Slugs. */
export type FeedKey = {
  readonly source: string | null
  readonly topic: string | null
}

/** The path that all addresses of a feed begin with; '' for the feed of everything. */
export function feedPath(key: FeedKey): string {
  const source = key.source === null ? '' : `/sources/${encodeURIComponent(key.source)}`
  const topic = key.topic === null ? '' : `/topics/${encodeURIComponent(key.topic)}`
  return source + topic
}

/** The page for people that stands beside a feed. */
export function pageUrl(origin: string, path: string): string {
  return path === '' ? `${origin}/` : origin + path
}

export function feedUrl(origin: string, path: string, extension: string): string {
  return `${origin}${path}/feed.${extension}`
}

/** Where the hub of all feeds is. */
export function hubUrl(origin: string): string {
  return `${origin}/hub`
}

/** Every feed an article of this source with these topics belongs to. */
export function feedKeysOf(source: string, topics: readonly string[]): FeedKey[] {
  return [
    { source: null, topic: null },
    { source, topic: null },
    ...topics.map((topic) => ({ source: null, topic })),
    ...topics.map((topic) => ({ source, topic })),
  ]
}

/** The archive links are RFC 5005's. */
export type FeedLink = {
  readonly rel: 'self' | 'hub' | 'current' | 'prev-archive' | 'next-archive'
  readonly href: string
}

/** The source of an article, as a feed of several sources credits it. */
export type EntrySource = {
  /** `atom:id` of the source's own feed. */
  readonly id: string
  readonly title: string
  readonly homePageUrl: string
  readonly feedUrl: string
}

export type FeedEntry = Omit<Article, 'sourceId'> & {
  readonly source: EntrySource
}

/** An article that was in the feed and was retracted (RFC 6721). */
export type DeletedEntry = {
  readonly guid: string
  readonly deletedAt: number
  readonly note: string | null
}

export type Feed = {
  readonly id: string
  readonly title: string
  readonly description: string
  /** When anything of what it says last changed. */
  readonly updatedAt: number
  readonly language: string | null
  readonly icon: string | null
  readonly rights: string | null
  readonly license: string | null
  /** Who stands for entries that name no author: the source, or the wire. */
  readonly author: { readonly name: string; readonly url: string }
  /** Whether its entries come from several sources, so that each must say from which. */
  readonly isAggregate: boolean
  readonly pageUrl: string
  /** What categories are said to be of: topics have their pages below it. */
  readonly topicsUrl: string
  readonly links: readonly FeedLink[]
  /** Whether it is an archive document (RFC 5005 §4). */
  readonly isArchive: boolean
  /** Whether it gives summaries alone: then all bodies are empty. */
  readonly isSummary: boolean
  /** Newest first. */
  readonly entries: readonly FeedEntry[]
  readonly deleted: readonly DeletedEntry[]
}

export function linkOf(feed: Feed, rel: FeedLink['rel']): string | null {
  return feed.links.find((link) => link.rel === rel)?.href ?? null
}

/** How many deletions a document tells of: the newest. */
export const deletionsMax = 50

/** How often a reader should come back at most: said in RSS and in Cache-Control alike. */
export const pollMinutes = 5

/** The links of a document as the field `Link` has them (RFC 8288). */
export function linkField(links: readonly FeedLink[]): string {
  return links.map(({ rel, href }) => `<${href}>; rel="${rel}"`).join(', ')
}

/** What a correction is called in an article's language. */
export function correctionWord(language: string | null): string {
  return language?.startsWith('vi') ? 'Đính chính' : 'Correction'
}
