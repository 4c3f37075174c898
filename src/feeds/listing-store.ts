// All SQL of lists for people: headlines without bodies, feeds by name, how lively they are. What each
// statement reads is bounded by its limits, whatever the size of the wire.

import type { Article } from '../articles/article.ts'

/** What a list says of an article. */
export type Headline = Pick<
  Article,
  'uuid' | 'url' | 'title' | 'summary' | 'language' | 'publishedAt' | 'utcOffsetMinutes'
> & {
  readonly sourceSlug: string
  readonly sourceTitle: string
  readonly isCorrected: boolean
}

/** A place in a feed: what comes after it is older. */
export type Place = Pick<Headline, 'publishedAt' | 'uuid'>

type HeadlineRow = Omit<Headline, 'isCorrected'> & { readonly isCorrected: number }

/**
 * The articles of a feed, newest first, ties by uuid: the newest, or those after a place. Three rows are
 * read for each, after a place up to five.
 */
export async function listHeadlines(
  db: D1Database,
  feedId: number,
  after: Place | null,
  limit: number
): Promise<Headline[]> {
  // The first part is what shares its second with the place; apart, each reads no more than the limit.
  const { results } = await db
    .prepare(
      `SELECT articles.uuid, articles.url, articles.title, articles.summary,
        coalesce(articles.language, sources.language) AS language,
        articles.published_at AS publishedAt, articles.utc_offset_minutes AS utcOffsetMinutes,
        sources.slug AS sourceSlug, sources.title AS sourceTitle,
        articles.corrections <> '[]' AS isCorrected
      FROM (
        SELECT * FROM (SELECT article_id, published_at, uuid FROM feed_articles
          WHERE feed_id = ?1 AND published_at = ?2 AND uuid > ?3 ORDER BY uuid LIMIT ?4)
        UNION ALL
        SELECT * FROM (SELECT article_id, published_at, uuid FROM feed_articles
          WHERE feed_id = ?1 AND published_at < ?2 ORDER BY published_at DESC, uuid LIMIT ?4)
        ORDER BY published_at DESC, uuid LIMIT ?4
      ) AS places
      JOIN articles ON articles.id = places.article_id
      JOIN sources ON sources.id = articles.source_id
      ORDER BY places.published_at DESC, places.uuid`
    )
    .bind(feedId, after?.publishedAt ?? Number.MAX_SAFE_INTEGER, after?.uuid ?? '', limit)
    .all<HeadlineRow>()
  return results.map((row) => ({ ...row, isCorrected: row.isCorrected === 1 }))
}

/** A feed as a list of feeds names it: the title of its source, or of its topic. */
export type NamedFeed = {
  readonly id: number
  readonly path: string
  readonly slug: string
  readonly title: string
  readonly language: string | null
}

// As the partial indexes have it.
const areFeeds = {
  sources: 'source_id IS NOT NULL AND topic_id IS NULL AND gone_at IS NULL',
  topics: 'source_id IS NULL AND topic_id IS NOT NULL AND gone_at IS NULL',
} as const

/** The feeds of sources or of topics that changed last. */
export async function listLastChangedFeeds(
  db: D1Database,
  of: 'sources' | 'topics',
  limit: number
): Promise<NamedFeed[]> {
  const { results } = await db
    .prepare(
      `SELECT last.id, last.path, owners.slug, owners.title, owners.language
      FROM (SELECT id, path, ${ownerId[of]} AS owner_id, changed_at FROM feeds
        WHERE ${areFeeds[of]}
        ORDER BY changed_at DESC, id LIMIT ?1) AS last
      CROSS JOIN ${of} AS owners ON owners.id = last.owner_id
      ORDER BY last.changed_at DESC, last.id`
    )
    .bind(limit)
    .all<NamedFeed>()
  return results
}

/**
 * Something that is another whenever a feed of a source or of a topic is new or changed: when the last
 * of them changed, and the revisions of those that did in that second. As many rows are read.
 */
export async function findLastChange(db: D1Database): Promise<string> {
  const lastOf = (of: 'sources' | 'topics') =>
    `SELECT max(changed_at) AS changedAt, sum(revision) AS revisions FROM feeds
    WHERE ${areFeeds[of]}
      AND changed_at = (SELECT max(changed_at) FROM feeds WHERE ${areFeeds[of]})`
  const { results } = await db
    .prepare(`${lastOf('sources')} UNION ALL ${lastOf('topics')}`)
    .all<{ changedAt: number | null; revisions: number | null }>()
  return results.map(({ changedAt, revisions }) => `${changedAt}.${revisions}`).join('-')
}

/** The feeds of sources or of topics by slug, after the given one. */
export async function listFeedsBySlug(
  db: D1Database,
  of: 'sources' | 'topics',
  after: string,
  limit: number
): Promise<NamedFeed[]> {
  const join = {
    sources: 'feeds.source_id = owners.id AND feeds.topic_id IS NULL',
    topics: 'feeds.topic_id = owners.id AND feeds.source_id IS NULL',
  }[of]
  const { results } = await db
    .prepare(
      `SELECT feeds.id, feeds.path, owners.slug, owners.title, owners.language
      FROM ${of} AS owners CROSS JOIN feeds ON ${join} AND feeds.gone_at IS NULL
      WHERE owners.slug > ?1 ORDER BY owners.slug LIMIT ?2`
    )
    .bind(after, limit)
    .all<NamedFeed>()
  return results
}

/**
 * The feeds beside one: of a source its topics, of a topic the sources that write about it; those that
 * changed last among the first `readMax`.
 */
export async function listNeighbours(
  db: D1Database,
  beside: { readonly sourceId: number } | { readonly topicId: number },
  { readMax, limit }: { readonly readMax: number; readonly limit: number }
): Promise<NamedFeed[]> {
  const [of, key, id] =
    'sourceId' in beside
      ? (['topics', 'source_id', beside.sourceId] as const)
      : (['sources', 'topic_id', beside.topicId] as const)
  const { results } = await db
    .prepare(
      `SELECT last.id, last.path, owners.slug, owners.title, owners.language
      FROM (SELECT * FROM (SELECT id, path, ${ownerId[of]} AS owner_id, changed_at FROM feeds
          WHERE ${key} = ?1 AND ${ownerId[of]} IS NOT NULL AND gone_at IS NULL LIMIT ?2)
        ORDER BY changed_at DESC, id LIMIT ?3) AS last
      CROSS JOIN ${of} AS owners ON owners.id = last.owner_id
      ORDER BY owners.slug`
    )
    .bind(id, readMax, limit)
    .all<NamedFeed>()
  return results
}

const ownerId = { sources: 'source_id', topics: 'topic_id' } as const

export type WeeksAsked = {
  /** The end of the last week. */
  readonly until: number
  readonly weeks: number
  /** Counting stops here: a week of this many is as lively as can be told. */
  readonly countMax: number
}

const weekSeconds = 7 * 24 * 3600

/**
 * How many articles each feed has of each week, oldest week first. At most `weeks * countMax` rows are
 * read for each feed.
 */
export async function countArticlesByWeek(
  db: D1Database,
  feedIds: readonly number[],
  { until, weeks, countMax }: WeeksAsked
): Promise<Map<number, number[]>> {
  const asked = feedIds.flatMap((feedId) =>
    Array.from({ length: weeks }, (_, week) => ({
      feedId,
      from: until - (weeks - week) * weekSeconds,
    }))
  )
  const { results } = await db
    .prepare(
      `SELECT asked.value ->> 'feedId' AS feedId,
        (SELECT count(*) FROM (SELECT 1 FROM feed_articles
          WHERE feed_id = asked.value ->> 'feedId' AND published_at >= asked.value ->> 'from'
            AND published_at < asked.value ->> 'from' + ?2
          LIMIT ?3)) AS articles
      FROM json_each(?1) AS asked ORDER BY asked.key`
    )
    .bind(JSON.stringify(asked), weekSeconds, countMax)
    .all<{ feedId: number; articles: number }>()
  const counts = Map.groupBy(results, (row) => row.feedId)
  return new Map([...counts].map(([feedId, rows]) => [feedId, rows.map((row) => row.articles)]))
}
