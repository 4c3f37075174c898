// Verification of intent (WebSub §5.3) and denial (§5.2): a GET to the callback.

import { sha256Hex, toHex } from '../lib/hmac.ts'
import { call, type OutboundAnswer } from '../lib/outbound.ts'
import type { Clock } from '../lib/time.ts'
import { refusalOf, timeoutMs, userAgent } from './manners.ts'
import {
  claimRequest,
  confirmSubscription,
  confirmUnsubscription,
  hasSubscribers,
  postponeRequest,
  removeRequest,
  type PendingRequest,
} from './request-store.ts'
import { findDropped } from './store.ts'
import { isDelivered, withParameters } from './subscription.ts'
import { findTopic, readTopic } from './topic.ts'

// A callback that is down for a moment is asked again; one that says no is not.
const attemptsMax = 3
const pauseSeconds = 60

/** Asks a callback whether it wants what was asked for in its name, and does it if so. */
export async function verify(env: Env, requestId: number, clock: Clock): Promise<void> {
  const seconds = () => Math.floor(clock() / 1000)
  const request = await claimRequest(env.DB, requestId, seconds())
  if (!request) return
  const topic = await findTopic(env, request.topic, request.topic)
  const isGone = 'status' in topic
  if (isGone && request.mode === 'subscribe') {
    await removeRequest(env.DB, requestId)
    await callback(env, request, { mode: 'denied', reason: 'The feed is gone.' })
    return
  }
  const outcome = await confirm(env, request)
  if (outcome === 'confirmed' && request.mode === 'unsubscribe') {
    await confirmUnsubscription(env.DB, requestId, seconds())
  } else if (outcome === 'confirmed' && !isGone) {
    const { url, feedIds } = topic
    const contentHash = await heldHash(env, url)
    await confirmSubscription(env.DB, requestId, { feedIds, contentHash, now: seconds() })
  } else if (outcome === 'silent' && request.attempts < attemptsMax) {
    await postponeRequest(env.DB, requestId, seconds() + pauseSeconds * request.attempts)
  } else {
    await removeRequest(env.DB, requestId)
  }
}

// What the first subscriber of a topic can have read itself: the hub tells of what comes after. Read before
// the subscription begins, so that no change falls between.
async function heldHash(env: Env, url: string): Promise<string | null> {
  if (await hasSubscribers(env.DB, url)) return null
  const body = await readTopic(env, url)
  return body === null ? null : sha256Hex(body)
}

/** Tells the callback of a subscription that the hub has ended. */
export async function deny(env: Env, subscriptionId: number): Promise<void> {
  const dropped = await findDropped(env.DB, subscriptionId)
  if (!dropped) return
  const reason = 'The hub has ended this subscription.'
  await callback(
    env,
    { callback: dropped.callback, topic: dropped.url },
    { mode: 'denied', reason }
  )
}

// 256 bits, new for each attempt (§8.2).
function newChallenge(): string {
  return toHex(crypto.getRandomValues(new Uint8Array(32)))
}

/** 2xx and exactly the challenge is yes (§5.3.1); every other answer is no, and silence may be asked again. */
async function confirm(
  env: Env,
  request: PendingRequest
): Promise<'confirmed' | 'refused' | 'silent'> {
  const challenge = newChallenge()
  const answer = await callback(env, request, {
    mode: request.mode,
    challenge,
    ...(request.mode === 'subscribe' && { lease_seconds: String(request.leaseSeconds) }),
  })
  if ('error' in answer) return 'silent'
  if (answer.status >= 500 || answer.status === 429) return 'silent'
  const body = answer.body && new TextDecoder().decode(answer.body)
  return isDelivered(answer.status) && body === challenge ? 'confirmed' : 'refused'
}

async function callback(
  env: Env,
  about: { readonly callback: string; readonly topic: string },
  { mode, ...others }: Record<string, string> & { readonly mode: string }
): Promise<OutboundAnswer> {
  // What is allowed may have changed since the callback was accepted.
  if (refusalOf(env, about.callback, about.topic) !== null)
    return { status: 0, error: 'unreachable' }
  const parameters = { mode, topic: about.topic, ...others }
  const named = Object.entries(parameters).map(([name, value]) => [`hub.${name}`, value])
  return call({
    url: withParameters(about.callback, Object.fromEntries(named)),
    method: 'GET',
    headers: { 'User-Agent': userAgent(env, about.topic) },
    timeoutMs,
    // The challenge has 64 bytes.
    answerBytesMax: 256,
  })
}
