// What each page shows, read from the database. What is read for one page is bounded, whatever the size
// of the wire.

import { matchExpression, type Selection } from '../articles/search-terms.ts'
import { documentBytesMax } from '../feeds/archive-store.ts'
import { listFound } from '../feeds/list-store.ts'
import {
  countArticlesByWeek,
  listFeedsBySlug,
  listHeadlines,
  listLastChangedFeeds,
  listNeighbours,
  type Headline,
  type NamedFeed,
  type Place,
} from '../feeds/listing-store.ts'
import type { FeedState } from '../feeds/store.ts'
import type { Site } from '../lib/site.ts'
import { excerpt } from '../lib/text.ts'
import { findSources } from '../sources/store.ts'
import { findTopics } from '../topics/store.ts'
import type { ShownFeed } from './feed.tsx'
import type { LivelyFeedsProps } from './lists.tsx'

const headlinesMax = 15
// Lists stay small whatever publishers write; nearly all titles are shorter.
const textLengthMax = 150
const homeHeadlinesMax = 10
const homeFeedsMax = 10
const directoryFeedsMax = 30
const neighboursMax = { readMax: 200, limit: 30 }
// Of a year nobody could tell more at a glance, and each week costs up to `countMax` rows a feed.
const lively = { weeks: 8, countMax: 30 }

/** A feed with its owners. */
export async function loadShownFeed(
  db: D1Database,
  state: FeedState,
  site: Site
): Promise<ShownFeed> {
  const { sourceId, topicId } = state
  const [sources, topics] = await Promise.all([
    findSources(db, sourceId === null ? [] : [sourceId]),
    findTopics(db, topicId === null ? [] : [topicId]),
  ])
  const source = sources.get(sourceId ?? 0) ?? null
  const topic = topics.get(topicId ?? 0) ?? null
  const title = [source?.title, topic?.title].filter(Boolean).join(': ') || site.title
  return { path: state.path, title, source, topic }
}

/** A page of a feed's headlines, and where the next one begins. */
export async function loadHeadlines(
  db: D1Database,
  state: FeedState,
  before: Place | null,
  limit = headlinesMax
): Promise<{ readonly headlines: Headline[]; readonly older: string | null }> {
  const found = await listHeadlines(db, state.id, before, limit + 1)
  const headlines = found.slice(0, limit).map(shortened)
  const last = found.length > limit ? headlines.at(-1) : undefined
  return { headlines, older: last ? `${last.publishedAt}.${last.uuid}` : null }
}

function shortened(headline: Headline): Headline {
  return {
    ...headline,
    title: excerpt(headline.title, textLengthMax),
    summary: excerpt(headline.summary, textLengthMax),
  }
}

/** The place that `older` names; null when the text names none. */
export function parsePlace(text: string): Place | null {
  const [, publishedAt, uuid] = /^(-?\d{1,12})\.([0-9a-f-]{36})$/.exec(text) ?? []
  return publishedAt && uuid ? { publishedAt: Number(publishedAt), uuid } : null
}

/** What stands beside the feed of a source or of a topic; beside others the page knows it. */
export function loadNeighbours(db: D1Database, state: FeedState): Promise<NamedFeed[]> {
  const { sourceId, topicId } = state
  if (sourceId !== null && topicId === null) return listNeighbours(db, { sourceId }, neighboursMax)
  if (topicId !== null && sourceId === null) return listNeighbours(db, { topicId }, neighboursMax)
  return Promise.resolve([])
}

export const foundMax = 15

/** The newest articles of a selection. */
export async function loadFound(db: D1Database, selection: Selection): Promise<Headline[]> {
  const bounds = { articlesMax: foundMax, bytesMax: documentBytesMax }
  const articles = await listFound(db, matchExpression(selection), bounds)
  const sources = await findSources(db, [...new Set(articles.map(({ sourceId }) => sourceId))])
  return articles.flatMap((article) => {
    const source = sources.get(article.sourceId)
    if (!source) return []
    const { language, corrections } = article
    return shortened({
      ...article,
      language: language ?? source.language,
      sourceSlug: source.slug,
      sourceTitle: source.title,
      isCorrected: corrections.length > 0,
    })
  })
}

export async function loadHome(db: D1Database, state: FeedState, day: number) {
  const [sources, topics, newest] = await Promise.all([
    listLastChangedFeeds(db, 'sources', homeFeedsMax),
    listLastChangedFeeds(db, 'topics', homeFeedsMax),
    loadHeadlines(db, state, null, homeHeadlinesMax),
  ])
  const livelySources = await withWeeks(db, sources, day)
  return { ...newest, sources: livelySources, topics: await withWeeks(db, topics, day) }
}

type DirectoryAsked = {
  readonly of: 'sources' | 'topics'
  readonly after: string
  readonly day: number
}

export async function loadDirectory(db: D1Database, { of, after, day }: DirectoryAsked) {
  const found = await listFeedsBySlug(db, of, after, directoryFeedsMax + 1)
  const feeds = found.slice(0, directoryFeedsMax)
  const next = found.length > directoryFeedsMax ? (feeds.at(-1)?.slug ?? null) : null
  return { lively: await withWeeks(db, feeds, day), next }
}

async function withWeeks(
  db: D1Database,
  feeds: readonly NamedFeed[],
  day: number
): Promise<Omit<LivelyFeedsProps, 'view'>> {
  const ids = feeds.map((feed) => feed.id)
  const weeks = await countArticlesByWeek(db, ids, { until: (day + 1) * 24 * 3600, ...lively })
  return { feeds, weeks, countMax: lively.countMax }
}
