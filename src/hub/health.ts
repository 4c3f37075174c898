// How the hub is doing, for /health and for the operator.

import { formatRfc3339 } from '../lib/time.ts'
import { countWaiting, listFailingHosts, readLatencies } from './delivery-store.ts'
import { readState, type HubState } from './state-store.ts'
import { findOldestMark } from './topic-store.ts'

/** A little time is nothing to worry about. */
const patienceSeconds = 5 * 60
/** For how long feeds go on naming a hub that is broken. */
export const brokenSecondsMax = 3600
const waitingMax = 10_000
const hostsMax = 100

/** Since when the hub has been broken: it does not reach itself, or changes lie about. Null when it works. */
export async function findBrokenSince(
  db: D1Database,
  state: HubState,
  now: number
): Promise<number | null> {
  const times = [state.failingSince, await findOldestMark(db)].filter((time) => time !== null)
  const since = Math.min(...times)
  return times.length > 0 && since <= now - patienceSeconds ? since : null
}

/** In the words of the API. Public: it names nobody. */
export async function describeHealth(db: D1Database, now: number) {
  const state = await readState(db)
  const brokenSince = await findBrokenSince(db, state, now)
  const [p50, p95] = await readLatencies(db, now - 24 * 3600, [0.5, 0.95])
  const [waiting, hosts] = await Promise.all([
    countWaiting(db, waitingMax),
    listFailingHosts(db, hostsMax),
  ])
  const at = (seconds: number | null) => (seconds === null ? null : formatRfc3339(seconds))
  return {
    summary: {
      status: brokenSince !== null ? 'broken' : state.roundTripAt === null ? 'untested' : 'ok',
      broken_since: at(brokenSince),
      is_advertised: state.isAdvertised,
      last_round_trip_at: at(state.roundTripAt),
      delivery_ms: { p50: p50 ?? null, p95: p95 ?? null },
      waiting,
      failing_hosts: hosts.length,
    },
    hosts: hosts.map((host) => ({
      host: host.host,
      failures: host.failures,
      last_failed_at: at(host.lastFailedAt),
      last_error: host.lastError,
      closed_until: host.closedUntil > now ? at(host.closedUntil) : null,
    })),
  }
}
