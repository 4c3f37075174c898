// The part of the edge that only Cloudflare has, played by us: Workers Cache is not simulated here.

import { createExecutionContext, createMessageBatch, getQueueResult } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, it, vi } from 'vitest'

import {
  archiveTag,
  edgeFields,
  feedTag,
  invalidate,
  renderEncoded,
  wholeOf,
} from '../../src/feeds/edge.ts'
import { feedPath, type FeedKey } from '../../src/feeds/feed.ts'
import { consume } from '../../src/queue.ts'

function platform(isAccepted = true) {
  const calls: string[][] = []
  const gathered: string[][] = []
  return {
    calls,
    gathered,
    invalidate: async (tags: readonly string[]) => {
      calls.push([...tags])
      return isAccepted
    },
    gather: async (tags: readonly string[]) => void gathered.push([...tags]),
  }
}

// Each test a day later, so that the one before is long past.
let day = 0
const later = () => ++day * 86_400_000

describe('what is invalidated', () => {
  it('goes out at once when it has been quiet, and is gathered while it is not', async ({
    expect,
  }) => {
    const now = later()
    const fake = platform()
    await invalidate(['feed:', 'feed:/sources/bao'], fake, now)
    expect(fake.calls).toEqual([['feed:', 'feed:/sources/bao']])
    for (let second = 1; second < 15; second++)
      await invalidate(['feed:'], fake, now + second * 1000)
    expect(fake.calls).toHaveLength(1)
    expect(fake.gathered).toHaveLength(14)
    await invalidate(['feed:'], fake, now + 15_000)
    expect(fake.calls).toHaveLength(2)
  })

  it('is gathered when it is refused, and never more than a hundred tags at once', async ({
    expect,
  }) => {
    const refusing = platform(false)
    await invalidate(['feed:'], refusing, later())
    expect(refusing.gathered).toEqual([['feed:']])
    const many = platform()
    const tags = Array.from({ length: 250 }, (_, index) => `feed:/topics/t${index}`)
    await invalidate(tags, many, later())
    expect(many.calls).toEqual([])
    expect(many.gathered.map((part) => part.length)).toEqual([100, 100, 50])
    expect(many.gathered.flat()).toEqual(tags)
  })

  it('costs no call when nothing changed, and no failure reaches whoever posted', async ({
    expect,
  }) => {
    const fake = platform()
    await invalidate([], fake, later())
    expect([fake.calls, fake.gathered]).toEqual([[], []])
    const broken = { ...fake, invalidate: () => Promise.reject(new Error('no cache')) }
    await expect(invalidate(['feed:'], broken, later())).resolves.toBeUndefined()
  })
})

describe('the queue of what was gathered', () => {
  const batchOf = (parts: readonly (readonly string[])[]) =>
    createMessageBatch(
      'loa-invalidations',
      parts.map((tags, index) => ({
        id: String(index),
        timestamp: new Date(),
        attempts: 1,
        body: { type: 'invalidate' as const, tags },
      }))
    )

  const contextWith = (isAccepted: boolean) => {
    const call = vi.fn(async (_tags: string[]) => isAccepted)
    const ctx = Object.assign(Object.create(createExecutionContext()) as ExecutionContext, {
      exports: { Feeds: { invalidate: call } },
    })
    return { call, ctx }
  }

  it('makes one call of many messages, each tag once', async ({ expect }) => {
    const { call, ctx } = contextWith(true)
    const batch = batchOf([['feed:', 'feed:/a'], ['feed:', 'feed:/b'], ['feed:/a']])
    await consume(batch, env, ctx)
    expect(call.mock.calls).toEqual([[['feed:', 'feed:/a', 'feed:/b']]])
    const tags = Array.from({ length: 150 }, (_, index) => `feed:/topics/t${index}`)
    await consume(batchOf([tags.slice(0, 100), tags.slice(50)]), env, ctx)
    expect(call.mock.calls.slice(1).map(([part]) => part.length)).toEqual([100, 50])
  })

  it('tries again later what is refused', async ({ expect }) => {
    const { ctx } = contextWith(false)
    const batch = batchOf([['feed:']])
    await consume(batch, env, ctx)
    const result = await getQueueResult(batch, ctx)
    expect(result.retryBatch).toMatchObject({ retry: true })
  })
})

describe('what Workers Cache is given', () => {
  it('says how long and by which tags it may be kept, and is compressed already', async ({
    expect,
  }) => {
    const fields = edgeFields(['feed:', 'feed:/sources/bao'])
    const render = async () => new Response('x'.repeat(5000), { headers: fields })
    const response = await renderEncoded(new Request('https://loa.example/'), 'gzip', render)
    expect(response.headers.get('Content-Encoding')).toBe('gzip')
    expect(response.headers.get('Cache-Tag')).toBe('feed:,feed:/sources/bao')
    const lifetime = response.headers.get('Cloudflare-CDN-Cache-Control') ?? ''
    expect(lifetime).toMatch(/^max-age=300, stale-while-revalidate=\d+, stale-if-error=\d+$/)
    // Either would switch the stale directives off.
    expect(lifetime).not.toMatch(/s-maxage|must-revalidate/)
    expect((await response.arrayBuffer()).byteLength).toBeLessThan(200)
  })

  it('has the tags of the largest selection in 16 kB, and one tag of its own for each path', ({
    expect,
  }) => {
    const slug = (letter: string, index: number) => `${letter.repeat(99)}${index}`
    const sources = Array.from({ length: 10 }, (_, index) => slug('s', index))
    const topics = Array.from({ length: 20 }, (_, index) => slug('\u1100', index))
    const feeds: FeedKey[] = [
      ...sources.flatMap((source) => topics.slice(10).map((topic) => ({ source, topic }))),
      ...sources.map((source) => ({ source, topic: null })),
      ...topics.map((topic) => ({ source: null, topic })),
    ]
    const tags = feeds.map(feedPath).flatMap((path) => [feedTag(path), archiveTag(path)])
    expect(new Set(tags).size).toBe(2 * 130)
    const field = edgeFields(tags.slice(0, 230))['Cache-Tag'] ?? ''
    expect(field.length).toBeLessThan(16_000)
    // Printable ASCII without spaces: others are dropped without a word.
    expect(field).toMatch(/^[!-~]+$/)
  })

  it('leaves a refusal and a 304 as they are', async ({ expect }) => {
    for (const status of [304, 404]) {
      const render = async () => new Response(null, { status, headers: edgeFields(['feed:']) })
      const response = await renderEncoded(new Request('https://loa.example/'), 'gzip', render)
      expect([response.status, response.headers.get('Content-Encoding')]).toEqual([status, null])
    }
  })
})

describe('what Workers Cache gives', () => {
  const fields = {
    ...edgeFields(['feed:']),
    Age: '299',
    'CF-Cache-Status': 'HIT',
    'Content-Type': 'application/atom+xml',
    ETag: 'W/"1"',
  }

  it('tells readers how old it is and that it was kept, in a 304 as well', ({ expect }) => {
    const whole = wholeOf(new Response('x', { headers: fields }))
    for (const reached of [whole.fields(), whole.notModifiedFields()]) {
      expect(reached.get('Age')).toBe('299')
      expect(reached.get('CF-Cache-Status')).toBe('HIT')
      expect(reached.get('ETag')).toBe('W/"1"')
      expect(reached.get('Vary')).toBe('Accept-Encoding')
      expect(reached.get('Cache-Tag')).toBeNull()
      expect(reached.get('Cloudflare-CDN-Cache-Control')).toBeNull()
    }
    expect(whole.fields().get('Content-Type')).toBe('application/atom+xml')
    expect(whole.notModifiedFields().get('Content-Type')).toBeNull()
  })
})
