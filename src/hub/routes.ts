// The subscribers' door: POST /hub (WebSub §5.1), and the hub's own callback.

import { Hono, type Context } from 'hono'

import { hubUrl } from '../feeds/feed.ts'
import { hostOf } from '../lib/callback.ts'
import { readBody } from '../lib/body.ts'
import { seal } from '../lib/cipher.ts'
import { log } from '../lib/log.ts'
import { essenceOf } from '../lib/media-type.ts'
import { siteOf } from '../lib/site.ts'
import { epochSeconds } from '../lib/time.ts'
import { refusalOf, selfTestPath } from './manners.ts'
import { countRequest, insertRequest, type Standing } from './request-store.ts'
import { answerSelfTest, receiveSelfTest } from './self-test.ts'
import { limits, parseRequest, type SubscriptionRequest } from './subscription.ts'
import { findTopic } from './topic.ts'

type HubContext = Context<{ Bindings: Env }>

export const hubRoutes = new Hono<{ Bindings: Env }>()

// A topic and a callback of 2,048 characters, each percent-encoded, and a secret.
const formBytesMax = 16 * 1024
const documentBytesMax = 4 * 1024 * 1024

// §5.1.2: refusals are plain text; the answer says nothing about the verification, which comes later.
hubRoutes.post('/hub', async (c) => {
  const { success } = await c.env.HUB_LIMIT.limit({
    key: c.req.header('CF-Connecting-IP') ?? 'unknown',
  })
  if (!success) return say(c, 429, 'Too many requests at once.', { 'Retry-After': '10' })
  if (essenceOf(c.req.header('Content-Type')) !== 'application/x-www-form-urlencoded') {
    return say(c, 415, 'Send the request as application/x-www-form-urlencoded (WebSub 5.1).')
  }
  const body = await readBody(c.req.raw, formBytesMax)
  if (!body) return say(c, 413, `A request has at most ${formBytesMax} bytes.`)
  const request = parseRequest(new URLSearchParams(new TextDecoder().decode(body)))
  if (typeof request === 'string') return say(c, 400, request)
  return takeRequest(c, request)
})

async function takeRequest(c: HubContext, request: SubscriptionRequest): Promise<Response> {
  const { topic, callback, mode } = request
  const refusal = refusalOf(c.env, callback, c.req.url)
  if (refusal !== null) return say(c, 400, `hub.callback ${refusal}.`)
  const found = mode === 'subscribe' ? await findTopic(c.env, topic, c.req.url) : null
  if (found && 'status' in found) return refuseTopic(c, found.status, found.meant)
  const now = epochSeconds()
  const host = hostOf(callback)
  const standing = await countRequest(c.env.DB, { topic, callback, host }, now)
  const excess = excessOf(standing)
  if (excess) return say(c, 429, excess, { 'Retry-After': '3600' })
  // There is nothing to end, and a stranger shall not learn that, nor make us call anyone.
  if (mode === 'unsubscribe' && !standing.isKnown) return accept(c)
  const secret = request.secret && (await seal(c.env.MASTER_KEY, request.secret, callback))
  const id = await insertRequest(c.env.DB, { ...request, secret }, { host, now })
  c.executionCtx.waitUntil(
    c.env.HUB_VERIFICATIONS.send({ type: 'verify', request: id }).catch((error: unknown) =>
      // The next minute finds the request.
      log('verification_not_sent', { error })
    )
  )
  return accept(c)
}

/** Why no more is taken of a topic or a host, if so: nobody shall be flooded in somebody's name. */
function excessOf(standing: Standing): string | null {
  const { perTopic, perHost, requestsPerHost, requestsPerSubscription } = limits
  if (!standing.isKnown && standing.ofTopic >= perTopic) {
    return `This feed has ${perTopic} subscribers, which is all it may have.`
  }
  if (!standing.isKnown && standing.ofHost >= perHost) {
    return `This host has ${perHost} subscriptions, which is all it may have.`
  }
  const requestsMax = requestsPerHost + requestsPerSubscription * standing.ofHost
  if (standing.requestsOfHost <= requestsMax) return null
  return `At most ${requestsMax} requests an hour may name this callback's host.`
}

function refuseTopic(c: HubContext, status: 404 | 410, meant: string | null): Response {
  const { origin } = siteOf(c.env, c.req.url)
  if (status === 410) return say(c, 410, 'hub.topic was a feed here and is gone.')
  const hint =
    meant === null
      ? `Topics are the feeds listed at ${origin}/feeds.opml, for example ${origin}/feed.atom: take the rel="self" address of one, to the letter.`
      : `Did you mean ${meant} ?`
  return say(c, 404, `hub.topic is no feed of this hub. ${hint}`)
}

function accept(c: HubContext): Response {
  return say(c, 202, 'Accepted: the callback will be asked to confirm it.')
}

function say(
  c: HubContext,
  status: 202 | 400 | 404 | 410 | 413 | 415 | 429,
  text: string,
  headers: Record<string, string> = {}
): Response {
  return c.text(`${text}\n`, status, { 'Cache-Control': 'no-store', ...headers })
}

hubRoutes.get('/hub', (c) => {
  const { origin } = siteOf(c.env, c.req.url)
  const contact = c.env.HUB_CONTACT === '' ? '' : `Whom to write to: ${c.env.HUB_CONTACT}\n`
  return c.text(
    `This is the WebSub hub (https://www.w3.org/TR/websub/) of ${origin}/

Subscribe by POSTing hub.mode=subscribe, hub.topic and hub.callback to ${hubUrl(origin)}
Topics: the feeds in ${origin}/feeds.opml
${contact}`,
    200,
    { 'Cache-Control': 'public, max-age=3600' }
  )
})

hubRoutes.get(selfTestPath, async (c) => {
  const { origin } = siteOf(c.env, c.req.url)
  const query = new URL(c.req.url).searchParams
  const challenge = await answerSelfTest(c.env, origin, query)
  const headers = { 'Cache-Control': 'no-store' }
  return challenge === null
    ? c.text('Nobody asked for this.\n', 404, headers)
    : c.text(challenge, 200, headers)
})

hubRoutes.post(selfTestPath, async (c) => {
  const { origin } = siteOf(c.env, c.req.url)
  const body = await readBody(c.req.raw, documentBytesMax)
  const isReceived =
    body !== null &&
    (await receiveSelfTest(c.env, origin, {
      query: new URL(c.req.url).searchParams,
      signature: c.req.header('X-Hub-Signature') ?? '',
      body,
      now: epochSeconds(),
    }))
  const headers = { 'Cache-Control': 'no-store' }
  return isReceived ? c.body(null, 204, headers) : c.text('Nobody asked for this.\n', 404, headers)
})
