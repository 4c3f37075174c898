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
import { isDelivered, withParameters } from './subscription.ts'
import { findTopic, readTopic } from './topic.ts'

// A callback that is down for a moment is asked again; one that says no is not.
const attemptsMax = 3
const pauseSeconds = 60

/** Asks a callback whether it wants what was asked for in its name, and does it if so; or tells it a denial. */
export async function verify(env: Env, requestId: number, clock: Clock): Promise<void> {
  const seconds = () => Math.floor(clock() / 1000)
  const request = await claimRequest(env.DB, requestId, seconds())
  if (!request) return
  const topic = await topicOf(env, request)
  const isGone = 'status' in topic
  const isDenied = isGone && request.mode !== 'unsubscribe'
  const outcome = isDenied ? await deny(env, request) : await confirm(env, request)
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

/** Of a denial none, whatever there is. */
function topicOf(env: Env, { mode, topic }: PendingRequest): ReturnType<typeof findTopic> {
  return mode === 'denied'
    ? Promise.resolve({ status: 404, meant: null })
    : findTopic(env, topic, topic)
}

// What the first subscriber of a topic can have read itself: the hub tells of what comes after. Read before
// the subscription begins, so that no change falls between.
async function heldHash(env: Env, url: string): Promise<string | null> {
  if (await hasSubscribers(env.DB, url)) return null
  const body = await readTopic(env, url)
  return body === null ? null : sha256Hex(body)
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
  if ('error' in answer || isBusy(answer.status)) return 'silent'
  const body = answer.body && new TextDecoder().decode(answer.body)
  return isDelivered(answer.status) && body === challenge ? 'confirmed' : 'refused'
}

/** Says that there is no such subscription, or none any more (§5.2). */
async function deny(env: Env, request: PendingRequest): Promise<'told' | 'silent'> {
  const reason =
    request.mode === 'denied' ? 'The hub has ended this subscription.' : 'The feed is gone.'
  const answer = await callback(env, request, { mode: 'denied', reason })
  return 'error' in answer || isBusy(answer.status) ? 'silent' : 'told'
}

function isBusy(status: number): boolean {
  return status >= 500 || status === 429
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
