// What HTTP asks of every public address, and what strangers ask of ours.

import { exports } from 'cloudflare:workers'
import { describe, it } from 'vitest'

import { call, get, givenSource, item, origin, posted, published } from '../support/given.ts'

// X-Cache tells of the edge, not of the document.
function fieldsOf({ headers }: Response): Record<string, string> {
  return Object.fromEntries([...headers].filter(([name]) => name !== 'x-cache'))
}

function request(method: string, path: string, headers: Record<string, string> = {}) {
  return exports.default.fetch(`${origin}${path}`, { method, headers, redirect: 'manual' })
}

async function givenWire() {
  await givenSource()
  await posted(
    published(Array.from({ length: 100 }, (_, index) => item(`a${index}`, { tags: ['Kinh tế'] })))
  )
}

const documents = [
  '/feed.rss',
  '/sources/bao/feed.atom',
  '/topics/kinh-te/feed.json',
  '/sources/bao/topics/kinh-te/feed.rss?content=summary',
  '/archive/1.atom',
  '/sources/bao/archive/1.json',
  '/feed.json?q=tin&lang=vi&limit=5',
]

describe('a feed document', () => {
  it('has for HEAD the headers it has for GET, whole and conditionally', async ({ expect }) => {
    await givenWire()
    for (const path of [...documents, '/feeds.opml', '/sources.opml']) {
      const whole = await request('GET', path)
      const head = await request('HEAD', path)
      expect(head.status, path).toBe(200)
      expect(await head.text()).toBe('')
      expect(fieldsOf(head), path).toEqual(fieldsOf(whole))
      const held = { 'If-None-Match': whole.headers.get('ETag') ?? '' }
      const [byGet, byHead] = [await request('GET', path, held), await request('HEAD', path, held)]
      expect([byGet.status, byHead.status], path).toEqual([304, 304])
      expect(fieldsOf(byHead)).toEqual(fieldsOf(byGet))
      // RFC 9110 §15.4.5: what a 200 would have said.
      for (const name of ['ETag', 'Cache-Control', 'Link', 'Last-Modified'])
        expect(byGet.headers.get(name), `${path} ${name}`).toBe(whole.headers.get(name))
    }
  })

  it('says in which language it is, where it is in one', async ({ expect }) => {
    await givenWire()
    await givenSource('bulletin', { language: 'en-GB' })
    const cases: [string, string | null][] = [
      ['/sources/bao/feed.rss', 'vi'],
      ['/sources/bao/archive/1.atom', 'vi'],
      ['/sources/bulletin/feed.json', 'en-GB'],
      ['/feed.rss', null],
      ['/feed.rss?lang=vi', 'vi'],
    ]
    for (const [path, language] of cases)
      expect((await get(path)).headers.get('Content-Language'), path).toBe(language)
  })

  it('is open to pages of other sites, refusals too, and answers their OPTIONS', async ({
    expect,
  }) => {
    await givenWire()
    for (const path of [...documents, '/feeds.opml', '/topics.opml', '/sources/nobody/feed.rss']) {
      const response = await get(path, { Origin: 'https://trang.example' })
      expect(response.headers.get('Access-Control-Allow-Origin'), path).toBe('*')
      expect(response.headers.get('Access-Control-Expose-Headers'), path).toBe('ETag, Link')
      const options = await request('OPTIONS', path, { Origin: 'https://trang.example' })
      expect(options.status, path).toBe(204)
      expect(options.headers.get('Access-Control-Allow-Methods')).toBe('GET, HEAD')
      expect(options.headers.get('Allow')).toBe('GET, HEAD, OPTIONS')
    }
  })

  it('is not a part of itself: a range is answered with the whole', async ({ expect }) => {
    await givenWire()
    for (const range of ['bytes=0-9', 'bytes=-5', 'bytes=999999999-', 'lines=1', 'x']) {
      const response = await get('/feed.rss', { Range: range })
      expect(response.status, range).toBe(200)
      expect((await response.text()).length).toBeGreaterThan(1000)
    }
  })

  it('is the same whatever headers come with the request', async ({ expect }) => {
    await givenWire()
    const plain = await (await get('/feed.atom')).text()
    const odd = {
      Accept: 'text/html',
      'Accept-Language': 'en',
      'Accept-Encoding': 'identity',
      'X-Forwarded-Host': 'evil.example',
      'X-Forwarded-Proto': 'http',
      'X-Original-URL': '/health',
      'X-HTTP-Method-Override': 'DELETE',
      Forwarded: 'host=evil.example',
      'A-IM': 'feed',
      Cookie: 'a=b',
    }
    const response = await get('/feed.atom', odd)
    expect(response.status).toBe(200)
    expect(await response.text()).toBe(plain)
  })
})

describe('an address that is not quite ours', () => {
  it('leads to ours: doubled slashes, one at the end, another case', async ({ expect }) => {
    await givenWire()
    const cases = {
      '/feed.rss/': '/feed.rss',
      '//feed.rss': '/feed.rss',
      '/Feed.RSS?limit=3': '/feed.rss?limit=3',
      '/sources//bao/feed.json': '/sources/bao/feed.json',
      '/SOURCES/BAO/FEED.ATOM': '/sources/bao/feed.atom',
      '/topics/Kinh-te/feed.rss': '/topics/kinh-te/feed.rss',
      '/sources/bao/': '/sources/bao',
      '/archive/1.ATOM': '/archive/1.atom',
      '/health/': '/health',
      '/Feeds.opml': '/feeds.opml',
    }
    for (const [path, meant] of Object.entries(cases)) {
      const response = await get(path)
      expect(response.status, path).toBe(301)
      expect(response.headers.get('Location'), path).toBe(origin + meant)
      expect(response.headers.get('Cache-Control'), path).toBe('public, max-age=3600')
      expect((await get(meant)).status, meant).toBe(200)
      expect((await request('HEAD', path)).status).toBe(301)
    }
  })

  it('never leads anywhere else, nor in a circle', async ({ expect }) => {
    await givenWire()
    const paths = [
      '//evil.example/feed.rss',
      '/\\evil.example/feed.rss',
      '//evil.example/%2f..',
      '/%2F%2Fevil.example/feed.rss',
      '/sources/%2F/feed.rss',
      '/sources/bao%2Ffeed.rss',
      '/sources/NOBODY/feed.rss',
      '/topics/%25/feed.rss',
    ]
    for (const path of paths) {
      let response = await get(path)
      const location = response.headers.get('Location')
      if (location !== null) {
        expect(location.startsWith(`${origin}/`), path).toBe(true)
        response = await get(location.slice(origin.length))
      }
      expect(response.status, path).toBe(404)
    }
  })
})

describe('what nobody should send', () => {
  it('gets a clear answer, and never a 500', async ({ expect }) => {
    await givenWire()
    const long = 'x'.repeat(8000)
    const paths = [
      `/${long}`,
      `/sources/${long}/feed.rss`,
      `/feed.rss?${long}`,
      `/feed.rss?utm_source=${long}`,
      `/feed.rss?source=${long}`,
      `/feed.rss?q=${long}`,
      `/feed.rss?${'source=a&'.repeat(800)}`,
      '/topics/%E0%A4%A/feed.rss',
      '/topics/%/feed.rss',
      '/topics/%00/feed.rss',
      '/topics/%FF%FE/feed.rss',
      '/feed.rss?source=%E0%A4%A&q=%FF',
      '/feed.rss?q=%00%01',
      '/feed.rss?=&&&==',
      '/feed',
      '/feed.',
      '/feed.rss.rss',
      '/feed.rss%20',
      '/feed.rss;a=b',
      '/archive/',
      '/archive/1',
      '/archive/-1.rss',
      '/archive/1e3.rss',
      '/archive/99999999999999999999.rss',
      '/sources//feed.rss',
      '/sources/feed.rss',
      '/topics/../feed.rss',
      '/.well-known/x',
      '/wp-login.php',
    ]
    for (const path of paths) {
      const response = await get(path)
      expect(response.status, path.slice(0, 60)).toBeLessThan(500)
      expect(response.headers.get('Cache-Control'), path.slice(0, 60)).not.toBeNull()
      expect(response.headers.get('X-Content-Type-Options')).toBe('nosniff')
      if (response.status >= 400) {
        const problem = await response.json<{ status: number; detail: string }>()
        expect(problem.status).toBe(response.status)
        expect(problem.detail.length).toBeLessThan(600)
      }
    }
  })

  it('is refused by method, with those that are possible', async ({ expect }) => {
    await givenWire()
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND', 'SEARCH']) {
      for (const path of [...documents, '/feeds.opml', '/health', '/sources/bao']) {
        const response = await request(method, path)
        expect(response.status, `${method.slice(0, 9)} ${path}`).toBe(405)
        expect(response.headers.get('Allow')).toBe('GET, HEAD, OPTIONS')
        expect((await response.text()).length).toBeLessThan(1000)
      }
    }
    const webhook = await get('/sources/bao/webhook')
    expect(webhook.status).toBe(405)
    expect(webhook.headers.get('Allow')).toBe('POST, OPTIONS')
    const options = await request('OPTIONS', '/sources/bao/webhook')
    expect([options.status, options.headers.get('Allow')]).toEqual([204, 'POST, OPTIONS'])
    expect((await request('OPTIONS', '/nothing')).status).toBe(404)
  })
})

it('a feed that is gone stays gone at every address of it', async ({ expect }) => {
  await givenWire()
  await call('DELETE', '/api/sources/bao')
  for (const path of [
    '/sources/bao/feed.rss',
    '/sources/bao/feed.rss?limit=3',
    '/sources/bao/archive/1.json',
    '/sources/bao/archive/999.json',
    '/sources/bao/topics/kinh-te/feed.atom',
    '/feed.rss?source=bao&q=x',
  ]) {
    const response = await get(path, { 'If-None-Match': '*' })
    expect(response.status, path).toBe(410)
    expect(response.headers.get('Cache-Control'), path).toBe('public, max-age=60')
  }
})
