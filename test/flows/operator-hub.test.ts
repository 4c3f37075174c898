// What the operator sees of subscriptions, and may do with them.

import { env } from 'cloudflare:workers'
import { describe, it } from 'vitest'

import { call, get, givenSource, item, origin, posted, published } from '../support/given.ts'
import {
  agreeing,
  ask,
  deliveriesAt,
  givenSubscriber,
  settled,
  subscribe,
  subscription,
  textOf,
  verificationsAt,
} from '../support/subscribers.ts'

type Listed = {
  items: Record<string, unknown>[]
  next?: string
}

async function list(path: string): Promise<Listed> {
  const response = await call('GET', path)
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
  return response.json<Listed>()
}

async function givenThree(): Promise<void> {
  await givenSource()
  await posted(published(item('a')))
  givenSubscriber('one.example')
  givenSubscriber('two.example', agreeing(500))
  givenSubscriber('gone.example', agreeing(410))
  await subscribe('https://one.example/cb', { 'hub.secret': 'a secret' })
  await subscribe('https://two.example/cb', { 'hub.topic': `${origin}/sources/bao/feed.json` })
  await subscribe('https://gone.example/cb')
  await posted(published(item('b')))
  await settled()
}

describe('GET /api/subscriptions', () => {
  it('tells of each how it stands and what was last sent', async ({ expect }) => {
    await givenThree()
    const { items } = await list('/api/subscriptions')
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as unknown
    expect(items).toEqual([
      {
        id: 1,
        topic: `${origin}/feed.atom`,
        callback: 'https://one.example/cb',
        host: 'one.example',
        state: 'active',
        is_signed: true,
        verified_at: time,
        lease_expires_at: time,
        last_delivery: { sent_at: time, status: 204 },
      },
      expect.objectContaining({
        id: 2,
        state: 'active',
        is_signed: false,
        last_delivery: { sent_at: time, status: 500 },
        failing: { attempts: 1, since: time, retry_at: time },
      }),
      expect.objectContaining({ id: 3, state: 'gone', ended_at: time }),
    ])
    expect(JSON.stringify(items)).not.toContain('a secret')
  })

  it('by feed, by host and by state', async ({ expect }) => {
    await givenThree()
    const ids = async (query: string) =>
      (await list(`/api/subscriptions?${query}`)).items.map((each) => each['id'])
    expect(await ids('host=two.example')).toEqual([2])
    expect(await ids('feed=/sources/bao/feed.json')).toEqual([2])
    expect(await ids(`feed=${encodeURIComponent(`${origin}/feed.atom`)}`)).toEqual([1, 3])
    expect(await ids('state=gone')).toEqual([3])
    expect(await ids('feed=/feed.atom&state=active&host=one.example')).toEqual([1])
    expect(await ids('feed=/feed.rss')).toEqual([])
    expect((await call('GET', '/api/subscriptions?state=odd')).status).toBe(422)
    expect((await call('GET', '/api/subscriptions?after=x')).status).toBe(422)
  })

  it('page by page', async ({ expect }) => {
    givenSubscriber('one.example')
    for (let index = 0; index < 105; index++) {
      await ask(subscription(`https://one.example/${index}`))
      if (index % 30 === 29) await settled()
    }
    await settled()
    const first = await list('/api/subscriptions?host=one.example')
    expect(first.items).toHaveLength(100)
    const second = await list(first.next ?? '')
    expect(second.items).toHaveLength(5)
    expect(second.next).toBeUndefined()
  })

  it('is the operator’s alone', async ({ expect }) => {
    for (const path of ['/api/subscriptions', '/api/subscriptions/1', '/api/hub']) {
      expect((await get(path)).status).toBe(401)
    }
  })
})

describe('one subscription', () => {
  it('has its deliveries, with status and time', async ({ expect }) => {
    await givenThree()
    const { items } = await list('/api/subscriptions/2/deliveries')
    expect(items).toEqual([
      {
        sent_at: expect.stringMatching(/^\d{4}-.*Z$/) as unknown,
        version: 2,
        status: 500,
        took_ms: expect.any(Number) as unknown,
      },
    ])
    for (const path of ['/api/subscriptions/99', '/api/subscriptions/x/deliveries']) {
      expect((await call('GET', path)).status).toBe(404)
    }
  })

  it('is sent the present document again on demand, and nobody else is', async ({ expect }) => {
    await givenThree()
    const before = deliveriesAt('two.example').length
    expect((await call('POST', '/api/subscriptions/1/redeliver')).status).toBe(202)
    await settled()
    const deliveries = deliveriesAt('one.example')
    expect(deliveries).toHaveLength(2)
    const last = deliveries[1]
    expect(last && textOf(last)).toBe(await (await get('/feed.atom')).text())
    expect(deliveriesAt('two.example')).toHaveLength(before)
    expect((await list('/api/subscriptions/1/deliveries')).items).toHaveLength(2)
    await posted(published(item('c')))
    await settled()
    expect(deliveriesAt('one.example')).toHaveLength(3)
    expect((await call('POST', '/api/subscriptions/3/redeliver')).status).toBe(409)
  })

  it('that is sent again tells nothing of how long deliveries take', async ({ expect }) => {
    await givenSource()
    givenSubscriber('one.example')
    await subscribe('https://one.example/cb')
    await call('POST', '/api/subscriptions/1/redeliver')
    await settled()
    expect(deliveriesAt('one.example')).toHaveLength(1)
    const { delivery_ms } = await (
      await call('GET', '/api/hub')
    ).json<{ delivery_ms: Record<string, unknown> }>()
    expect(delivery_ms).toEqual({ p50: null, p95: null })
  })

  it('can be dropped, once', async ({ expect }) => {
    await givenThree()
    expect((await call('DELETE', '/api/subscriptions/1')).status).toBe(204)
    await expect.poll(() => verificationsAt('one.example')).toHaveLength(2)
    expect((await call('DELETE', '/api/subscriptions/1')).status).toBe(409)
    expect((await list('/api/subscriptions?state=dropped')).items).toHaveLength(1)
  })
})

describe('GET /api/hub', () => {
  it('says how long deliveries take, how many wait and which hosts fail', async ({ expect }) => {
    await givenThree()
    givenSubscriber('two.example', agreeing(503))
    await call('POST', '/api/subscriptions/2/redeliver')
    await settled()
    const hub = await (await call('GET', '/api/hub')).json()
    expect(hub).toEqual({
      status: 'untested',
      broken_since: null,
      is_advertised: true,
      last_round_trip_at: null,
      delivery_ms: { p50: expect.any(Number) as unknown, p95: expect.any(Number) as unknown },
      waiting: 1,
      failing_hosts: [
        {
          host: 'two.example',
          failures: 1,
          last_failed_at: expect.any(String) as unknown,
          last_error: 'status 503',
          closed_until: null,
        },
      ],
    })
  })
})

it('a callback that is not allowed any more is not called, not even to be told so', async ({
  expect,
}) => {
  await givenThree()
  const before = verificationsAt('one.example').length
  // As if it had been accepted while private callbacks were.
  await env.DB.prepare(
    "UPDATE subscriptions SET callback = 'https://one.example:8443/cb' WHERE id = 1"
  ).run()
  expect((await call('DELETE', '/api/subscriptions/1')).status).toBe(204)
  await settled()
  expect(verificationsAt('one.example')).toHaveLength(before)
  expect((await call('DELETE', '/api/subscriptions/2')).status).toBe(204)
  await settled()
  expect(verificationsAt('two.example').at(-1)?.url).toContain('hub.mode=denied')
})
