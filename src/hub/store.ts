// All SQL of subscriptions.

import type { HostState } from './hosts.ts'
import { claimSeconds } from './subscription.ts'

/** One to whom a delivery is due, taken by whoever delivers it. */
export type ClaimedSubscription = {
  readonly id: number
  readonly callback: string
  readonly host: string
  readonly secret: string | null
  readonly attempts: number
  /** The last it was sent; 0 when it shall be sent one again. */
  readonly settledVersion: number
}

export type ClaimedTopic = {
  readonly id: number
  readonly url: string
  readonly version: number
  readonly contentHash: string | null
  readonly announcedAtMs: number
}

export type Claim = {
  readonly topic: ClaimedTopic | null
  readonly subscriptions: readonly ClaimedSubscription[]
  /** Those among their hosts that did not answer of late. */
  readonly hosts: readonly HostState[]
}

type ClaimQuestion = { readonly topic: number; readonly subscriptions: readonly number[] }

/**
 * Takes those of the given subscriptions that wait for their topic's present version: whoever comes
 * second finds nothing left to take. A claim that is never settled ends by itself.
 */
export async function claimDeliveries(
  db: D1Database,
  { topic, subscriptions }: ClaimQuestion,
  now: number
): Promise<Claim> {
  const ids = JSON.stringify(subscriptions)
  const [topics, claimed, hosts] = await db.batch([
    db
      .prepare(
        `SELECT id, url, version, content_hash AS contentHash, announced_at_ms AS announcedAtMs
        FROM hub_topics WHERE id = ?1`
      )
      .bind(topic),
    db
      .prepare(
        // By id alone: the index of those that wait would walk all of them for each message.
        `UPDATE subscriptions SET due_at = ?3 + ${claimSeconds}
        WHERE id IN (SELECT value FROM json_each(?2)) AND +topic_id = ?1 AND state = 'active'
          AND +lease_expires_at > ?3 AND due_at <= ?3
          AND +settled_version < (SELECT version FROM hub_topics WHERE id = ?1)
        RETURNING id, callback, host, secret, attempts, settled_version AS settledVersion`
      )
      .bind(topic, ids, now),
    db
      .prepare(
        `SELECT host, failures, closed_until AS closedUntil FROM hub_hosts
        WHERE failures > 0 AND host IN (
          SELECT host FROM subscriptions WHERE id IN (SELECT value FROM json_each(?1)))`
      )
      .bind(ids),
  ])
  // eslint-disable-next-line typescript/no-unsafe-type-assertion -- the statements say what they select
  const rows = <T>(result: D1Result | undefined) => (result?.results ?? []) as T[]
  return {
    topic: rows<ClaimedTopic>(topics)[0] ?? null,
    subscriptions: rows<ClaimedSubscription>(claimed),
    hosts: rows<HostState>(hosts),
  }
}

/** A place in the order in which waiting subscriptions are gone through. */
type WaitingCursor = { readonly settledVersion: number; readonly id: number }

/** Failing: its last delivery failed or was put off. */
export type WaitingSubscription = WaitingCursor & { readonly isFailing: boolean }

type WaitingPage = {
  readonly after: WaitingCursor
  readonly now: number
  readonly limit: number
}

/** Subscriptions to which a topic's present version is due. */
export async function listWaiting(
  db: D1Database,
  topicId: number,
  { after, now, limit }: WaitingPage
): Promise<WaitingSubscription[]> {
  const { results } = await db
    .prepare(
      `SELECT id, settled_version AS settledVersion, attempts > 0 OR due_at > 0 AS isFailing
      FROM subscriptions
      WHERE topic_id = ?1 AND state = 'active'
        AND settled_version < (SELECT version FROM hub_topics WHERE id = ?1)
        AND (settled_version, id) > (?2, ?3) AND due_at <= ?4
      ORDER BY settled_version, id LIMIT ?5`
    )
    .bind(topicId, after.settledVersion, after.id, now, limit)
    .all<WaitingCursor & { isFailing: number }>()
  return results.map((row) => ({ ...row, isFailing: row.isFailing === 1 }))
}

/** Ends a live subscription by the hub's own will (§5.2); gives the request that tells the callback. */
export async function dropSubscription(
  db: D1Database,
  id: number,
  now: number
): Promise<number | null> {
  const [request] = await drop(db, 'id = ?1', { of: id, now, limit: 1 })
  return request ?? null
}

/** Ends live subscriptions to a topic that is gone, as many as the limit; gives the requests that tell them. */
export async function dropSubscriptionsOf(
  db: D1Database,
  topicId: number,
  { now, limit }: { readonly now: number; readonly limit: number }
): Promise<number[]> {
  return drop(db, 'topic_id = ?1', { of: topicId, now, limit })
}

async function drop(
  db: D1Database,
  which: 'id = ?1' | 'topic_id = ?1',
  { of, now, limit }: { readonly of: number; readonly now: number; readonly limit: number }
): Promise<number[]> {
  const dropped = `SELECT id FROM subscriptions WHERE ${which} AND state = 'active'
    ORDER BY settled_version, id LIMIT ?3`
  const [, requests] = await db.batch<{ id: number }>([
    // A renewal under way would bring back what is ended here.
    db
      .prepare(
        `DELETE FROM hub_requests WHERE id IN (
          SELECT hub_requests.id FROM subscriptions JOIN hub_topics ON hub_topics.id = topic_id
          JOIN hub_requests ON hub_requests.callback = subscriptions.callback
            AND topic_url = url AND mode = 'subscribe'
          WHERE subscriptions.id IN (${dropped}))`
      )
      .bind(of, now, limit),
    db
      .prepare(
        `INSERT INTO hub_requests (mode, topic_url, callback, host, due_at)
        SELECT 'denied', url, callback, host, ?2
        FROM subscriptions JOIN hub_topics ON hub_topics.id = topic_id
        WHERE subscriptions.id IN (${dropped})
        RETURNING id`
      )
      .bind(of, now, limit),
    db
      .prepare(
        `UPDATE subscriptions SET state = 'dropped', ended_at = ?2, secret = NULL
        WHERE id IN (${dropped})`
      )
      .bind(of, now, limit),
  ])
  return requests?.results.map((row) => row.id) ?? []
}

/** Makes a topic's present document due once more; tells of which topic, null when it is not live. */
export async function requestRedelivery(db: D1Database, id: number): Promise<number | null> {
  const [updated] = await db.batch<{ topic_id: number }>([
    db
      .prepare(
        `UPDATE subscriptions SET settled_version = 0, due_at = 0
        WHERE id = ?1 AND state = 'active' RETURNING topic_id`
      )
      .bind(id),
    db
      .prepare(
        `UPDATE hub_topics SET is_open = 1
        WHERE id = (SELECT topic_id FROM subscriptions WHERE id = ?1 AND state = 'active')`
      )
      .bind(id),
  ])
  return updated?.results[0]?.topic_id ?? null
}

/** Ends the subscriptions whose leases are over. */
export async function expireLeases(db: D1Database, now: number): Promise<number> {
  const { meta } = await db
    .prepare(
      `UPDATE subscriptions SET state = 'expired', ended_at = ?1, secret = NULL
      WHERE state = 'active' AND lease_expires_at <= ?1`
    )
    .bind(now)
    .run()
  return meta.changes
}

/** Forgets subscriptions that ended before a moment, with what was sent to them. */
export async function forgetEnded(db: D1Database, before: number): Promise<number> {
  const ended = `SELECT id FROM subscriptions WHERE state <> 'active' AND ended_at < ?1`
  const [, removed] = await db.batch([
    db.prepare(`DELETE FROM deliveries WHERE subscription_id IN (${ended})`).bind(before),
    db.prepare(`DELETE FROM subscriptions WHERE id IN (${ended})`).bind(before),
  ])
  return removed?.meta.changes ?? 0
}
