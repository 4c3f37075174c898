// The part of the edge that only Cloudflare has, played by us: Workers Cache is not simulated here.

import { describe, it } from 'vitest'

import { archiveTag, edgeFields, feedTag, renderEncoded, wholeOf } from '../../src/feeds/edge.ts'
import { feedPath, type FeedKey } from '../../src/feeds/feed.ts'

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
