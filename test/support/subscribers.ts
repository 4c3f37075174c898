// Subscribers to be: a network of callbacks inside the test. It stands where the outside begins, in
// `fetch`; queues, database and documents are the real ones.

import { env, exports } from 'cloudflare:workers'
import { afterEach, beforeEach, vi } from 'vitest'

import worker from '../../src/worker.ts'
import { origin } from './given.ts'

/** What a subscriber got. */
export type Received = {
  readonly method: string
  /** As it was asked for, to the letter. */
  readonly url: string
  readonly headers: Headers
  readonly body: Uint8Array
}

export type Answer = (received: Received) => Response | Promise<Response>

const answers = new Map<string, Answer>()
const received: Received[] = []

// Messages that the hub's queues have not handed over yet, and batches that are being worked on: of each test
// apart, so that what one left behind is not another's.
let work = { waiting: 0, running: 0 }
const handedOver = new Set<string>()

for (const queue of [env.HUB, env.HUB_RETRIES, env.HUB_VERIFICATIONS]) {
  const send = queue.send.bind(queue)
  const sendBatch = queue.sendBatch.bind(queue)
  queue.send = (...message) => counted(1, () => send(...message))
  queue.sendBatch = (messages, ...options) => {
    const batch = [...messages]
    return counted(batch.length, () => sendBatch(batch, ...options))
  }
}

async function counted<T>(messages: number, send: () => Promise<T>): Promise<T> {
  const mine = work
  mine.waiting += messages
  try {
    return await send()
  } catch (error) {
    mine.waiting -= messages
    throw error
  }
}

const { queue: consume } = worker
worker.queue = async (batch, ...others) => {
  const mine = work
  mine.running++
  if (batch.queue.startsWith('loa-hub')) {
    // One that failed comes again, of its own, later.
    const fresh = batch.messages.filter(({ id }) => !handedOver.has(id))
    for (const { id } of fresh) handedOver.add(id)
    mine.waiting -= fresh.length
  }
  await consume(batch, ...others).finally(() => mine.running--)
}

beforeEach(() => {
  work = { waiting: 0, running: 0 }
  answers.clear()
  received.length = 0
  vi.stubGlobal('fetch', async (input: string, init: RequestInit = {}) => {
    const { body } = init
    const message = {
      method: init.method ?? 'GET',
      url: input,
      headers: new Headers(init.headers),
      body: body instanceof Uint8Array ? body : new Uint8Array(0),
    }
    if (input.startsWith(`${origin}/`)) return exports.default.fetch(new Request(input, init))
    received.push(message)
    const answer = answers.get(new URL(input).host)
    if (!answer) throw new TypeError(`nobody at ${input}`)
    const hanging = new Promise<never>((_, fail) => {
      init.signal?.addEventListener('abort', () => fail(new Error('aborted')))
    })
    return Promise.race([answer(message), hanging])
  })
})

// What is still under way shall not meet the next test.
afterEach(settled, 60_000)

// Each waits for queues, on whatever machine.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

/** Lets somebody answer at a host: echoes challenges, and says `status` to deliveries. */
export function givenSubscriber(host: string, answer: Answer = agreeing(204)): void {
  answers.set(host, answer)
}

/** Confirms what it is asked, and answers each delivery in this way. */
export function agreeing(delivery: number | Answer, headers: Record<string, string> = {}): Answer {
  return (message) => {
    const challenge = new URL(message.url).searchParams.get('hub.challenge')
    if (message.method === 'GET') {
      // As websub.rocks does: whatever the type, it is the challenge.
      const type = { 'Content-Type': 'application/octet-stream' }
      return challenge === null ? new Response('') : new Response(challenge, { headers: type })
    }
    if (typeof delivery !== 'number') return delivery(message)
    return new Response(null, { status: delivery, headers })
  }
}

export function verificationsAt(host: string): Received[] {
  return received.filter((each) => each.method === 'GET' && new URL(each.url).host === host)
}

export function deliveriesAt(host: string): Received[] {
  return received.filter((each) => each.method === 'POST' && new URL(each.url).host === host)
}

export function forgetReceived(): void {
  received.length = 0
}

export function textOf({ body }: Received): string {
  return new TextDecoder().decode(body)
}

/** A POST to the hub, its form as text or as parameters. */
export function ask(
  form: Record<string, string> | string,
  headers: Record<string, string> = {}
): Promise<Response> {
  return exports.default.fetch(`${origin}/hub`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headers },
    body: typeof form === 'string' ? form : new URLSearchParams(form).toString(),
  })
}

export const topic = `${origin}/feed.atom`

export function subscription(callback: string, fields: Record<string, string> = {}) {
  return { 'hub.mode': 'subscribe', 'hub.topic': topic, 'hub.callback': callback, ...fields }
}

/** Subscribes, and waits until that is verified or refused. */
export async function subscribe(callback: string, fields: Record<string, string> = {}) {
  const response = await ask(subscription(callback, fields))
  const text = await response.text()
  if (response.status !== 202) throw new Error(`${response.status} ${text}`)
  await settled()
}

export async function unsubscribe(callback: string, fields: Record<string, string> = {}) {
  await subscribe(callback, { 'hub.mode': 'unsubscribe', ...fields })
}

/**
 * Waits until the hub has nothing left to do now: no message, no work under way, and nothing that was not
 * tried yet. What is put off stays, also when its time comes meanwhile: only a minute that passes, or
 * something new, sends it.
 */
export async function settled(): Promise<void> {
  const deadline = Date.now() + 40_000
  let quiet = 0
  while (quiet < 2) {
    if (Date.now() > deadline) throw new Error('the hub does not settle')
    await scheduler.wait(10)
    if (work.waiting < 0) throw new Error('a message came that nobody was seen to send')
    const isIdle = () => work.waiting === 0 && work.running === 0
    const wasIdle = isIdle()
    const isDone = (await countUntried()) === 0
    quiet = wasIdle && isDone && isIdle() ? quiet + 1 : 0
  }
}

/** What there is to do that no message may have been sent for yet. */
async function countUntried(): Promise<number> {
  const row = await env.DB.prepare(
    `SELECT (SELECT count(*) FROM hub_requests WHERE attempts = 0)
      + (SELECT count(*) FROM feeds WHERE is_followed = 1 AND published_revision < revision)
      + (SELECT count(*) FROM hub_topics WHERE looked < marked)
      + (SELECT count(*) FROM hub_topics JOIN subscriptions ON topic_id = hub_topics.id
        WHERE is_open = 1 AND state = 'active' AND settled_version < version
          AND lease_expires_at > unixepoch() AND due_at = 0) AS n`
  ).first<{ n: number }>()
  return row?.n ?? 0
}

/** The rows of a table of the hub, to see what it keeps. */
export async function rowsOf<T>(sql: string): Promise<T[]> {
  return (await env.DB.prepare(sql).all<T>()).results
}
