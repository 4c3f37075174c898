// From a commit to the subscribers who must be told: the outbox is emptied into marks, a marked topic is
// looked at, a document that differs becomes a version, its subscribers are gone through in steps.

import { sha256Hex } from '../lib/hmac.ts'
import { log } from '../lib/log.ts'
import type { Clock } from '../lib/time.ts'
import { sendAll, type HubMessage } from './messages.ts'
import { dropSubscriptionsOf, listWaiting } from './store.ts'
import {
  closeTopic,
  commitVersion,
  lockTopic,
  markChanged,
  unlockTopic,
  type LockedTopic,
} from './topic-store.ts'
import { readTopic } from './topic.ts'

/** How many messages one step sends at most; what is more follows in the next. */
const stepMessagesMax = 50
/**
 * How many subscribers one message is about: with the statements around them, within the 50 subrequests
 * that an invocation has on the free plan.
 */
const deliveriesPerMessage = 40
const lockSeconds = 30

/**
 * Tells the hub that something was committed, whatever it was: the outbox knows. Nothing is lost when
 * this fails, the next minute does it again.
 */
export async function announce(env: Env, clock: Clock): Promise<void> {
  try {
    const topics = await markChanged(env.DB, clock())
    await sendAll(
      env.HUB,
      topics.map((topic) => ({ type: 'look', topic }))
    )
  } catch (error) {
    log('announce_failed', { error })
  }
}

/** Looks whether a topic's document has changed, and if so begins to tell of it. */
export async function look(env: Env, topicId: number, clock: Clock): Promise<void> {
  const now = Math.floor(clock() / 1000)
  const topic = await lockTopic(env.DB, topicId, { now, until: now + lockSeconds })
  if (!topic) return
  const isMarkedAgain = await settleLook(env, topicId, topic, clock)
  if (isMarkedAgain) await sendAll(env.HUB, [{ type: 'look', topic: topicId }])
}

async function settleLook(
  env: Env,
  topicId: number,
  topic: LockedTopic,
  clock: Clock
): Promise<boolean> {
  const body = await readTopic(env, topic.url)
  if (body === null) {
    await denyAll(env, topicId, clock)
    return unlockTopic(env.DB, topicId, topic)
  }
  const contentHash = await sha256Hex(body)
  if (contentHash === topic.contentHash) return unlockTopic(env.DB, topicId, topic)
  const isMarkedAgain = await commitVersion(env.DB, topicId, topic, { contentHash, body })
  await fanOut(env, { topic: topicId, after: [-1, 0] }, clock)
  return isMarkedAgain
}

/** §5.2: a hub may deny a subscription at any time; the feed is gone for good. */
async function denyAll(env: Env, topicId: number, clock: Clock): Promise<void> {
  const now = Math.floor(clock() / 1000)
  for (;;) {
    // eslint-disable-next-line no-await-in-loop -- in bounded steps
    const denials = await dropSubscriptionsOf(env.DB, topicId, { now, limit: 1000 })
    if (denials.length === 0) return
    const messages = denials.map((request) => ({ type: 'verify', request }) as const)
    // eslint-disable-next-line no-await-in-loop -- see above
    await sendAll(env.HUB_VERIFICATIONS, messages)
  }
}

type Step = { readonly topic: number; readonly after: readonly [number, number] }

/**
 * One step of telling a topic's subscribers. Those that failed last go through a queue of their own, so
 * that nobody waits for them.
 */
export async function fanOut(env: Env, { topic, after }: Step, clock: Clock): Promise<void> {
  const limit = stepMessagesMax * deliveriesPerMessage
  const waiting = await listWaiting(env.DB, topic, {
    after: { settledVersion: after[0], id: after[1] },
    now: Math.floor(clock() / 1000),
    limit,
  })
  const last = waiting.at(-1)
  if (!last) {
    await closeTopic(env.DB, topic)
    return
  }
  const deliveries = (isFailing: boolean): HubMessage[] =>
    inGroups(
      waiting.filter((each) => each.isFailing === isFailing).map((each) => each.id),
      deliveriesPerMessage
    ).map((subscriptions) => ({ type: 'deliver', topic, subscriptions }))
  await sendAll(env.HUB, deliveries(false))
  await sendAll(env.HUB_RETRIES, deliveries(true))
  if (waiting.length < limit) return
  await sendAll(env.HUB, [{ type: 'fan-out', topic, after: [last.settledVersion, last.id] }])
}

function inGroups(ids: readonly number[], size: number): number[][] {
  return Array.from({ length: Math.ceil(ids.length / size) }, (_, index) =>
    ids.slice(index * size, (index + 1) * size)
  )
}
