// Delivery (WebSub §7): the whole document to each callback, a few at a time. Whoever is slow or broken
// costs the others of its message one place for ten seconds, and its host is then left alone.

import { unseal } from '../lib/cipher.ts'
import { call, type OutboundAnswer } from '../lib/outbound.ts'
import type { Clock } from '../lib/time.ts'
import { recordOutcomes, type Outcome } from './delivery-store.ts'
import { noteAnswer, outcomesOfHosts, type Hosts } from './hosts.ts'
import { refusalOf, timeoutMs, userAgent } from './manners.ts'
import { sendAll } from './messages.ts'
import { hubSignature, signatureMethod } from './signature.ts'
import { claimDeliveries, type ClaimedSubscription, type ClaimedTopic } from './store.ts'
import { attemptsMax, isDelivered, retryAfterSeconds, retryPause } from './subscription.ts'
import { findBody, saveBody } from './topic-store.ts'
import { readTopic, topicHeaders } from './topic.ts'

// A Worker has six connections that wait for an answer at once.
const deliveriesAtOnce = 6
// Nothing is begun after this, so that a claim never ends while its delivery is under way.
const beginWithinMs = 25_000

// What cannot be sent at all: the feed is gone, which whoever looks next tells its subscribers; the
// callback is not allowed any more; the secret does not open under a new MASTER_KEY.
const heldBackSeconds = 3600

type Delivery = { readonly topic: number; readonly subscriptions: readonly number[] }

/** A message's deliveries, as far as they are still due. */
export async function deliver(env: Env, delivery: Delivery, clock: Clock): Promise<void> {
  const startMs = clock()
  const claim = await claimDeliveries(env.DB, delivery, Math.floor(startMs / 1000))
  const { topic, subscriptions } = claim
  if (!topic || subscriptions.length === 0) return
  const { version, bytes } = await documentOf(env, topic)
  const hosts: Hosts = new Map(claim.hosts.map((host) => [host.host, host]))
  const latenciesMs: number[] = []
  const outcomes = await inTurns(subscriptions, deliveriesAtOnce, async (subscription) => {
    const nowMs = clock()
    const closedUntil = hosts.get(subscription.host)?.closedUntil ?? 0
    if (nowMs - startMs > beginWithinMs) return postponed(subscription, 0)
    if (closedUntil > nowMs / 1000) return postponed(subscription, closedUntil)
    const answer = bytes && (await send(env, topic, subscription, bytes))
    if (!answer) return postponed(subscription, Math.floor(nowMs / 1000) + heldBackSeconds)
    noteAnswer(hosts, subscription.host, answer, Math.floor(clock() / 1000))
    if (isDelivered(answer.status) && isFirstAttempt(subscription)) {
      latenciesMs.push(clock() - topic.announcedAtMs)
    }
    const sent = { sentAtMs: nowMs, tookMs: clock() - nowMs }
    return outcomeOf(subscription, version, answer, sent)
  })
  const now = Math.floor(clock() / 1000)
  const results = { version, outcomes, hosts: outcomesOfHosts(hosts), latenciesMs }
  const behind = await recordOutcomes(env.DB, topic.id, results, now)
  if (behind.length > 0) {
    await sendAll(env.HUB, [{ type: 'deliver', topic: topic.id, subscriptions: behind }])
  }
}

/** Neither a retry nor something that an operator wanted again, which takes as long as it takes. */
function isFirstAttempt({ attempts, settledVersion }: ClaimedSubscription): boolean {
  return attempts === 0 && settledVersion > 0
}

// The newest few documents, so that the messages of one version need not each read its body. The hash is
// part of the key: a database may have been put back to an earlier state.
const documents = new Map<string, Uint8Array>()
const documentsMax = 6

/** The document of the version that was claimed, or of one that has come since. */
async function documentOf(
  env: Env,
  topic: ClaimedTopic
): Promise<{ version: number; bytes: Uint8Array | null }> {
  const key = `${topic.url} ${topic.version} ${topic.contentHash}`
  const held = documents.get(key)
  if (held && topic.contentHash !== null) return { version: topic.version, bytes: held }
  const found = await findBody(env.DB, topic.id)
  const version = found?.version ?? topic.version
  let body = found?.body ?? null
  if (body === null) {
    // An operator wants it sent again, long after it was let go.
    body = await readTopic(env, topic.url)
    if (body !== null) await saveBody(env.DB, topic.id, { version, body })
  }
  const bytes = body === null ? null : new TextEncoder().encode(body)
  if (bytes && version === topic.version) {
    if (documents.size >= documentsMax) documents.clear()
    documents.set(key, bytes)
  }
  return { version, bytes }
}

/** Null when it may not be sent. */
async function send(
  env: Env,
  topic: ClaimedTopic,
  { callback, secret }: ClaimedSubscription,
  body: Uint8Array
): Promise<OutboundAnswer | null> {
  // What is allowed may have changed since the callback was accepted.
  if (refusalOf(env, callback, topic.url) !== null) return null
  const key = secret === null ? null : await unseal(env.MASTER_KEY, secret, callback)
  // §7.1: who gave a secret gets nothing unsigned.
  if (secret !== null && key === null) return null
  const method = signatureMethod(env.HUB_SIGNATURE)
  const signature = key === null ? null : await hubSignature(method, key, body)
  return call({
    url: callback,
    method: 'POST',
    headers: {
      ...topicHeaders(topic.url),
      'User-Agent': userAgent(env, topic.url),
      ...(signature !== null && { 'X-Hub-Signature': signature }),
    },
    body,
    timeoutMs,
    answerBytesMax: 0,
  })
}

function postponed({ id, attempts }: ClaimedSubscription, dueAt: number): Outcome {
  return { id, isGone: false, settledVersion: null, dueAt, attempts, attempt: null }
}

type Sent = { readonly sentAtMs: number; readonly tookMs: number }

/** What an answer makes of a subscription (§7). */
function outcomeOf(
  { id, attempts }: ClaimedSubscription,
  version: number,
  answer: OutboundAnswer,
  { sentAtMs, tookMs }: Sent
): Outcome {
  const { status } = answer
  const error = 'error' in answer ? answer.error : null
  const attempt = { sentAtMs, status, error, tookMs }
  const fresh = { id, isGone: false, dueAt: 0, attempts: 0, attempt } as const
  if (isDelivered(status)) return { ...fresh, settledVersion: version }
  if (status === 410) return { ...fresh, isGone: true, settledVersion: version }
  const now = Math.floor((sentAtMs + tookMs) / 1000)
  const asked = 'error' in answer ? null : retryAfterSeconds(answer.retryAfter, now)
  const failed = attempts + 1
  // A day has passed: nothing more is owed of this version. The lease goes on, and the next version is
  // tried again (§7).
  const isGivenUp = failed >= attemptsMax
  return {
    ...fresh,
    settledVersion: isGivenUp ? version : null,
    attempts: failed,
    dueAt: now + Math.max(retryPause(isGivenUp ? 4 : failed, Math.random()), asked ?? 0),
  }
}

/** Works through a list in its order, some at a time. */
async function inTurns<T, R>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<R>
): Promise<R[]> {
  const results: R[] = []
  const queue = items.entries()
  const worker = async () => {
    for (const [index, item] of queue) {
      // eslint-disable-next-line no-await-in-loop -- its next piece of work
      results[index] = await work(item)
    }
  }
  await Promise.all(Array.from({ length: width }, worker))
  return results
}
