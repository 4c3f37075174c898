// How feeds are read, and come to be. How they change is in change-store.ts, which articles their
// documents list in list-store.ts.

import { elementsOf } from '../lib/d1.ts'
import { fromJsonColumn, jsonParameters } from '../lib/json.ts'
import { deletionsColumn } from './deletion-store.ts'
import { directoryTag } from './edge.ts'
import type { DeletedEntry } from './feed.ts'
import type { ListedFeed } from './opml.ts'

/** When, and how often in that second, something came to say something else. */
export type Revised = {
  readonly revision: number
  readonly changedAt: number
  readonly changesInSecond: number
}

/** What is known of a feed without reading an article. */
export type FeedState = Revised & {
  readonly id: number
  readonly path: string
  readonly uuid: string
  readonly sourceId: number | null
  readonly topicId: number | null
  readonly goneAt: number | null
  /** The ids of the articles that its subscription document lists. */
  readonly unarchived: readonly number[]
  /** How many archives it has. */
  readonly archives: number
  /** The same for what all of its documents say. */
  readonly profileRevision: number
  readonly profileChangedAt: number
  /** The same for its archives. */
  readonly historyRevision: number
  readonly historyChangedAt: number
  /** Whether its documents name the hub. */
  readonly hasHub: boolean
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
  unarchived: string
  archives: number
  profile_revision: number
  profile_changed_at: number
  history_revision: number
  history_changed_at: number
  has_hub: number
}

const columns = `feeds.id, feeds.path, uuid, source_id, topic_id, revision, changed_at,
  changes_in_second, gone_at, unarchived, archives, profile_revision, profile_changed_at,
  history_revision, history_changed_at, has_hub`

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
    unarchived: fromJsonColumn<number[]>(row.unarchived),
    archives: row.archives,
    profileRevision: row.profile_revision,
    profileChangedAt: row.profile_changed_at,
    historyRevision: row.history_revision,
    historyChangedAt: row.history_changed_at,
    hasHub: row.has_hub === 1,
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

/** A feed with the deletions it tells of, in their JSON: one row, and one for each of these. */
export function selectTellingFeed(
  db: D1Database,
  path: string,
  limit: number
): D1PreparedStatement {
  return db
    .prepare(`SELECT ${columns}, ${deletionsColumn('?2')} FROM feeds WHERE path = ?1`)
    .bind(path, limit)
}

/** What `selectTellingFeed` found. */
export function tellingFeedFromRows([row]: readonly unknown[]) {
  if (row === undefined) return null
  // eslint-disable-next-line typescript/no-unsafe-type-assertion -- the statement says what it selects
  const found = row as FeedRow & { deletions: string }
  return {
    feed: feedFromRow(found),
    deleted: fromJsonColumn<DeletedEntry[]>(found.deletions),
  }
}

/** The feeds with these paths, as far as they are there: one row read for each. */
export async function findFeeds(
  db: D1Database,
  paths: readonly string[]
): Promise<Map<string, FeedState>> {
  const { results } = await db
    .prepare(
      `SELECT ${columns} FROM ${elementsOf('?1', paths.length)} AS asked
      CROSS JOIN feeds ON feeds.path = asked.column1`
    )
    .bind(JSON.stringify(paths))
    .all<FeedRow>()
  return new Map(results.map((row) => [row.path, feedFromRow(row)]))
}

type ArchiveRow = Pick<FeedRow, 'revision' | 'changed_at' | 'changes_in_second'> & {
  articles: string
}

export type ArchiveState = Revised & {
  /** The ids of the articles it was published with. */
  readonly articles: readonly number[]
}

/** What is known of an archive without reading an article. */
export async function findArchive(
  db: D1Database,
  feedId: number,
  number: number
): Promise<ArchiveState | null> {
  const row = await db
    .prepare(
      `SELECT revision, changed_at, changes_in_second, articles FROM feed_archives
      WHERE feed_id = ?1 AND number = ?2`
    )
    .bind(feedId, number)
    .first<ArchiveRow>()
  return (
    row && {
      revision: row.revision,
      changedAt: row.changed_at,
      changesInSecond: row.changes_in_second,
      articles: fromJsonColumn<number[]>(row.articles),
    }
  )
}

const listedFeeds = {
  all: 'true',
  sources: 'feeds.source_id IS NOT NULL AND feeds.topic_id IS NULL',
  topics: 'feeds.source_id IS NULL AND feeds.topic_id IS NOT NULL',
} as const

/** The feeds there are, as a list names them, by path. */
export async function listFeeds(
  db: D1Database,
  of: keyof typeof listedFeeds,
  limit: number
): Promise<ListedFeed[]> {
  const { results } = await db
    .prepare(
      `SELECT feeds.path, sources.title AS source, topics.title AS topic,
        coalesce(topics.language, sources.language) AS language
      FROM feeds
      LEFT JOIN sources ON sources.id = feeds.source_id
      LEFT JOIN topics ON topics.id = feeds.topic_id
      WHERE feeds.gone_at IS NULL AND ${listedFeeds[of]} ORDER BY feeds.path LIMIT ?1`
    )
    .bind(limit)
    .all<ListedFeed>()
  return results
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
 * that raises their revisions follows.
 */
export function ensureFeeds(db: D1Database, feeds: readonly NewFeed[]): D1PreparedStatement[] {
  return jsonParameters(feeds).map((parameter) =>
    db
      .prepare(
        `INSERT INTO feeds (path, uuid, source_id, topic_id, revision, changed_at)
        SELECT value ->> 'path', value ->> 'uuid',
          (SELECT id FROM sources WHERE slug = value ->> 'source'),
          (SELECT id FROM topics WHERE slug = value ->> 'topic'), 0, 0
        FROM json_each(?1) WHERE NOT EXISTS (
          SELECT 1 FROM feeds WHERE path = value ->> 'path' AND gone_at IS NULL)
        ON CONFLICT (path) DO UPDATE SET gone_at = NULL
        RETURNING '${directoryTag}' AS changed`
      )
      .bind(parameter)
  )
}
