// How feeds change: all SQL that writes which articles they list, and that they say something else now.

import { jsonParameters } from '../lib/json.ts'
import { archiveTag, asTag, directoryTag, feedTag, type Change } from './edge.ts'

/** A place of an article in a feed. */
export type Membership = {
  readonly path: string
  readonly publishedAt: number
  readonly uuid: string
}

/** A place that changes for another one in the same feed: the date of publication was corrected. */
export type Move = Membership & { readonly movedTo: number }

/** What a commit does to one feed. */
export type FeedChange = {
  readonly path: string
  /** The uuids of articles that leave and enter. */
  readonly left: readonly string[]
  readonly joined: readonly string[]
  /** The places, as they were, of articles that say something else now, or leave. */
  readonly changed: readonly { readonly publishedAt: number; readonly uuid: string }[]
  /** Whether its readers are told that an article was taken back. */
  readonly isTold: boolean
  /** What the articles that entered or changed add to a document at most. */
  readonly addedBytes: number
}

// A clock that is behind another's counts as standing still: nothing changes before it last did.
const revised = `revision = revision + 1, changed_at = max(?2, changed_at),
  changes_in_second = iif(?2 > changed_at, 1, changes_in_second + 1)`
// What a statement changed says so in rows of these columns: `changeOf` reads them.
const returningFeed = `RETURNING '${feedTag('')}' || path AS changed`
const returningAll = `${returningFeed}, '${archiveTag('')}' || path AS archives_changed,
  '${directoryTag}' AS directory_changed`
const allRevised = `${revised}, profile_revision = profile_revision + 1,
  profile_changed_at = max(?2, profile_changed_at)`

type ChangedRow = {
  readonly changed?: string
  readonly is_followed?: number
  readonly archives_changed?: string
  readonly directory_changed?: string
}

/** The documents that the statements of a batch changed. */
export function changeOf(results: readonly D1Result[], isWithdrawal = false): Change {
  const rows = changedRows(results)
  const tags = rows.flatMap((row) => [row.changed, row.archives_changed, row.directory_changed])
  const changed = new Set(tags.flatMap((tag) => (typeof tag === 'string' ? asTag(tag) : [])))
  return { tags: [...changed], isWithdrawal }
}

/** Whether the hub has to tell of what `reviseFeeds` changed in a batch. */
export function isAnyFollowed(results: readonly D1Result[]): boolean {
  return changedRows(results).some((row) => row.is_followed === 1)
}

function changedRows(results: readonly D1Result[]): ChangedRow[] {
  // eslint-disable-next-line typescript/no-unsafe-type-assertion -- other statements give other rows, or none
  return results.flatMap((result) => result.results as ChangedRow[])
}

/**
 * The statements that raise the revisions of the archives whose articles change, and tell their feeds. Run
 * before places are changed: they tell which archive an article stands in.
 */
export function reviseArchives(
  db: D1Database,
  changed: readonly Membership[],
  now: number
): D1PreparedStatement[] {
  const places = changed.map(({ path, publishedAt, uuid }) => ({ path, publishedAt, uuid }))
  const archived = `FROM json_each(?1)
    CROSS JOIN feeds ON feeds.path = value ->> 'path'
    CROSS JOIN feed_articles AS places ON places.feed_id = feeds.id
      AND places.published_at = value ->> 'publishedAt' AND places.uuid = value ->> 'uuid'
    WHERE places.archive > 0`
  return jsonParameters(places).flatMap((parameter) =>
    [
      `UPDATE feed_archives SET ${revised}
      WHERE (feed_id, number) IN (SELECT places.feed_id, places.archive ${archived})`,
      `UPDATE feeds SET history_revision = history_revision + 1,
        history_changed_at = max(?2, history_changed_at)
      WHERE id IN (SELECT places.feed_id ${archived})
      RETURNING '${archiveTag('')}' || path AS changed`,
    ].map((sql) => db.prepare(sql).bind(parameter, now))
  )
}

// The list of ids is lengthened as the text it is: D1 counts each element of it that SQL looks at as a
// row read, in every feed that a post adds to.
/**
 * Writes what the subscription documents list, and raises the revisions of those that change: not of one
 * whose changed articles stand in its archives. Run before places are changed, for the same reason.
 */
export function reviseFeeds(
  db: D1Database,
  changes: readonly FeedChange[],
  now: number
): D1PreparedStatement[] {
  return jsonParameters(changes).map((parameter) =>
    db
      .prepare(
        `UPDATE feeds SET ${revised},
          unarchived = '[' || trim(
            trim(iif(change.left = '[]', feeds.unarchived, (
              SELECT json_group_array(value) FROM json_each(feeds.unarchived) WHERE value NOT IN (
                SELECT articles.id FROM json_each(change.left)
                CROSS JOIN articles ON articles.uuid = json_each.value))), '[]')
            || ',' || coalesce((
              SELECT group_concat(articles.id) FROM json_each(change.joined)
              CROSS JOIN articles ON articles.uuid = json_each.value), ''), ',') || ']',
          unarchived_bytes = unarchived_bytes + change.added_bytes
        FROM (SELECT value ->> 'path' AS path, value -> 'left' AS left, value -> 'joined' AS joined,
          value -> 'changed' AS changed, value ->> 'isTold' AS is_told,
          value ->> 'addedBytes' AS added_bytes FROM json_each(?1)) AS change
        WHERE feeds.path = change.path AND (change.is_told OR change.joined <> '[]' OR EXISTS (
          SELECT 1 FROM json_each(change.changed) AS place
          CROSS JOIN feed_articles ON feed_articles.feed_id = feeds.id
            AND feed_articles.published_at = place.value ->> 'publishedAt'
            AND feed_articles.uuid = place.value ->> 'uuid'
          WHERE archive = 0))
        ${returningFeed}, is_followed`
      )
      .bind(parameter, now)
  )
}

export function insertMemberships(
  db: D1Database,
  memberships: readonly Membership[]
): D1PreparedStatement[] {
  const places = memberships.map(({ path, publishedAt, uuid }) => ({ path, publishedAt, uuid }))
  return jsonParameters(places).map((parameter) =>
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

/** Changes the dates of places; an article stays in the archive it stands in. */
export function moveMemberships(db: D1Database, moves: readonly Move[]): D1PreparedStatement[] {
  const places = moves.map(({ path, publishedAt, uuid, movedTo }) => {
    return { path, publishedAt, uuid, movedTo }
  })
  return jsonParameters(places).map((parameter) =>
    db
      .prepare(
        `UPDATE feed_articles SET published_at = place.moved_to
        FROM (SELECT (SELECT id FROM feeds WHERE path = value ->> 'path') AS feed_id,
            value ->> 'publishedAt' AS published_at, value ->> 'uuid' AS uuid,
            value ->> 'movedTo' AS moved_to
          FROM json_each(?1)) AS place
        WHERE feed_articles.feed_id = place.feed_id
          AND feed_articles.published_at = place.published_at AND feed_articles.uuid = place.uuid`
      )
      .bind(parameter)
  )
}

export function removeMemberships(
  db: D1Database,
  memberships: readonly Membership[]
): D1PreparedStatement[] {
  const places = memberships.map(({ path, publishedAt, uuid }) => ({ path, publishedAt, uuid }))
  return jsonParameters(places).map((parameter) =>
    db
      .prepare(
        `DELETE FROM feed_articles WHERE (feed_id, published_at, uuid) IN (
          SELECT feeds.id, value ->> 'publishedAt', value ->> 'uuid'
          FROM json_each(?1) JOIN feeds ON feeds.path = value ->> 'path')`
      )
      .bind(parameter)
  )
}

// Its own, those of the topics it writes on, and the feed of everything.
const feedsNamingSource = `source_id = ?1 OR path = ''
  OR (source_id IS NULL AND topic_id IN (SELECT topic_id FROM feeds WHERE source_id = ?1))`

/** Raises the revision of every feed whose documents name a source, and with it of its archives. */
export function reviseFeedsOfSource(db: D1Database, sourceId: number, now: number) {
  return db
    .prepare(`UPDATE feeds SET ${allRevised} WHERE ${feedsNamingSource} ${returningAll}`)
    .bind(sourceId, now)
}

/** The same for a topic. */
export function reviseFeedsOfTopic(db: D1Database, topic: string, now: number) {
  return db
    .prepare(
      `UPDATE feeds SET ${allRevised} WHERE topic_id = (SELECT id FROM topics WHERE slug = ?1)
      ${returningAll}`
    )
    .bind(topic, now)
}

/** Raises the revisions of the feeds whose pages name a topic beside them: of the sources that write on it. */
export function reviseFeedsBesideTopic(db: D1Database, topic: string, now: number) {
  return db
    .prepare(
      `UPDATE feeds SET ${revised} WHERE topic_id IS NULL AND source_id IN (
        SELECT source_id FROM feeds WHERE topic_id = (SELECT id FROM topics WHERE slug = ?1))
      ${returningFeed}`
    )
    .bind(topic, now)
}

/** The same for the feed with this path, and no other. */
export function reviseFeed(db: D1Database, path: string, now: number) {
  return db
    .prepare(`UPDATE feeds SET ${allRevised} WHERE path = ?1 ${returningAll}`)
    .bind(path, now)
}

/** Lets every feed name the hub, or none. */
export function advertiseHub(db: D1Database, isAdvertised: boolean, now: number) {
  return db
    .prepare(`UPDATE feeds SET has_hub = ?1, ${revised} WHERE has_hub <> ?1 ${returningFeed}`)
    .bind(isAdvertised ? 1 : 0, now)
}

/** Raises the revision of every feed that tells of deletions recorded before a moment. */
export function reviseFeedsWithDeletions(db: D1Database, before: number, now: number) {
  return db
    .prepare(
      `UPDATE feeds SET ${revised}
      WHERE id IN (SELECT feed_id FROM feed_deletions WHERE recorded_at < ?1)
      ${returningFeed}`
    )
    .bind(before, now)
}

/**
 * The statements that take a source's feeds away and its articles out of every other; run
 * after those that revise feeds and retract articles, which find them by these rows.
 */
export function removeFeedsOfSource(
  db: D1Database,
  sourceId: number,
  now: number
): D1PreparedStatement[] {
  return [
    db
      .prepare(
        `UPDATE feeds SET unarchived = (
          SELECT json_group_array(articles.id) FROM json_each(feeds.unarchived)
          JOIN articles ON articles.id = json_each.value WHERE articles.source_id <> ?1)
        WHERE ${feedsNamingSource}`
      )
      .bind(sourceId),
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
    db
      .prepare(
        `UPDATE feeds SET gone_at = ?2 WHERE source_id = ?1 RETURNING '${directoryTag}' AS changed`
      )
      .bind(sourceId, now),
  ]
}
