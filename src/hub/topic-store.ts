// All SQL of topics and of the outbox: what changed, and what became of it.

/**
 * Empties the outbox: every topic that draws on a changed feed is marked, in one transaction with the
 * note that the feed's change is known. Tells the topics; without followers it reads no row.
 */
export async function markChanged(db: D1Database, nowMs: number): Promise<number[]> {
  const [marked] = await db.batch<{ id: number }>([
    db
      .prepare(
        `UPDATE hub_topics SET marked = marked + 1,
          changed_at_ms = iif(looked < marked, changed_at_ms, ?1)
        WHERE id IN (
          SELECT hub_topic_feeds.topic_id FROM feeds JOIN hub_topic_feeds ON feed_id = feeds.id
          WHERE is_followed = 1 AND published_revision < revision)
        RETURNING id`
      )
      .bind(nowMs),
    db.prepare(
      `UPDATE feeds SET published_revision = revision
      WHERE is_followed = 1 AND published_revision < revision`
    ),
  ])
  return marked?.results.map((row) => row.id) ?? []
}

/** Since when the oldest change waits to be looked at; null when none does. */
export async function findOldestMark(db: D1Database): Promise<number | null> {
  const row = await db
    .prepare('SELECT min(changed_at_ms) / 1000 AS at FROM hub_topics WHERE looked < marked')
    .first<{ at: number | null }>()
  return row?.at ?? null
}

/** Topics that are to be looked at. */
export async function listMarked(db: D1Database, limit: number): Promise<number[]> {
  const statement = db.prepare('SELECT id FROM hub_topics WHERE looked < marked LIMIT ?1')
  const { results } = await statement.bind(limit).all<{ id: number }>()
  return results.map((row) => row.id)
}

/**
 * Topics of whose present version somebody may not have been told. Of too many some, others the next
 * time, so that none is always left out.
 */
export async function listOpen(db: D1Database, limit: number): Promise<number[]> {
  const statement = db.prepare(
    'SELECT id FROM hub_topics WHERE is_open = 1 ORDER BY random() LIMIT ?1'
  )
  const { results } = await statement.bind(limit).all<{ id: number }>()
  return results.map((row) => row.id)
}

export type LockedTopic = {
  readonly url: string
  readonly marked: number
  readonly contentHash: string | null
  readonly lockedUntil: number
}

/** Takes a marked topic for oneself until the given moment; null when there is nothing to look at. */
export async function lockTopic(
  db: D1Database,
  id: number,
  { now, until }: { readonly now: number; readonly until: number }
): Promise<LockedTopic | null> {
  const row = await db
    .prepare(
      `UPDATE hub_topics SET locked_until = ?3
      WHERE id = ?1 AND looked < marked AND locked_until <= ?2
      RETURNING url, marked, content_hash`
    )
    .bind(id, now, until)
    .first<{ url: string; marked: number; content_hash: string | null }>()
  return (
    row && { url: row.url, marked: row.marked, contentHash: row.content_hash, lockedUntil: until }
  )
}

/** Ends a look that found nothing new; tells whether there is something to look at again. */
export async function unlockTopic(
  db: D1Database,
  id: number,
  topic: LockedTopic
): Promise<boolean> {
  const row = await db
    .prepare(
      `UPDATE hub_topics SET looked = ?2, locked_until = 0 WHERE id = ?1 AND locked_until = ?3
      RETURNING looked < marked AS is_marked`
    )
    .bind(id, topic.marked, topic.lockedUntil)
    .first<{ is_marked: number }>()
  return row?.is_marked === 1
}

export type NewVersion = { readonly contentHash: string; readonly body: string }

/** Ends a look that found another document; the rest as `unlockTopic`. */
export async function commitVersion(
  db: D1Database,
  id: number,
  topic: LockedTopic,
  version: NewVersion
): Promise<boolean> {
  const row = await db
    .prepare(
      `UPDATE hub_topics SET looked = ?2, locked_until = 0, version = version + 1,
        content_hash = ?4, body = ?5, announced_at_ms = changed_at_ms, is_open = 1
      WHERE id = ?1 AND locked_until = ?3
      RETURNING looked < marked AS is_marked`
    )
    .bind(id, topic.marked, topic.lockedUntil, version.contentHash, version.body)
    .first<{ is_marked: number }>()
  return row?.is_marked === 1
}

/** The document of a topic's present version; its body is null when it was let go. */
export async function findBody(
  db: D1Database,
  id: number
): Promise<{ readonly version: number; readonly body: string | null } | null> {
  return db.prepare('SELECT version, body FROM hub_topics WHERE id = ?1').bind(id).first()
}

export async function saveBody(
  db: D1Database,
  id: number,
  { version, body }: { readonly version: number; readonly body: string }
): Promise<void> {
  const statement = db.prepare('UPDATE hub_topics SET body = ?3 WHERE id = ?1 AND version = ?2')
  await statement.bind(id, version, body).run()
}

/** Lets a version's document go once nobody waits for it. */
export async function closeTopic(db: D1Database, id: number): Promise<void> {
  await db
    .prepare(
      `UPDATE hub_topics SET is_open = 0, body = NULL
      WHERE id = ?1 AND looked >= marked AND NOT EXISTS (
        SELECT 1 FROM subscriptions
        WHERE topic_id = ?1 AND state = 'active' AND settled_version < hub_topics.version)`
    )
    .bind(id)
    .run()
}

/** Stops following for topics that nobody subscribes to any more; what has no trace left is removed. */
export async function forgetUnfollowed(db: D1Database): Promise<number> {
  const isUnfollowed = `NOT EXISTS (
    SELECT 1 FROM subscriptions WHERE topic_id = hub_topics.id AND state = 'active')`
  const [unfollowed] = await db.batch([
    db.prepare(
      `DELETE FROM hub_topic_feeds WHERE topic_id IN (SELECT id FROM hub_topics WHERE ${isUnfollowed})`
    ),
    db.prepare(
      `UPDATE feeds SET is_followed = 0 WHERE is_followed = 1
      AND NOT EXISTS (SELECT 1 FROM hub_topic_feeds WHERE feed_id = feeds.id)`
    ),
    db.prepare(
      `DELETE FROM hub_topics
      WHERE NOT EXISTS (SELECT 1 FROM subscriptions WHERE topic_id = hub_topics.id)`
    ),
  ])
  return unfollowed?.meta.changes ?? 0
}

/** Some topic's URL: it tells where this Loa was reached. */
export async function findAnyTopic(db: D1Database): Promise<string | null> {
  const row = await db.prepare('SELECT url FROM hub_topics LIMIT 1').first<{ url: string }>()
  return row?.url ?? null
}
