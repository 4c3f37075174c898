// What the operator can see of a source's posts.

import { env } from 'cloudflare:workers'
import { describe, it } from 'vitest'

import { postLimit } from '../../src/ingest/routes.ts'
import {
  call,
  givenSource,
  item,
  origin,
  post,
  posted,
  published,
  secretOf,
  withinAnHour,
} from '../support/given.ts'
import { signature } from '../support/sign.ts'
import { requestWith } from '../support/watched-db.ts'

type Logged = {
  webhook_id?: string
  received_at: string
  status: number
  count?: number
  problem?: { code: string; detail: string }
  articles?: { id: string; outcome: string; findings: { message: string }[] }[]
}

async function postsOf(source: string): Promise<{ items: Logged[]; next?: string }> {
  return (await call('GET', `/api/sources/${source}/posts`)).json()
}

type Health = {
  last_post_at: string | null
  refused_since: { code: string; count: number; detail: string }[]
  clock: { offset_seconds: number | null; is_off: boolean }
}

async function healthOf(source: string): Promise<Health> {
  return (await call('GET', `/api/sources/${source}/health`)).json()
}

const wrongSecret = `whsec_${btoa('x'.repeat(32))}`

describe('the journal', () => {
  it('keeps each post’s id, time, outcomes and findings', async ({ expect }) => {
    await givenSource()
    const before = Date.now()
    await posted(published([item('a'), item('b')]), { id: 'msg_1' })
    await posted({ type: 'article.retracted', data: { id: 'a' } }, { id: 'msg_2' })
    const { items } = await postsOf('bao')
    const byId = new Map(items.map((each) => [each.webhook_id, each]))
    expect(byId.get('msg_1')).toMatchObject({
      status: 200,
      articles: [
        { id: 'a', outcome: 'created' },
        { id: 'b', outcome: 'created' },
      ],
    })
    expect(byId.get('msg_1')?.articles?.[0]?.findings.length).toBeGreaterThan(0)
    expect(byId.get('msg_2')).toMatchObject({ articles: [{ id: 'a', outcome: 'retracted' }] })
    const receivedAt = Date.parse(byId.get('msg_1')?.received_at ?? '')
    // In whole seconds.
    expect(receivedAt).toBeGreaterThan(before - 1000)
    expect(receivedAt).toBeLessThanOrEqual(Date.now())
  })

  it('keeps what was refused, with the reason and without the body', async ({ expect }) => {
    await givenSource()
    const secretText = 'Không được lưu lại'
    await post({ ...published(item('a', { title: '' })), secretText }, { id: 'msg_bad' })
    await post(`{"x":"${secretText}"`, { id: 'msg_broken' })
    const { items } = await postsOf('bao')
    expect(items).toHaveLength(2)
    const byId = new Map(items.map((each) => [each.webhook_id, each]))
    expect(byId.get('msg_bad')).toMatchObject({ status: 422, problem: { code: 'invalid' } })
    expect(byId.get('msg_bad')?.problem?.detail).toContain('/data/title')
    expect(byId.get('msg_broken')).toMatchObject({ status: 400, problem: { code: 'not-json' } })
    const { results } = await env.DB.prepare('SELECT * FROM refusals').all()
    expect(JSON.stringify(results)).not.toContain(secretText)
  })

  it('keeps events of types that are none of ours, so that the operator sees what a system sends', async ({
    expect,
  }) => {
    await givenSource()
    await post({ type: 'page.published', data: {} }, { id: 'msg_page' })
    const { items } = await postsOf('bao')
    expect(items).toMatchObject([
      { webhook_id: 'msg_page', status: 200, articles: [], findings: [{ code: 'type-ignored' }] },
    ])
    expect((await healthOf('bao')).last_post_at).not.toBeNull()
  })

  it('lets a refused post be mended and sent again under the same webhook-id', async ({
    expect,
  }) => {
    await givenSource()
    expect((await post(published(item('a', { title: '' })), { id: 'msg_1' })).status).toBe(422)
    expect((await post(published(item('a')), { id: 'msg_1' })).status).toBe(201)
    expect(
      (await postsOf('bao')).items.map((each) => each.status).toSorted((a, b) => a - b)
    ).toEqual([201, 422])
  })

  it('goes on page by page, and loses and doubles nothing, though all came within a second', async ({
    expect,
  }) => {
    await givenSource()
    for (let index = 0; index < 60; index++) {
      await post(published(item(`a${index}`, index % 2 ? {} : { title: '' })), {
        id: `msg_${index}`,
      })
    }
    await env.DB.batch(
      ['posts', 'refusals'].map((table) =>
        env.DB.prepare(`UPDATE ${table} SET received_at = 1000000000`)
      )
    )
    const first = await postsOf('bao')
    expect(first.items).toHaveLength(50)
    const second = await (
      await call('GET', first.next ?? '')
    ).json<{ items: Logged[]; next?: string }>()
    expect(second.next).toBeUndefined()
    const ids = [...first.items, ...second.items].map((each) => each.webhook_id)
    expect(new Set(ids).size).toBe(60)
    expect(ids).toHaveLength(60)
    expect((await call('GET', '/api/sources/bao/posts?after=abc')).status).toBe(422)
  })

  it('is the operator’s alone', async ({ expect }) => {
    await givenSource()
    for (const path of ['/api/sources/bao/posts', '/api/sources/bao/health']) {
      expect((await requestWith({}, path)).status).toBe(401)
    }
    expect((await call('GET', '/api/sources/nobody/posts')).status).toBe(404)
    expect((await call('GET', '/api/sources/nobody/health')).status).toBe(404)
  })
})

describe('a stranger', () => {
  it('adds one row an hour however often it tries, and the row says how often', async ({
    expect,
  }) => {
    await withinAnHour(async (attempt) => {
      await env.DB.prepare('DELETE FROM refusals').run()
      const source = await givenSource(`bao-${attempt}`)
      for (let index = 0; index < 8; index++) {
        const id = `msg_stranger_${index}`
        await post(published(item(`a${index}`)), { source, secret: wrongSecret, id })
      }
    })
    const { results } = await env.DB.prepare('SELECT webhook_id, count FROM refusals').all()
    expect(results).toHaveLength(1)
    expect(results[0]?.['webhook_id']).toBe('')
    expect(results[0]?.['count']).toBe(8)
  })

  it('adds nothing for a source that does not exist', async ({ expect }) => {
    await givenSource()
    await post(published(item('a')), { source: 'nobody', secret: wrongSecret })
    expect(
      (await env.DB.prepare('SELECT count(*) AS n FROM refusals').first<{ n: number }>())?.n
    ).toBe(0)
  })
})

describe('a source’s health', () => {
  it('says when it last posted and what was refused since', async ({ expect }) => {
    await givenSource()
    expect(await healthOf('bao')).toMatchObject({
      last_post_at: null,
      refused_since: [],
      clock: { offset_seconds: null, is_off: false },
    })
    await post(published(item('a', { title: '' })))
    await posted(published(item('a')))
    await env.DB.prepare('UPDATE refusals SET received_at = received_at - 10').run()
    expect((await healthOf('bao')).refused_since).toEqual([])
    await env.DB.prepare('UPDATE posts SET received_at = received_at - 5').run()
    await post(published(item('b', { title: '' })))
    await post(published(item('b', { url: '' })))
    const health = await healthOf('bao')
    expect(Date.parse(health.last_post_at ?? '')).toBeGreaterThan(Date.now() - 60_000)
    expect(health.refused_since.map(({ code, count }) => [code, count])).toEqual([['invalid', 2]])
  })

  it('says whether its clock is off', async ({ expect }) => {
    await givenSource()
    const now = Math.floor(Date.now() / 1000)
    await posted(published(item('a')), { timestamp: now - 200 })
    const slow = await healthOf('bao')
    expect(slow.clock.is_off).toBe(true)
    expect(slow.clock.offset_seconds).toBeLessThan(-190)
    await env.DB.prepare('UPDATE posts SET received_at = received_at - 5').run()
    await posted(published(item('b')))
    expect((await healthOf('bao')).clock.is_off).toBe(false)
    await post(published(item('c')), { timestamp: now + 4000 })
    expect((await healthOf('bao')).refused_since[0]).toMatchObject({ code: 'bad-timestamp' })
  })
})

describe('the rate limit', () => {
  it('answers 429 with Retry-After and the RateLimit fields, after the signature and by source', async ({
    expect,
  }) => {
    await givenSource('bao')
    await givenSource('phong')
    const asked: string[] = []
    const full = {
      limit: async ({ key }: { key: string }) => (asked.push(key), { success: false }),
    }
    const body = JSON.stringify(published(item('a')))
    const send = async (secret: string) => {
      const timestamp = Math.floor(Date.now() / 1000)
      const bytes = new TextEncoder().encode(body)
      return requestWith({ POST_LIMIT: full }, '/sources/phong/webhook', {
        method: 'POST',
        headers: {
          'Content-Type': 'application/json',
          'webhook-id': 'msg_1',
          'webhook-timestamp': String(timestamp),
          'webhook-signature': await signature(secret, 'msg_1', timestamp, bytes),
        },
        body: bytes,
      })
    }
    expect((await send(wrongSecret)).status).toBe(401)
    expect(asked).toEqual([])
    const response = await send(await secretOf('phong'))
    expect(response.status).toBe(429)
    expect(response.headers.get('Retry-After')).toBe(String(postLimit.windowSeconds))
    expect(response.headers.get('RateLimit-Policy')).toBe('"posts";q=100;w=10')
    expect(response.headers.get('RateLimit')).toBe('"posts";r=0;t=10')
    expect((await response.json<{ type: string }>()).type).toBe(`${origin}/problems#too-many`)
    expect(asked).toEqual(['2'])
    // Nothing of it was kept, so that the retry is stored.
    expect((await post(published(item('a')), { source: 'phong', id: 'msg_1' })).status).toBe(201)
  })
})

it('a post whose JSON nests too deep or names a member twice is told where', async ({ expect }) => {
  await givenSource()
  const deep = `{"type":"article.published","data":${'['.repeat(40)}${']'.repeat(40)}}`
  const twice = '{"type":"article.published","data":{"id":"a","title":"Một","title":"Hai"}}'
  const expected: [string, RegExp][] = [
    [deep, /^\/data\/0/],
    [twice, /^\/data\/title$/],
  ]
  for (const [body, pointer] of expected) {
    const response = await post(body)
    expect(response.status).toBe(422)
    const { errors } = await response.json<{ errors: { pointer: string }[] }>()
    expect(errors[0]?.pointer).toMatch(pointer)
  }
})
