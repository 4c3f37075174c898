// All SQL of how the hub itself is doing.

export type HubState = {
  readonly triedAt: number
  readonly roundTripAt: number | null
  readonly failingSince: number | null
  readonly isAdvertised: boolean
}

type StateRow = {
  tried_at: number
  round_trip_at: number | null
  failing_since: number | null
  is_advertised: number
}

export async function readState(db: D1Database): Promise<HubState> {
  const row = await db
    .prepare('SELECT tried_at, round_trip_at, failing_since, is_advertised FROM hub_state')
    .first<StateRow>()
  if (!row) throw new Error('hub_state has no row')
  return {
    triedAt: row.tried_at,
    roundTripAt: row.round_trip_at,
    failingSince: row.failing_since,
    isAdvertised: row.is_advertised === 1,
  }
}

/** Notes that a self-test begins: until it ends well, it counts as failing. */
export async function noteTry(db: D1Database, now: number): Promise<void> {
  await db
    .prepare('UPDATE hub_state SET tried_at = ?1, failing_since = coalesce(failing_since, ?1)')
    .bind(now)
    .run()
}

/** Notes that what the hub sent to itself has arrived, and ends that subscription. */
export async function noteRoundTrip(
  db: D1Database,
  { topic, callback, now }: { topic: string; callback: string; now: number }
): Promise<void> {
  await db.batch([
    db.prepare('UPDATE hub_state SET round_trip_at = ?1, failing_since = NULL').bind(now),
    db
      .prepare(
        `UPDATE subscriptions SET state = 'unsubscribed', ended_at = ?3, secret = NULL
        WHERE state = 'active' AND callback = ?2
          AND topic_id = (SELECT id FROM hub_topics WHERE url = ?1)`
      )
      .bind(topic, callback, now),
  ])
}

/** The subscription of a running self-test. */
export async function findSelfTest(
  db: D1Database,
  topic: string,
  callback: string
): Promise<number | null> {
  const row = await db
    .prepare(
      `SELECT id FROM subscriptions WHERE state = 'active' AND callback = ?2
      AND topic_id = (SELECT id FROM hub_topics WHERE url = ?1)`
    )
    .bind(topic, callback)
    .first<{ id: number }>()
  return row?.id ?? null
}

export function saveAdvertised(db: D1Database, isAdvertised: boolean): D1PreparedStatement {
  return db.prepare('UPDATE hub_state SET is_advertised = ?1').bind(isAdvertised ? 1 : 0)
}

/** Writes only what differs: most minutes are like the one before. */
export async function saveSummary(db: D1Database, summary: string): Promise<void> {
  await db.prepare('UPDATE hub_state SET summary = ?1 WHERE summary IS NOT ?1').bind(summary).run()
}

export async function readSummary(db: D1Database): Promise<string | null> {
  const row = await db.prepare('SELECT summary FROM hub_state').first<{ summary: string | null }>()
  return row?.summary ?? null
}
