// What time alone does to the hub, every minute: whatever a lost message should have done is found in the
// data and sent again, leases end, what is old is forgotten, the hub looks after itself.

import { advertiseHub, changeOf } from '../feeds/change-store.ts'
import type { Change } from '../feeds/edge.ts'
import type { Upkept } from '../feeds/upkeep.ts'
import { siteOf } from '../lib/site.ts'
import type { Clock } from '../lib/time.ts'
import { forgetHosts, forgetLatencies } from './delivery-store.ts'
import { brokenSecondsMax, describeHealth, findBrokenSince } from './health.ts'
import { sendAll } from './messages.ts'
import { announce } from './publish.ts'
import { listDueRequests } from './request-store.ts'
import { advanceSelfTest } from './self-test.ts'
import { readState, saveAdvertised, saveSummary } from './state-store.ts'
import { expireLeases, forgetEnded } from './store.ts'
import { findAnyTopic, forgetUnfollowed, listMarked, listOpen } from './topic-store.ts'

const stepMax = 1000
// What is let go of at once when all feeds change; the edge's short lifetime does the rest.
const tagsMax = 400
const keptSeconds = 30 * 24 * 3600

/** Sends again what no message may be on its way for: changes, verifications, deliveries and retries. */
export async function resume(env: Env, clock: Clock): Promise<number> {
  const now = Math.floor(clock() / 1000)
  await announce(env, clock)
  const [marked, open, requests] = await Promise.all([
    listMarked(env.DB, stepMax),
    listOpen(env.DB, stepMax),
    listDueRequests(env.DB, now, stepMax),
  ])
  await sendAll(
    env.HUB_VERIFICATIONS,
    requests.map((request) => ({ type: 'verify', request }))
  )
  await sendAll(env.HUB, [
    ...marked.map((topic) => ({ type: 'look', topic }) as const),
    ...open.map((topic) => ({ type: 'fan-out', topic, after: [-1, 0] }) as const),
  ])
  return marked.length + open.length + requests.length
}

/** Ends leases that are over and forgets what nobody needs any more; tells how much. */
export async function tidy(env: Env, now: number): Promise<number> {
  const expired = await expireLeases(env.DB, now)
  // The rest can wait for the hour.
  if (now % 3600 >= 60) return expired
  const forgotten = await forgetEnded(env.DB, now - keptSeconds)
  await forgetHosts(env.DB, now - keptSeconds)
  await forgetLatencies(env.DB, now - keptSeconds)
  return expired + forgotten + (await forgetUnfollowed(env.DB))
}

/** Tests the hub when it is time, and lets the feeds name it only while it works. */
export async function watchOver(env: Env, now: number): Promise<Upkept> {
  const state = await readState(env.DB)
  const brokenSince = await findBrokenSince(env.DB, state, now)
  const isAdvertised = brokenSince === null || brokenSince > now - brokenSecondsMax
  const changes: Change[] = []
  // While it is broken, feeds come into being that name it.
  if (isAdvertised !== state.isAdvertised || !isAdvertised) {
    const results = await env.DB.batch([
      advertiseHub(env.DB, isAdvertised, now),
      saveAdvertised(env.DB, isAdvertised),
    ])
    const change = changeOf(results)
    changes.push({ ...change, tags: change.tags.slice(0, tagsMax) })
  }
  const { summary } = await describeHealth(env.DB, now)
  await saveSummary(env.DB, JSON.stringify(summary))
  const url = env.PUBLIC_ORIGIN || (await findAnyTopic(env.DB))
  // Without a public origin, and before anybody subscribed, it does not know its own address.
  if (url !== null) await advanceSelfTest(env, siteOf(env, url).origin, { state, now })
  return { count: isAdvertised === state.isAdvertised ? 0 : 1, changes }
}
