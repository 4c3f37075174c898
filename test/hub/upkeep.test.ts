// What is lost is found, what is over ends, and a hub that is broken says so.

import {
  createExecutionContext,
  createScheduledController,
  waitOnExecutionContext,
} from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, it } from 'vitest'

import { upkeep } from '../../src/cron.ts'
import { announce } from '../../src/hub/publish.ts'
import worker from '../../src/worker.ts'
import { call, get, givenSource, item, origin, posted, published } from '../support/given.ts'
import {
  agreeing,
  ask,
  deliveriesAt,
  forgetReceived,
  givenSubscriber,
  rowsOf,
  settled,
  subscribe,
  subscription,
  topic,
  verificationsAt,
} from '../support/subscribers.ts'
import { requestWith, watch, watchedRequest, type Watched } from '../support/watched-db.ts'

const callback = 'https://reader.example/callback'
const now = Math.floor(Date.now() / 1000)
const hour = 3600
const day = 24 * hour

/** A queue that loses everything. */
const lost: Queue = {
  send: async () => {},
  sendBatch: async () => {},
} as unknown as Queue

/** A queue that is not there. */
const broken: Queue = {
  send: async () => Promise.reject(new Error('no queue')),
  sendBatch: async () => Promise.reject(new Error('no queue')),
} as unknown as Queue

const without = (queue: Queue): Env => ({
  ...env,
  HUB: queue,
  HUB_RETRIES: queue,
  HUB_VERIFICATIONS: queue,
})

async function minute(at = Math.floor(Date.now() / 1000), given: Env = env): Promise<void> {
  const context = createExecutionContext()
  await worker.scheduled(
    createScheduledController({ scheduledTime: new Date(at * 1000), cron: '* * * * *' }),
    given,
    context
  )
  await waitOnExecutionContext(context)
}

/** As a commit leaves it that changed the feed of everything, when nobody is told of it. */
async function committed(): Promise<void> {
  await env.DB.batch([
    env.DB.prepare("UPDATE feeds SET revision = revision + 1 WHERE path = ''"),
    env.DB.prepare("UPDATE hub_topics SET content_hash = 'of the document before'"),
  ])
}

/** What the cron reads of all tables in a minute that begins neither an hour nor a day. */
async function rowsReadInAMinute(): Promise<number> {
  const statements: Watched[] = []
  await minute(Math.floor(now / hour) * hour + hour / 2, { ...env, DB: watch(env.DB, statements) })
  return statements.reduce((sum, { rowsRead }) => sum + rowsRead, 0)
}

/** More subscriptions of the only topic, that were told of its present version. */
async function givenRows(count: number): Promise<void> {
  await env.DB.prepare(
    `INSERT INTO subscriptions
      (topic_id, callback, host, state, verified_at, lease_expires_at, settled_version)
    SELECT hub_topics.id, 'https://many.example/' || value, 'many.example', 'active', ?2, ?2 + 86400, version
    FROM hub_topics, json_each(?1) WHERE url = ?3`
  )
    .bind(JSON.stringify(Array.from({ length: count }, (_, index) => index)), now, topic)
    .run()
}

async function titlesAt(host: string): Promise<number[]> {
  return deliveriesAt(host).map(
    (each) => new TextDecoder().decode(each.body).split('<entry').length - 1
  )
}

describe('what was lost', () => {
  it('between commit and queue is found by the cron in published_revision < revision', async ({
    expect,
  }) => {
    await givenSource()
    givenSubscriber('reader.example')
    await subscribe(callback)
    // As when the process ends right after the commit.
    await committed()
    await minute()
    await settled()
    expect(deliveriesAt('reader.example')).toHaveLength(1)
    expect(
      await rowsOf('SELECT 1 FROM feeds WHERE published_revision < revision AND is_followed = 1')
    ).toEqual([])
  })

  it.for([
    ['in a queue that loses everything', lost],
    ['for want of a queue', broken],
  ] as const)('%s is sent again', async ([, queue], { expect }) => {
    await givenSource()
    givenSubscriber('reader.example')
    const bad = without(queue)
    const form = new URLSearchParams(subscription(callback))
    const response = await requestWith(bad, '/hub', {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: form.toString(),
    })
    expect(response.status).toBe(202)
    await minute()
    await settled()
    expect(verificationsAt('reader.example')).toHaveLength(1)
    await committed()
    // The change is marked, and nobody is told to look.
    await announce(bad, () => Date.now())
    expect(deliveriesAt('reader.example')).toEqual([])
    await minute()
    await settled()
    expect(deliveriesAt('reader.example')).toHaveLength(1)
  })

  it('of a denial is told again, and again to who does not answer, three times at most', async ({
    expect,
  }) => {
    await givenSource()
    givenSubscriber('reader.example')
    await subscribe(callback)
    forgetReceived()
    givenSubscriber('reader.example', () => new Response(null, { status: 503 }))
    const [row] = await rowsOf<{ id: number }>('SELECT id FROM subscriptions')
    const path = `/api/subscriptions/${row?.id}`
    const headers = { Authorization: `Bearer ${env.OPERATOR_TOKEN}` }
    const dropped = await requestWith(without(lost), path, { method: 'DELETE', headers })
    expect(dropped.status).toBe(204)
    expect(verificationsAt('reader.example')).toEqual([])
    for (let told = 1; told <= 3; told++) {
      await env.DB.prepare('UPDATE hub_requests SET due_at = 0').run()
      await minute()
      await settled()
      expect(verificationsAt('reader.example')).toHaveLength(told)
    }
    expect(await rowsOf('SELECT id FROM hub_requests')).toEqual([])
    for (const { url } of verificationsAt('reader.example'))
      expect(url).toContain('hub.mode=denied')
    expect(await rowsOf("SELECT 1 FROM subscriptions WHERE state = 'active'")).toEqual([])
  })

  it('of a renewal is not found again once the hub has ended the subscription', async ({
    expect,
  }) => {
    await givenSource()
    givenSubscriber('reader.example')
    await subscribe(callback)
    const renewal = await requestWith(without(lost), '/hub', {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(subscription(callback)).toString(),
    })
    expect(renewal.status).toBe(202)
    const [row] = await rowsOf<{ id: number }>('SELECT id FROM subscriptions')
    await call('DELETE', `/api/subscriptions/${row?.id}`)
    await minute()
    await settled()
    const modes = verificationsAt('reader.example').map(
      ({ url }) => /hub\.mode=(\w+)/.exec(url)?.[1]
    )
    expect(modes).toEqual(['subscribe', 'denied'])
    const states = await rowsOf("SELECT state FROM subscriptions WHERE host = 'reader.example'")
    expect(states).toEqual([{ state: 'dropped' }])
  })

  it('while it was being delivered is delivered again, once the claim is over', async ({
    expect,
  }) => {
    await givenSource()
    givenSubscriber('reader.example', agreeing(500))
    await subscribe(callback)
    await posted(published(item('a')))
    await settled()
    givenSubscriber('reader.example')
    await minute()
    await settled()
    // Not yet: it may be under way.
    expect(deliveriesAt('reader.example')).toHaveLength(1)
    await env.DB.prepare('UPDATE subscriptions SET due_at = 1').run()
    await minute()
    await settled()
    expect(await titlesAt('reader.example')).toEqual([1, 1])
  })

  it('costs a minute without news the same, however many subscribe', async ({ expect }) => {
    await givenSource()
    givenSubscriber('reader.example')
    await subscribe(callback)
    await posted(published(item('a')))
    await settled()
    // The hub tests itself: it subscribes, it delivers, and at last it lets the documents go.
    for (let again = 0; again < 3; again++) {
      await rowsReadInAMinute()
      await settled()
    }
    expect(await rowsOf("SELECT host FROM subscriptions WHERE state = 'active'")).toEqual([
      { host: 'reader.example' },
    ])
    expect(await rowsOf('SELECT 1 FROM hub_state WHERE round_trip_at IS NOT NULL')).toHaveLength(1)
    expect(await rowsOf('SELECT id FROM hub_topics WHERE is_open = 1 OR body IS NOT NULL')).toEqual(
      []
    )
    const delivered = deliveriesAt('reader.example').length
    const few = await rowsReadInAMinute()
    await givenRows(300)
    const many = await rowsReadInAMinute()
    await settled()
    expect(many).toBe(few)
    expect(few).toBeLessThan(60)
    expect(deliveriesAt('reader.example')).toHaveLength(delivered)
  })

  it('and a post that nobody subscribed to writes nothing for the hub', async ({ expect }) => {
    await givenSource()
    await posted(published(item('a')))
    expect(await rowsOf('SELECT 1 FROM hub_topics')).toEqual([])
    expect(await rowsOf('SELECT 1 FROM feeds WHERE published_revision = revision')).toEqual([])
  })
})

describe('what is over', () => {
  it('leases end, and what ended is forgotten after 30 days with its deliveries', async ({
    expect,
  }) => {
    await givenSource()
    givenSubscriber('reader.example')
    await subscribe(callback, { 'hub.secret': 'secret' })
    await posted(published(item('a')))
    await settled()
    // Its test of itself would be one more subscription.
    await env.DB.prepare('UPDATE hub_state SET tried_at = ?1')
      .bind(now + 46 * day)
      .run()
    await upkeep(env, now + 9 * day)
    expect(await rowsOf("SELECT 1 FROM subscriptions WHERE state = 'active'")).toHaveLength(1)
    await upkeep(env, now + 11 * day)
    expect(
      await rowsOf("SELECT 1 FROM subscriptions WHERE state = 'expired' AND secret IS NULL")
    ).toHaveLength(1)
    expect(await rowsOf('SELECT 1 FROM deliveries')).toHaveLength(1)
    const wholeHour = Math.ceil((now + 45 * day) / hour) * hour
    await upkeep(env, wholeHour)
    for (const table of [
      'subscriptions',
      'deliveries',
      'hub_topics',
      'hub_topic_feeds',
      'hub_hosts',
    ]) {
      expect(await rowsOf(`SELECT 1 FROM ${table}`), table).toEqual([])
    }
    expect(await rowsOf('SELECT 1 FROM feeds WHERE is_followed = 1')).toEqual([])
  })

  it('deliveries are kept for 30 days', async ({ expect }) => {
    await givenSource()
    givenSubscriber('reader.example')
    await subscribe(callback)
    await posted(published(item('a')))
    await settled()
    await env.DB.prepare('UPDATE deliveries SET sent_at_ms = sent_at_ms - ?1')
      .bind(31 * day * 1000)
      .run()
    await posted(published(item('b')))
    await settled()
    expect(await rowsOf('SELECT version FROM deliveries')).toEqual([{ version: 3 }])
  })
})

describe('one broken host', () => {
  it('is left alone after a few failures, all its callbacks, and the others are told', async ({
    expect,
  }) => {
    await givenSource()
    givenSubscriber('good.example')
    givenSubscriber('broken.example', agreeing(503))
    for (let index = 0; index < 50; index++)
      await ask(subscription(`https://broken.example/${index}`))
    await settled()
    for (let index = 0; index < 5; index++) await subscribe(`https://good.example/${index}`)
    await posted(published(item('a')))
    await settled()
    expect(deliveriesAt('good.example')).toHaveLength(5)
    // Six at once, and then no more: the rest was put off without a try.
    expect(deliveriesAt('broken.example').length).toBeLessThan(12)
    const [host] = await rowsOf<{ failures: number; closed_until: number }>(
      "SELECT * FROM hub_hosts WHERE host = 'broken.example'"
    )
    expect(host?.closed_until).toBeGreaterThan(now)
    const tried = deliveriesAt('broken.example').length
    await posted(published(item('b')))
    await settled()
    expect(deliveriesAt('broken.example').length).toBe(tried)
    expect(deliveriesAt('good.example')).toHaveLength(10)
    givenSubscriber('broken.example')
    await env.DB.batch([
      env.DB.prepare('UPDATE hub_hosts SET closed_until = 0'),
      env.DB.prepare('UPDATE subscriptions SET due_at = min(due_at, 1)'),
    ])
    await minute()
    await settled()
    expect(deliveriesAt('broken.example').length).toBe(tried + 50)
    expect(
      await rowsOf("SELECT 1 FROM hub_hosts WHERE host = 'broken.example' AND failures > 0")
    ).toEqual([])
  })
})

describe('the hub looks after itself', () => {
  const own = { ...env, PUBLIC_ORIGIN: origin }
  const health = async () => (await get('/health')).json<{ hub: Record<string, unknown> }>()

  it('by a round trip through its own door, once a day', async ({ expect }) => {
    expect((await health()).hub).toEqual({ status: 'untested' })
    await minute(now, own)
    await settled()
    await minute(now + 60, own)
    await settled()
    await expect
      .poll(() => rowsOf('SELECT 1 FROM hub_state WHERE round_trip_at IS NOT NULL'))
      .toHaveLength(1)
    await minute(now + 120, own)
    expect((await health()).hub).toMatchObject({
      status: 'ok',
      is_advertised: true,
      broken_since: null,
    })
    const tests = () => rowsOf<{ verified_at: number }>('SELECT verified_at FROM subscriptions')
    expect(await tests()).toHaveLength(1)
    expect(await rowsOf("SELECT 1 FROM subscriptions WHERE state = 'active'")).toEqual([])
    const before = await rowsOf('SELECT tried_at FROM hub_state')
    await minute(now + 20 * hour, own)
    expect(await rowsOf('SELECT tried_at FROM hub_state')).toEqual(before)
    await minute(now + 25 * hour, own)
    expect(await rowsOf('SELECT tried_at FROM hub_state')).not.toEqual(before)
  })

  it('and stops being advertised when it has been broken for an hour, until it works again', async ({
    expect,
  }) => {
    await givenSource()
    await posted(published(item('a')))
    const links = async () => {
      const [feed, held] = await Promise.all([get('/feed.atom'), get('/sources/bao/feed.json')])
      const header = feed.headers.get('Link') ?? ''
      return [header, await feed.text(), await held.text()].map((text) => text.includes('/hub'))
    }
    const bad = { ...without(lost), PUBLIC_ORIGIN: origin }
    await minute(now, bad)
    await minute(now + 30 * 60, bad)
    expect((await health()).hub).toMatchObject({ status: 'broken' })
    expect(await links()).toEqual([true, true, true])
    const etag = (await get('/feed.atom')).headers.get('ETag') ?? ''
    await minute(now + 61 * 60, bad)
    expect(await links()).toEqual([false, false, false])
    // Whoever holds the document learns of it.
    expect((await get('/feed.atom', { 'If-None-Match': etag })).status).toBe(200)
    expect((await health()).hub).toMatchObject({ status: 'broken', is_advertised: false })
    // A feed that comes into being meanwhile does not name it either.
    await givenSource('moi')
    await minute(now + 62 * 60, bad)
    expect((await get('/sources/moi/feed.rss')).headers.get('Link')).not.toContain('/hub')
    await minute(now + 75 * 60, own)
    await settled()
    await minute(now + 76 * 60, own)
    await settled()
    await expect
      .poll(() => rowsOf('SELECT 1 FROM hub_state WHERE failing_since IS NULL'))
      .toHaveLength(1)
    await minute(now + 77 * 60, own)
    expect(await links()).toEqual([true, true, true])
  })

  it('and is broken too when changes lie about unlooked at', async ({ expect }) => {
    await givenSource()
    givenSubscriber('reader.example')
    await subscribe(callback)
    await committed()
    await minute(now, without(lost))
    await minute(now + 10 * 60, without(lost))
    expect((await health()).hub).toMatchObject({ status: 'broken' })
    await minute()
    await settled()
  })

  it('and nobody else can make it believe that it works', async ({ expect }) => {
    const forged: [string, string, RequestInit][] = [
      ['a verification', '/hub/self-test?hub.mode=subscribe&hub.challenge=x', {}],
      ['a token', '/hub/self-test?token=abc&hub.challenge=x', {}],
      ['a delivery', '/hub/self-test?token=abc', { method: 'POST', body: '{}' }],
    ]
    for (const [what, path, init] of forged) {
      const { response, body } = await watchedRequest(path, init)
      expect(response.status, what).toBe(404)
      expect(body).not.toBe('x')
    }
    await subscribe(`${origin}/hub/self-test?token=abc`)
    expect(await rowsOf('SELECT 1 FROM subscriptions')).toEqual([])
    expect(await rowsOf('SELECT 1 FROM hub_state WHERE round_trip_at IS NOT NULL')).toEqual([])
  })
})

describe('every answer of a feed', () => {
  it('names the hub: 200, 304 and HEAD, in the header and in the document', async ({ expect }) => {
    await givenSource()
    await posted(published(item('a')))
    for (const extension of ['rss', 'atom', 'json']) {
      const path = `/sources/bao/feed.${extension}`
      const link = `<${origin}${path}>; rel="self", <${origin}/hub>; rel="hub"`
      const full = await get(path)
      const text = await full.text()
      expect(full.headers.get('Link')).toBe(link)
      const etag = full.headers.get('ETag') ?? ''
      const held = await watchedRequest(path, { headers: { 'If-None-Match': etag } })
      expect(held.response.status).toBe(304)
      expect(held.response.headers.get('Link')).toBe(link)
      expect(held.rowsRead).toBe(1)
      const head = await watchedRequest(path, { method: 'HEAD' })
      expect(head.response.headers.get('Link')).toBe(link)
      expect(text).toContain(
        {
          rss: `<atom:link rel="hub" href="${origin}/hub"/>`,
          atom: `<link rel="hub" href="${origin}/hub"/>`,
          json: `"hubs":[{"type":"WebSub","url":"${origin}/hub"}]`,
        }[extension] ?? ''
      )
    }
    expect(topic).toBe(`${origin}/feed.atom`)
  })
})
