// All SQL of what a feed tells of articles that were taken back.

import { jsonParameters } from '../lib/json.ts'
import type { DeletedEntry } from './feed.ts'
import type { Membership } from './change-store.ts'

/** An article that was in a feed, and is not to be any more. */
export type Deletion = {
  readonly path: string
  readonly uuid: string
  readonly guid: string
  readonly deletedAt: number
  readonly note: string | null
}

/** The newest deletions of a feed, as DeletedEntry. */
export function selectDeletions(
  db: D1Database,
  feedId: number,
  limit: number
): D1PreparedStatement {
  return db
    .prepare(
      `SELECT guid, deleted_at AS deletedAt, note FROM feed_deletions
      WHERE feed_id = ?1 ORDER BY recorded_at DESC, uuid LIMIT ?2`
    )
    .bind(feedId, limit)
}

/** The same as JSON, for a statement that reads the feed: its column `deletions`. */
export function deletionsColumn(limit: string): string {
  // In the order of the subquery, which its limit keeps from being merged; sorted twice, each would be
  // counted twice.
  return `(SELECT json_group_array(
      json_object('guid', guid, 'deletedAt', deleted_at, 'note', note))
    FROM (SELECT guid, deleted_at, note FROM feed_deletions
      WHERE feed_id = feeds.id ORDER BY recorded_at DESC, uuid LIMIT ${limit})) AS deletions`
}

/** What these select. */
export function deletionsFromRows(rows: readonly unknown[]): DeletedEntry[] {
  // eslint-disable-next-line typescript/no-unsafe-type-assertion -- the statements say what they select
  return rows as DeletedEntry[]
}

/** The same of several feeds together, as far as the articles are still withdrawn. */
export function selectDeletionsOf(
  db: D1Database,
  feedIds: readonly number[],
  limit: number
): D1PreparedStatement {
  return db
    .prepare(
      `SELECT told.guid, told.deleted_at AS deletedAt, told.note
      FROM json_each(?1) AS feed
      CROSS JOIN feed_deletions AS told ON told.feed_id = feed.value AND told.uuid IN (
        SELECT uuid FROM feed_deletions WHERE feed_id = feed.value
        ORDER BY recorded_at DESC, uuid LIMIT ?2)
      JOIN articles ON articles.uuid = told.uuid
      WHERE articles.status IN ('retracted', 'expired')
      GROUP BY told.uuid ORDER BY told.recorded_at DESC, told.uuid LIMIT ?2`
    )
    .bind(JSON.stringify(feedIds), limit)
}

export function insertDeletions(
  db: D1Database,
  deletions: readonly Deletion[],
  now: number
): D1PreparedStatement[] {
  return jsonParameters(deletions).map((parameter) =>
    db
      .prepare(
        `INSERT INTO feed_deletions (feed_id, uuid, guid, deleted_at, note, recorded_at)
        SELECT feeds.id, value ->> 'uuid', value ->> 'guid', value ->> 'deletedAt',
          value ->> 'note', ?2
        FROM json_each(?1) JOIN feeds ON feeds.path = value ->> 'path' WHERE true
        ON CONFLICT (feed_id, uuid) DO UPDATE SET deleted_at = excluded.deleted_at,
          note = excluded.note, recorded_at = excluded.recorded_at`
      )
      .bind(parameter, now)
  )
}

/** Takes back what was told of articles that are in a feed again. */
export function removeDeletions(
  db: D1Database,
  memberships: readonly Membership[]
): D1PreparedStatement[] {
  const places = memberships.map(({ path, uuid }) => ({ path, uuid }))
  return jsonParameters(places).map((parameter) =>
    db
      .prepare(
        `DELETE FROM feed_deletions WHERE (feed_id, uuid) IN (
          SELECT feeds.id, value ->> 'uuid'
          FROM json_each(?1) JOIN feeds ON feeds.path = value ->> 'path')`
      )
      .bind(parameter)
  )
}

/**
 * Tells the readers of every other feed that a source's articles were taken back: of the newest ones of
 * each, which are all that a document could list. Run before they leave these feeds.
 */
export function insertDeletionsOfSource(
  db: D1Database,
  sourceId: number,
  { now, limit }: { readonly now: number; readonly limit: number }
): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO feed_deletions (feed_id, uuid, guid, deleted_at, note, recorded_at)
      SELECT newest.feed_id, newest.uuid, articles.guid, ?2, NULL, ?2
      FROM (SELECT other.id AS feed_id, places.uuid, places.article_id,
          row_number() OVER (PARTITION BY own.id ORDER BY places.published_at DESC, places.uuid) AS n
        FROM feeds AS own
        JOIN feed_articles AS places ON places.feed_id = own.id
        JOIN feeds AS other ON other.source_id IS NULL AND other.topic_id IS own.topic_id
        WHERE own.source_id = ?1) AS newest
      JOIN articles ON articles.id = newest.article_id
      WHERE newest.n <= ?3
      ON CONFLICT (feed_id, uuid) DO UPDATE SET deleted_at = excluded.deleted_at,
        note = excluded.note, recorded_at = excluded.recorded_at`
    )
    .bind(sourceId, now, limit)
}

/** The statement that forgets deletions recorded before a moment; touch their feeds first. */
export function removeDeletionsBefore(db: D1Database, before: number): D1PreparedStatement {
  return db.prepare('DELETE FROM feed_deletions WHERE recorded_at < ?1').bind(before)
}
