// All SQL of feeds: their rows, and which articles each lists.

import { articleColumns, articleFromRow, type ArticleRow } from '../articles/store.ts'
import type { Article } from '../articles/article.ts'
import { jsonParameters } from '../lib/json.ts'
import type { ListedFeed } from './opml.ts'

/** What is known of a feed without reading an article. */
export type FeedState = {
  readonly id: number
  readonly path: string
  readonly uuid: string
  readonly sourceId: number | null
  readonly topicId: number | null
  readonly revision: number
  readonly changedAt: number
  /** How often it changed in that second. */
  readonly changesInSecond: number
  readonly goneAt: number | null
}

type FeedRow = {
  id: number
  path: string
  uuid: string
  source_id: number | null
  topic_id: number | null
  revision: number
  changed_at: number
  changes_in_second: number
  gone_at: number | null
}

const columns =
  'id, path, uuid, source_id, topic_id, revision, changed_at, changes_in_second, gone_at'

function feedFromRow(row: FeedRow): FeedState {
  return {
    id: row.id,
    path: row.path,
    uuid: row.uuid,
    sourceId: row.source_id,
    topicId: row.topic_id,
    revision: row.revision,
    changedAt: row.changed_at,
    changesInSecond: row.changes_in_second,
    goneAt: row.gone_at,
  }
}

/** One row read: all that a reader with the current revision costs. */
export async function findFeed(db: D1Database, path: string): Promise<FeedState | null> {
  const row = await db
    .prepare(`SELECT ${columns} FROM feeds WHERE path = ?1`)
    .bind(path)
    .first<FeedRow>()
  return row && feedFromRow(row)
}

/** The feeds there are, as a list names them, by path. */
export async function listFeeds(db: D1Database, limit: number): Promise<ListedFeed[]> {
  const { results } = await db
    .prepare(
      `SELECT feeds.path, sources.title AS source, topics.title AS topic,
        coalesce(topics.language, sources.language) AS language
      FROM feeds
      LEFT JOIN sources ON sources.id = feeds.source_id
      LEFT JOIN topics ON topics.id = feeds.topic_id
      WHERE feeds.gone_at IS NULL ORDER BY feeds.path LIMIT ?1`
    )
    .bind(limit)
    .all<ListedFeed>()
  return results
}

// Fifty bodies of this size are a document of 1 MiB; larger ones are read only once it is known
// that there is room for them.
const inlineBodyBytesMax = 20_000

type ListedRow = Omit<ArticleRow, 'content_html'> & {
  id: number
  size_bytes: number
  content_html: string | null
}

export type DocumentBounds = { readonly articlesMax: number; readonly bytesMax: number }

// Corrections stand in a document as members or as notes or both, and are escaped: four times their size
// is more than they add.
/**
 * The newest articles of a feed, ties by uuid, as many as fit: at least one, at most `articlesMax`,
 * together at most `bytesMax` bytes. Two rows are read for each.
 */
export async function listNewestArticles(
  db: D1Database,
  feedId: number,
  { articlesMax, bytesMax }: DocumentBounds
): Promise<Article[]> {
  const { results } = await db
    .prepare(
      `SELECT ${articleColumns}, articles.id,
        articles.size_bytes + 4 * length(CAST(articles.corrections AS BLOB)) AS size_bytes,
        iif(articles.size_bytes <= ?3, articles.content_html, NULL) AS content_html
      FROM feed_articles JOIN articles ON articles.id = feed_articles.article_id
      WHERE feed_articles.feed_id = ?1
      ORDER BY feed_articles.published_at DESC, feed_articles.uuid
      LIMIT ?2`
    )
    .bind(feedId, articlesMax, inlineBodyBytesMax)
    .all<ListedRow>()
  const fitting = firstThatFit(results, bytesMax)
  const bodies = await readBodies(db, fitting)
  return fitting.map((row) =>
    articleFromRow({ ...row, content_html: row.content_html ?? bodies.get(row.id) ?? '' })
  )
}

function firstThatFit(rows: readonly ListedRow[], bytesMax: number): readonly ListedRow[] {
  let bytes = 0
  const end = rows.findIndex((row, index) => {
    bytes += row.size_bytes
    return bytes > bytesMax && index > 0
  })
  return end < 0 ? rows : rows.slice(0, end)
}

async function readBodies(
  db: D1Database,
  rows: readonly ListedRow[]
): Promise<Map<number, string>> {
  const ids = rows.filter((row) => row.content_html === null).map((row) => row.id)
  if (ids.length === 0) return new Map()
  const parameters = ids.map((_, index) => `?${index + 1}`).join(', ')
  const { results } = await db
    .prepare(`SELECT id, content_html FROM articles WHERE id IN (${parameters})`)
    .bind(...ids)
    .all<{ id: number; content_html: string }>()
  return new Map(results.map((row) => [row.id, row.content_html]))
}

/** A feed that shall exist: its owners by the slugs that its path is made of. */
export type NewFeed = {
  readonly path: string
  readonly uuid: string
  readonly source: string | null
  readonly topic: string | null
}

/**
 * Lets feeds be there: missing ones come into being with revision 0, gone ones are back; the statement
 * that touches them follows.
 */
export function ensureFeeds(db: D1Database, feeds: readonly NewFeed[]): D1PreparedStatement[] {
  return jsonParameters(feeds).map((parameter) =>
    db
      .prepare(
        `INSERT INTO feeds (path, uuid, source_id, topic_id, revision, changed_at)
        SELECT value ->> 'path', value ->> 'uuid',
          (SELECT id FROM sources WHERE slug = value ->> 'source'),
          (SELECT id FROM topics WHERE slug = value ->> 'topic'), 0, 0
        FROM json_each(?1) WHERE true
        ON CONFLICT (path) DO UPDATE SET gone_at = NULL WHERE gone_at IS NOT NULL`
      )
      .bind(parameter)
  )
}

// A clock that is behind another's counts as standing still: no feed changes before it last did.
const touched = `revision = revision + 1, changed_at = max(?2, changed_at),
  changes_in_second = iif(?2 > changed_at, 1, changes_in_second + 1)`

/** Raises the revision of the feeds with these paths. */
export function touchFeeds(
  db: D1Database,
  paths: readonly string[],
  now: number
): D1PreparedStatement[] {
  return jsonParameters(paths).map((parameter) =>
    db
      .prepare(`UPDATE feeds SET ${touched} WHERE path IN (SELECT value FROM json_each(?1))`)
      .bind(parameter, now)
  )
}

// Its own, those of the topics it writes on, and the feed of everything.
const feedsNamingSource = `source_id = ?1 OR path = ''
  OR (source_id IS NULL AND topic_id IN (SELECT topic_id FROM feeds WHERE source_id = ?1))`

/** Raises the revision of every feed whose documents name a source. */
export function touchFeedsOfSource(db: D1Database, sourceId: number, now: number) {
  return db.prepare(`UPDATE feeds SET ${touched} WHERE ${feedsNamingSource}`).bind(sourceId, now)
}

/** Raises the revision of every feed whose documents name a topic. */
export function touchFeedsOfTopic(db: D1Database, topic: string, now: number) {
  return db
    .prepare(`UPDATE feeds SET ${touched} WHERE topic_id = (SELECT id FROM topics WHERE slug = ?1)`)
    .bind(topic, now)
}

/** Raises the revision of every feed that tells of deletions recorded before a moment. */
export function touchFeedsWithDeletions(db: D1Database, before: number, now: number) {
  return db
    .prepare(
      `UPDATE feeds SET ${touched}
      WHERE id IN (SELECT feed_id FROM feed_deletions WHERE recorded_at < ?1)`
    )
    .bind(before, now)
}

/** A place of an article in a feed. */
export type Membership = {
  readonly path: string
  readonly publishedAt: number
  readonly uuid: string
}

export function insertMemberships(
  db: D1Database,
  memberships: readonly Membership[]
): D1PreparedStatement[] {
  return jsonParameters(memberships).map((parameter) =>
    db
      .prepare(
        `INSERT INTO feed_articles (feed_id, published_at, uuid, article_id)
        SELECT feeds.id, value ->> 'publishedAt', articles.uuid, articles.id
        FROM json_each(?1)
        JOIN feeds ON feeds.path = value ->> 'path'
        JOIN articles ON articles.uuid = value ->> 'uuid'`
      )
      .bind(parameter)
  )
}

export function removeMemberships(
  db: D1Database,
  memberships: readonly Membership[]
): D1PreparedStatement[] {
  return jsonParameters(memberships).map((parameter) =>
    db
      .prepare(
        `DELETE FROM feed_articles WHERE (feed_id, published_at, uuid) IN (
          SELECT feeds.id, value ->> 'publishedAt', value ->> 'uuid'
          FROM json_each(?1) JOIN feeds ON feeds.path = value ->> 'path')`
      )
      .bind(parameter)
  )
}

/**
 * The statements that take a source's feeds away and its articles out of every other; run
 * after those that touch feeds and retract articles, which find them by these rows.
 */
export function removeFeedsOfSource(
  db: D1Database,
  sourceId: number,
  now: number
): D1PreparedStatement[] {
  return [
    // Each of its articles stands in its own feed, and on a topic in its own feed of that topic:
    // that tells the key of every other row.
    db
      .prepare(
        `DELETE FROM feed_articles WHERE (feed_id, published_at, uuid) IN (
          SELECT other.id, own_articles.published_at, own_articles.uuid
          FROM feeds AS own
          JOIN feed_articles AS own_articles ON own_articles.feed_id = own.id
          JOIN feeds AS other ON other.source_id IS NULL AND other.topic_id IS own.topic_id
          WHERE own.source_id = ?1)`
      )
      .bind(sourceId),
    db
      .prepare(
        'DELETE FROM feed_articles WHERE feed_id IN (SELECT id FROM feeds WHERE source_id = ?1)'
      )
      .bind(sourceId),
    db.prepare('UPDATE feeds SET gone_at = ?2 WHERE source_id = ?1').bind(sourceId, now),
  ]
}
