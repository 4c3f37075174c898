// All SQL of the search index: which articles are found, newest first.
//
// An article's key in it is its date of publication and, for those of one second, the first 29 bits of
// its uuid, reversed: the highest key is the newest article, ties by uuid, so that the index itself is in
// the order of the documents and a search for the newest reads no more than it gives.

import { jsonParameters } from '../lib/json.ts'
import type { ArticleChange } from './article.ts'

const tieBits = 29
/** The tie's part of a key. */
export const searchTieMax = 2 ** tieBits - 1

/**
 * What makes the key of an article unique within its second. Two uuids may begin alike: then the commit
 * fails on the key, and the next attempt takes other bits of the uuid.
 */
export function searchTie(uuid: string, attempt: number): number {
  const digits = uuid.replaceAll('-', '')
  const from = (attempt * 4) % (digits.length - 8)
  const bits = Number.parseInt(digits.slice(from, from + 8), 16) >>> (32 - tieBits)
  return searchTieMax - bits
}

/** The key as SQL, of columns or expressions; JavaScript's numbers could not hold it. */
export function searchKeySql(publishedAt: string, tie: string): string {
  return `((${publishedAt}) << ${tieBits} | (${tie}))`
}

/** Takes articles out of the index, found by the keys they have; before these change. */
export function removeFromSearch(
  db: D1Database,
  articles: readonly ArticleChange[]
): D1PreparedStatement[] {
  const uuids = articles.filter((article) => article.revision > 1).map((article) => article.uuid)
  return jsonParameters(uuids).map((parameter) =>
    db
      .prepare(
        `DELETE FROM article_search WHERE rowid IN (
          SELECT search_key FROM json_each(?1) JOIN articles ON articles.uuid = value
          WHERE search_key IS NOT NULL)`
      )
      .bind(parameter)
  )
}

// In the order of their keys: FTS5 begins a new segment whenever a key is lower than the one before, and merges
// them later. A post lists its newest first, often a hundred: a third of the time.
/** Puts articles into the index under the keys they have. */
export function insertIntoSearch(
  db: D1Database,
  articles: readonly ArticleChange[]
): D1PreparedStatement[] {
  const rows = articles
    .filter(isSearched)
    .map(({ uuid, searchTerms }) => ({ uuid, terms: searchTerms }))
  return jsonParameters(rows).map((parameter) =>
    db
      .prepare(
        `INSERT INTO article_search (rowid, terms)
        SELECT search_key, value ->> 'terms'
        FROM json_each(?1) JOIN articles ON articles.uuid = value ->> 'uuid'
        ORDER BY search_key`
      )
      .bind(parameter)
  )
}

/** A scheduled article is in the index already, and found from the moment it is published. */
export function isSearched({ status }: Pick<ArticleChange, 'status'>): boolean {
  return status === 'published' || status === 'scheduled'
}

/** Takes all articles of a source out of the index, found by its feed. */
export function removeSourceFromSearch(db: D1Database, sourceId: number): D1PreparedStatement {
  return db
    .prepare(
      `DELETE FROM article_search WHERE rowid IN (
        SELECT search_key FROM feeds
        JOIN feed_articles ON feed_articles.feed_id = feeds.id
        JOIN articles ON articles.id = feed_articles.article_id
        WHERE feeds.source_id = ?1 AND feeds.topic_id IS NULL AND search_key IS NOT NULL
        UNION ALL
        SELECT search_key FROM articles
        WHERE status = 'scheduled' AND source_id = ?1 AND search_key IS NOT NULL)`
    )
    .bind(sourceId)
}

/** Lets the articles of a source that say no language be indexed anew: theirs is the source's. */
export function markSourceForSearch(db: D1Database, sourceId: number): D1PreparedStatement {
  return db
    .prepare(
      `UPDATE articles SET is_search_due = 1 WHERE language IS NULL AND id IN (
        SELECT article_id FROM feeds JOIN feed_articles ON feed_articles.feed_id = feeds.id
        WHERE feeds.source_id = ?1 AND feeds.topic_id IS NULL
        UNION ALL
        SELECT id FROM articles WHERE status = 'scheduled' AND source_id = ?1)`
    )
    .bind(sourceId)
}

/** An article that is to be indexed, or anew. */
export type SearchDue = {
  readonly id: number
  readonly uuid: string
  readonly sourceId: number
  readonly source: string
  readonly revision: number
  readonly title: string
  readonly summary: string
  readonly language: string | null
  /** JSON, as stored. */
  readonly authors: string
  readonly topics: string
  readonly contentHtml: string
}

const dueBytesMax = 4_000_000

/** Articles to be indexed, oldest rows first: at most `limit`, and no more than a Worker can hold. */
export async function listSearchDue(db: D1Database, limit: number): Promise<SearchDue[]> {
  const { results } = await db
    .prepare(
      `SELECT due.id, due.uuid, due.source_id AS sourceId, sources.slug AS source, due.revision,
        due.title, due.summary, coalesce(due.language, sources.language) AS language, due.authors,
        due.topics, due.content_html AS contentHtml
      FROM (SELECT *, sum(size_bytes) OVER (ORDER BY id) AS bytes, row_number() OVER (ORDER BY id) AS n
        FROM articles WHERE is_search_due = 1 AND status IN ('published', 'scheduled')
        ORDER BY id LIMIT ?1) AS due
      JOIN sources ON sources.id = due.source_id
      WHERE bytes <= ?2 OR n = 1`
    )
    .bind(limit, dueBytesMax)
    .all<SearchDue>()
  return results
}

export type SearchRow = Pick<SearchDue, 'id' | 'revision'> & {
  readonly tie: number
  readonly terms: string
}

/** The statements that index these articles, but for those that were posted anew in the meantime. */
export function reindexArticles(db: D1Database, rows: readonly SearchRow[]): D1PreparedStatement[] {
  const due = `FROM (SELECT value ->> 'id' AS row_id, value ->> 'revision' AS row_revision,
      value ->> 'tie' AS tie, value ->> 'terms' AS terms FROM json_each(?1))
    JOIN articles ON articles.id = row_id AND revision = row_revision AND is_search_due = 1`
  // One that has a key keeps it: its date is the same, and a tie may be another's by now.
  const key = `coalesce(search_key, ${searchKeySql('published_at', 'tie')})`
  return jsonParameters(rows).flatMap((parameter) => [
    db
      .prepare(
        `DELETE FROM article_search WHERE rowid IN (SELECT search_key ${due}
          WHERE search_key IS NOT NULL)`
      )
      .bind(parameter),
    db
      .prepare(`INSERT INTO article_search (rowid, terms) SELECT ${key}, terms ${due} ORDER BY 1`)
      .bind(parameter),
    db
      .prepare(
        `UPDATE articles SET is_search_due = 0,
          search_key = coalesce(search_key, ${searchKeySql('articles.published_at', 'due.tie')})
        FROM (SELECT value ->> 'id' AS id, value ->> 'revision' AS revision, value ->> 'tie' AS tie
          FROM json_each(?1)) AS due
        WHERE articles.id = due.id AND articles.revision = due.revision AND is_search_due = 1`
      )
      .bind(parameter),
  ])
}

/**
 * Takes the oldest articles out of the index when it holds over `articlesMax`, at most `limit` at once,
 * and tells how many: what bounds the work of a search. Reads `articlesMax` rows.
 */
export async function pruneSearch(
  db: D1Database,
  articlesMax: number,
  limit: number
): Promise<number> {
  const old = `SELECT search_key FROM articles
    WHERE search_key IS NOT NULL AND search_key < (SELECT search_key FROM articles
      WHERE search_key IS NOT NULL ORDER BY search_key DESC LIMIT 1 OFFSET ?1 - 1)
    ORDER BY search_key LIMIT ?2`
  const [, pruned] = await db.batch([
    db.prepare(`DELETE FROM article_search WHERE rowid IN (${old})`).bind(articlesMax, limit),
    db
      .prepare(`UPDATE articles SET search_key = NULL WHERE search_key IN (${old})`)
      .bind(articlesMax, limit),
  ])
  return pruned?.meta.changes ?? 0
}
