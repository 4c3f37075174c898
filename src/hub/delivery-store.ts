// All SQL of deliveries: what was sent, what came of it, how long it took, which hosts are in trouble.

import type { HostState } from './hosts.ts'

/** What came of a delivery that was claimed. */
export type Outcome = {
  readonly id: number
  /** Whether the callback said that it is gone. */
  readonly isGone: boolean
  /** The version that nothing more is owed of; null when it still is. */
  readonly settledVersion: number | null
  /** Not before this is it tried again. */
  readonly dueAt: number
  readonly attempts: number
  /** Null when nothing was sent. */
  readonly attempt: Attempt | null
}

type Attempt = {
  readonly sentAtMs: number
  readonly status: number
  readonly error: string | null
  readonly tookMs: number
}

type Results = {
  readonly version: number
  readonly outcomes: readonly Outcome[]
  readonly hosts: readonly HostState[]
  /** How long after the change each first attempt that succeeded was answered. */
  readonly latenciesMs: readonly number[]
}

const keptSeconds = 30 * 24 * 3600

/**
 * Settles claimed deliveries in one transaction. Tells which subscriptions already wait for a newer
 * version.
 */
export async function recordOutcomes(
  db: D1Database,
  topicId: number,
  results: Results,
  now: number
): Promise<number[]> {
  const outcomes = JSON.stringify(results.outcomes)
  const gone = results.outcomes.filter((each) => each.isGone).map((each) => each.id)
  const [, behind] = await db.batch<{ id: number }>([
    settle(db, outcomes, now),
    db
      .prepare(
        `SELECT id FROM subscriptions
        WHERE id IN (SELECT value ->> 'id' FROM json_each(?1)) AND state = 'active'
          AND due_at <= ?3
          AND +settled_version < (SELECT version FROM hub_topics WHERE id = ?2)`
      )
      .bind(outcomes, topicId, now),
    db
      .prepare(
        `INSERT INTO deliveries (subscription_id, sent_at_ms, version, status, error, took_ms)
        SELECT value ->> 'id', value ->> '$.attempt.sentAtMs', ?2, value ->> '$.attempt.status',
          value ->> '$.attempt.error', value ->> '$.attempt.tookMs'
        FROM json_each(?1) WHERE value ->> '$.attempt.sentAtMs' IS NOT NULL
        ON CONFLICT DO NOTHING`
      )
      .bind(outcomes, results.version),
    db
      .prepare(
        `DELETE FROM deliveries
        WHERE subscription_id IN (SELECT value ->> 'id' FROM json_each(?1)) AND sent_at_ms < ?2`
      )
      .bind(outcomes, (now - keptSeconds) * 1000),
    ...(gone.length > 0 ? [endGone(db, gone, now)] : []),
    ...(results.hosts.length > 0 ? [noteHosts(db, results.hosts, now)] : []),
    ...(results.latenciesMs.length > 0 ? [countLatencies(db, results.latenciesMs, now)] : []),
  ])
  return behind?.results.map((row) => row.id) ?? []
}

// Columns that indexes name are written only where they change: each would be a row more.
function settle(db: D1Database, outcomes: string, now: number): D1PreparedStatement {
  return db
    .prepare(
      `UPDATE subscriptions SET
        settled_version = max(settled_version, coalesce(outcome.settled, settled_version)),
        due_at = outcome.due,
        attempts = outcome.attempts,
        failing_since = iif(outcome.attempts = 0, NULL, coalesce(failing_since, ?2)),
        last_attempt_at = coalesce(outcome.sent_at_ms / 1000, last_attempt_at),
        last_status = coalesce(outcome.status, last_status)
      FROM (SELECT value ->> 'id' AS id, value ->> 'settledVersion' AS settled,
          value ->> 'dueAt' AS due,
          value ->> 'attempts' AS attempts, value ->> '$.attempt.sentAtMs' AS sent_at_ms,
          value ->> '$.attempt.status' AS status
        FROM json_each(?1)) AS outcome
      WHERE subscriptions.id = outcome.id AND subscriptions.state = 'active'`
    )
    .bind(outcomes, now)
}

/** §7: 410 ends a subscription. */
function endGone(db: D1Database, ids: readonly number[], now: number): D1PreparedStatement {
  return db
    .prepare(
      `UPDATE subscriptions SET state = 'gone', ended_at = ?2, secret = NULL
      WHERE id IN (SELECT value FROM json_each(?1)) AND +state = 'active'`
    )
    .bind(JSON.stringify(ids), now)
}

function noteHosts(db: D1Database, hosts: readonly HostState[], now: number): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO hub_hosts (host, failures, closed_until, last_failed_at, last_error)
      SELECT value ->> 'host', value ->> 'failures', value ->> 'closedUntil',
        iif(value ->> 'failures' > 0, ?2, NULL), value ->> 'error'
      FROM json_each(?1) WHERE true
      ON CONFLICT (host) DO UPDATE SET failures = excluded.failures,
        closed_until = excluded.closed_until,
        last_failed_at = coalesce(excluded.last_failed_at, last_failed_at),
        last_error = coalesce(excluded.last_error, last_error)`
    )
    .bind(JSON.stringify(hosts), now)
}

/** Four buckets to each doubling: the upper bound of a bucket is at most 19 % above what is in it. */
const bucketsPerDoubling = 4

function countLatencies(
  db: D1Database,
  latenciesMs: readonly number[],
  now: number
): D1PreparedStatement {
  const counts = new Map<number, number>()
  for (const latency of latenciesMs) {
    const bucket = Math.max(0, Math.ceil(Math.log2(Math.max(latency, 1)) * bucketsPerDoubling))
    counts.set(bucket, (counts.get(bucket) ?? 0) + 1)
  }
  return db
    .prepare(
      `INSERT INTO hub_latencies (hour_at, bucket, count)
      SELECT ?2, value ->> 0, value ->> 1 FROM json_each(?1) WHERE true
      ON CONFLICT (hour_at, bucket) DO UPDATE SET count = count + excluded.count`
    )
    .bind(JSON.stringify([...counts]), now - (now % 3600))
}

/** The latencies that the given shares of deliveries since a moment stayed under; null without any. */
export async function readLatencies(
  db: D1Database,
  since: number,
  shares: readonly number[]
): Promise<(number | null)[]> {
  const { results } = await db
    .prepare(
      `SELECT bucket, sum(count) AS count FROM hub_latencies WHERE hour_at >= ?1
      GROUP BY bucket ORDER BY bucket`
    )
    .bind(since)
    .all<{ bucket: number; count: number }>()
  const total = results.reduce((sum, row) => sum + row.count, 0)
  return shares.map((share) => {
    let seen = 0
    const row = results.find(({ count }) => (seen += count) >= share * total)
    return row ? Math.round(2 ** (row.bucket / bucketsPerDoubling)) : null
  })
}

export async function forgetLatencies(db: D1Database, before: number): Promise<void> {
  await db.prepare('DELETE FROM hub_latencies WHERE hour_at < ?1').bind(before).run()
}

export type FailingHost = {
  readonly host: string
  readonly failures: number
  readonly closedUntil: number
  readonly lastFailedAt: number
  readonly lastError: string
}

/** Hosts whose last deliveries found no answer or were put off, the latest first. */
export async function listFailingHosts(db: D1Database, limit: number): Promise<FailingHost[]> {
  const { results } = await db
    .prepare(
      `SELECT host, failures, closed_until AS closedUntil, last_failed_at AS lastFailedAt,
        last_error AS lastError
      FROM hub_hosts WHERE failures > 0 ORDER BY last_failed_at DESC LIMIT ?1`
    )
    .bind(limit)
    .all<FailingHost>()
  return results
}

/** Forgets hosts of which nothing was asked and which did not fail since a moment. */
export async function forgetHosts(db: D1Database, before: number): Promise<void> {
  await db
    .prepare('DELETE FROM hub_hosts WHERE window_at < ?1 AND coalesce(last_failed_at, 0) < ?1')
    .bind(before)
    .run()
}

/** How many deliveries are due or under way, counting no further than `limit`. */
export async function countWaiting(db: D1Database, limit: number): Promise<number> {
  const row = await db
    .prepare(
      `SELECT count(*) AS n FROM (
        SELECT 1 FROM hub_topics CROSS JOIN subscriptions ON topic_id = hub_topics.id
        WHERE is_open = 1 AND state = 'active' AND settled_version < version LIMIT ?1)`
    )
    .bind(limit)
    .first<{ n: number }>()
  return row?.n ?? 0
}
