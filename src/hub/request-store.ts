// All SQL of subscription requests: what subscribers asked for, and what the hub has ended, until their callbacks
// have answered.

import { claimSeconds, revivedSeconds, type SubscriptionRequest } from './subscription.ts'

/** A request on its way to being verified; or, as one of our own, a denial on its way to being told. */
export type PendingRequest = Omit<SubscriptionRequest, 'mode'> & {
  readonly mode: SubscriptionRequest['mode'] | 'denied'
  readonly id: number
  readonly attempts: number
}

type RequestRow = {
  id: number
  mode: PendingRequest['mode']
  topic_url: string
  callback: string
  secret: string | null
  lease_seconds: number
  attempts: number
}

/** What the hub knows that decides whether it takes a request. */
export type Standing = {
  /** Whether the callback is subscribed to the topic, or may soon be. */
  readonly isKnown: boolean
  readonly ofTopic: number
  readonly ofHost: number
  /** Requests of this hour that name the host, this one included. */
  readonly requestsOfHost: number
}

type Counted = { readonly topic: string; readonly callback: string; readonly host: string }

/** Counts the request, and tells how things stand with its topic and its host. */
export async function countRequest(
  db: D1Database,
  { topic, callback, host }: Counted,
  now: number
): Promise<Standing> {
  const hour = now - (now % 3600)
  const live = `SELECT count(*) AS n FROM subscriptions WHERE state = 'active' AND`
  const [known, ofTopic, ofHost, counted] = await db.batch<{ n: number }>([
    db
      .prepare(
        `SELECT EXISTS (SELECT 1 FROM subscriptions
          WHERE topic_id = (SELECT id FROM hub_topics WHERE url = ?1) AND callback = ?2
            AND state = 'active')
        OR EXISTS (SELECT 1 FROM hub_requests WHERE callback = ?2 AND topic_url = ?1
          AND mode = 'subscribe') AS n`
      )
      .bind(topic, callback),
    db.prepare(`${live} topic_id = (SELECT id FROM hub_topics WHERE url = ?1)`).bind(topic),
    db.prepare(`${live} host = ?1`).bind(host),
    db
      .prepare(
        `INSERT INTO hub_hosts (host, window_at, requests) VALUES (?1, ?2, 1)
        ON CONFLICT (host) DO UPDATE SET requests = iif(window_at = ?2, requests + 1, 1),
          window_at = ?2
        RETURNING requests AS n`
      )
      .bind(host, hour),
  ])
  const count = (result: D1Result<{ n: number }> | undefined) => result?.results[0]?.n ?? 0
  return {
    isKnown: count(known) === 1,
    ofTopic: count(ofTopic),
    ofHost: count(ofHost),
    requestsOfHost: count(counted),
  }
}

/** Keeps a request, its secret sealed, and gives its id. */
export async function insertRequest(
  db: D1Database,
  request: SubscriptionRequest,
  { host, now }: { readonly host: string; readonly now: number }
): Promise<number> {
  const { mode, topic, callback, secret, leaseSeconds } = request
  const row = await db
    .prepare(
      `INSERT INTO hub_requests (mode, topic_url, callback, host, secret, lease_seconds, due_at)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) RETURNING id`
    )
    .bind(mode, topic, callback, host, secret, leaseSeconds, now)
    .first<{ id: number }>()
  return row?.id ?? 0
}

/** Takes a request for oneself for a while; null when another has it, or it was settled. */
export async function claimRequest(
  db: D1Database,
  id: number,
  now: number
): Promise<PendingRequest | null> {
  const row = await db
    .prepare(
      `UPDATE hub_requests SET due_at = ?2 + ${claimSeconds}, attempts = attempts + 1
      WHERE id = ?1 AND due_at <= ?2
      RETURNING id, mode, topic_url, callback, secret, lease_seconds, attempts`
    )
    .bind(id, now)
    .first<RequestRow>()
  return (
    row && {
      id: row.id,
      mode: row.mode,
      topic: row.topic_url,
      callback: row.callback,
      secret: row.secret,
      leaseSeconds: row.lease_seconds,
      attempts: row.attempts,
    }
  )
}

export async function postponeRequest(db: D1Database, id: number, dueAt: number): Promise<void> {
  const statement = db.prepare('UPDATE hub_requests SET due_at = ?2 WHERE id = ?1')
  await statement.bind(id, dueAt).run()
}

export async function removeRequest(db: D1Database, id: number): Promise<void> {
  await db.prepare('DELETE FROM hub_requests WHERE id = ?1').bind(id).run()
}

/** Requests that wait for their verification, or whose verification was lost. */
export async function listDueRequests(
  db: D1Database,
  now: number,
  limit: number
): Promise<number[]> {
  const { results } = await db
    .prepare('SELECT id FROM hub_requests WHERE due_at <= ?1 ORDER BY due_at LIMIT ?2')
    .bind(now, limit)
    .all<{ id: number }>()
  return results.map((row) => row.id)
}

// What was asked for before is settled with it: only the newest that is confirmed counts.
const settle = `DELETE FROM hub_requests WHERE id <= ?1
  AND (callback, topic_url) = (SELECT callback, topic_url FROM hub_requests WHERE id = ?1)`

/**
 * Makes a confirmed request a subscription, for its lease from now on, unless a later one was confirmed
 * first. A subscription that goes on keeps its place among the versions, so that it misses none.
 */
export async function confirmSubscription(
  db: D1Database,
  requestId: number,
  { feedIds, contentHash, now }: Confirmation
): Promise<void> {
  await db.batch([
    ...followTopic(db, requestId, feedIds, contentHash),
    db
      .prepare(
        `INSERT INTO subscriptions (topic_id, callback, host, state, secret, verified_at,
          lease_expires_at, settled_version)
        SELECT hub_topics.id, callback, host, 'active', secret, ?2, ?2 + lease_seconds, version
        FROM hub_requests JOIN hub_topics ON url = topic_url WHERE hub_requests.id = ?1
        ON CONFLICT (topic_id, callback) DO UPDATE SET
          settled_version = iif(state = 'active', settled_version, excluded.settled_version),
          state = 'active', secret = excluded.secret, verified_at = ?2,
          lease_expires_at = excluded.lease_expires_at, ended_at = NULL,
          attempts = 0, failing_since = NULL, due_at = min(due_at, ?2 + ${revivedSeconds})`
      )
      .bind(requestId, now),
    db.prepare(settle).bind(requestId),
  ])
}

type Confirmation = {
  readonly feedIds: readonly number[]
  /** Of what the first subscriber of a topic holds. */
  readonly contentHash: string | null
  readonly now: number
}

/** Lets the topic of a request be there, and the feeds it draws on tell the outbox of their changes. */
function followTopic(
  db: D1Database,
  requestId: number,
  feedIds: readonly number[],
  contentHash: string | null
): D1PreparedStatement[] {
  const topic = '(SELECT topic_url FROM hub_requests WHERE id = ?1)'
  const feeds = JSON.stringify(feedIds)
  return [
    db
      .prepare(
        `INSERT INTO hub_topics (url) SELECT topic_url FROM hub_requests WHERE id = ?1
        ON CONFLICT (url) DO NOTHING`
      )
      .bind(requestId),
    // What was sent to others long ago says nothing about what this one holds.
    db
      .prepare(
        `UPDATE hub_topics SET content_hash = ?2 WHERE url = ${topic} AND NOT EXISTS (
          SELECT 1 FROM subscriptions WHERE topic_id = hub_topics.id AND state = 'active')`
      )
      .bind(requestId, contentHash),
    db
      .prepare(
        `INSERT INTO hub_topic_feeds (feed_id, topic_id)
        SELECT value, hub_topics.id FROM hub_topics, json_each(?2) WHERE url = ${topic}
        ON CONFLICT DO NOTHING`
      )
      .bind(requestId, feeds),
    db
      .prepare(
        `UPDATE feeds SET is_followed = 1, published_revision = revision
        WHERE is_followed = 0 AND id IN (SELECT value FROM json_each(?1))`
      )
      .bind(feeds),
  ]
}

/** Whether a topic has a live subscription. */
export async function hasSubscribers(db: D1Database, url: string): Promise<boolean> {
  const statement = db.prepare(
    `SELECT 1 FROM subscriptions
    WHERE topic_id = (SELECT id FROM hub_topics WHERE url = ?1) AND state = 'active' LIMIT 1`
  )
  return (await statement.bind(url).first()) !== null
}

/** Ends the subscription that a confirmed request is about. */
export async function confirmUnsubscription(
  db: D1Database,
  requestId: number,
  now: number
): Promise<void> {
  await db.batch([
    db
      .prepare(
        `UPDATE subscriptions SET state = 'unsubscribed', ended_at = ?2, secret = NULL
        WHERE +state = 'active' AND (topic_id, callback) IN (
          SELECT hub_topics.id, callback FROM hub_requests JOIN hub_topics ON url = topic_url
          WHERE hub_requests.id = ?1)`
      )
      .bind(requestId, now),
    db.prepare(settle).bind(requestId),
  ])
}
