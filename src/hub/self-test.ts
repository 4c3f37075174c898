// The hub proves itself: it subscribes to a feed of its own as anyone would, is verified, and gets a
// delivery. A hub that is silent is worse than none, since its readers stop polling.

import { feedUrl, hubUrl } from '../feeds/feed.ts'
import { hmacSha256, isEqualSecret, toHex } from '../lib/hmac.ts'
import { call } from '../lib/outbound.ts'
import { selfTestPath, timeoutMs } from './manners.ts'
import { sendAll } from './messages.ts'
import { hubSignature, signatureMethod } from './signature.ts'
import { findSelfTest, noteRoundTrip, noteTry, type HubState } from './state-store.ts'
import { requestRedelivery } from './store.ts'

const betweenSeconds = 24 * 3600
const againSeconds = 10 * 60

type SelfTest = { readonly topic: string; readonly callback: string; readonly secret: string }

/** What the test of a deployment consists of: derived, so that only it can have asked for it. */
async function selfTestOf(masterKey: string, origin: string): Promise<SelfTest> {
  const derive = async (purpose: string) => {
    const encoder = new TextEncoder()
    return toHex(await hmacSha256(encoder.encode(masterKey), encoder.encode(purpose)))
  }
  return {
    topic: feedUrl(origin, '', 'json'),
    callback: `${origin}${selfTestPath}?token=${await derive(`hub:self-test:token:${origin}`)}`,
    secret: await derive(`hub:self-test:secret:${origin}`),
  }
}

/** One step of the test, when one is due: subscribe; or, once subscribed, ask for a delivery. */
export async function advanceSelfTest(
  env: Env,
  origin: string,
  { state, now }: { readonly state: HubState; readonly now: number }
): Promise<void> {
  const test = await selfTestOf(env.MASTER_KEY, origin)
  const subscription = await findSelfTest(env.DB, test.topic, test.callback)
  if (subscription !== null) {
    const topic = await requestRedelivery(env.DB, subscription)
    if (topic === null) return
    await sendAll(env.HUB, [{ type: 'deliver', topic, subscriptions: [subscription] }])
    return
  }
  const isDue = (state.roundTripAt ?? 0) <= now - betweenSeconds || state.failingSince !== null
  if (!isDue || state.triedAt > now - againSeconds) return
  await noteTry(env.DB, now)
  await call({
    url: hubUrl(origin),
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: new TextEncoder().encode(
      new URLSearchParams({
        'hub.mode': 'subscribe',
        'hub.topic': test.topic,
        'hub.callback': test.callback,
        'hub.secret': test.secret,
      }).toString()
    ),
    timeoutMs,
    answerBytesMax: 0,
  })
}

/** The challenge, when the verification is of a test that this deployment would make; else null. */
export async function answerSelfTest(
  env: Env,
  origin: string,
  query: URLSearchParams
): Promise<string | null> {
  const test = await selfTestOf(env.MASTER_KEY, origin)
  if (!(await isOurs(test, query))) return null
  return query.get('hub.topic') === test.topic ? query.get('hub.challenge') : null
}

/** Takes a delivery; tells whether it was one of the hub's to itself. */
export async function receiveSelfTest(
  env: Env,
  origin: string,
  { query, signature, body, now }: ReceivedDelivery
): Promise<boolean> {
  const test = await selfTestOf(env.MASTER_KEY, origin)
  if (!(await isOurs(test, query)) || body.length === 0) return false
  const method = signatureMethod(env.HUB_SIGNATURE)
  if (!(await isEqualSecret(signature, await hubSignature(method, test.secret, body)))) return false
  await noteRoundTrip(env.DB, { topic: test.topic, callback: test.callback, now })
  return true
}

type ReceivedDelivery = {
  readonly query: URLSearchParams
  readonly signature: string
  readonly body: Uint8Array
  readonly now: number
}

function isOurs(test: SelfTest, query: URLSearchParams): Promise<boolean> {
  const token = new URL(test.callback).searchParams.get('token') ?? ''
  return isEqualSecret(query.get('token') ?? '', token)
}
