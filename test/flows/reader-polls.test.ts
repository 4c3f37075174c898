import { env, exports } from 'cloudflare:workers'
import { describe, it } from 'vitest'

import {
  call,
  get,
  givenSource,
  item,
  jsonFeed,
  origin,
  post,
  posted,
  published,
  retracted,
} from '../support/given.ts'
import { queryPlan, watchedRequest } from '../support/watched-db.ts'

const formats = [
  ['rss', 'application/rss+xml; charset=utf-8'],
  ['atom', 'application/atom+xml; charset=utf-8'],
  ['json', 'application/feed+json; charset=utf-8'],
] as const

const paths = ['', '/sources/bao', '/topics/kinh-te', '/sources/bao/topics/kinh-te']

async function givenArticles(count: number, fields: Record<string, unknown> = {}) {
  for (let from = 0; from < count; from += 100) {
    const items = Array.from({ length: Math.min(100, count - from) }, (_, index) => {
      const date = new Date(Date.UTC(2026, 0, 1) + (from + index) * 60_000).toISOString()
      return item(`bai-${from + index}`, {
        tags: ['Kinh tế'],
        date_published: date,
        ...fields,
      })
    })
    await posted(published(items))
  }
}

describe('a feed', () => {
  it('has its own media type, its validators and its self link, at every address', async ({
    expect,
  }) => {
    await givenSource()
    await givenArticles(1)
    for (const path of paths) {
      for (const [extension, mediaType] of formats) {
        const url = `${origin}${path}/feed.${extension}`
        const { status, headers } = await get(`${path}/feed.${extension}`)
        expect(status).toBe(200)
        expect(headers.get('Content-Type')).toBe(mediaType)
        expect(headers.get('ETag')).toMatch(/^W\/"[!#-~]+"$/)
        expect(Date.parse(headers.get('Last-Modified') ?? '')).not.toBeNaN()
        expect(headers.get('Cache-Control')).toBe('public, max-age=300')
        expect(headers.get('Link')).toBe(`<${url}>; rel="self", <${origin}/hub>; rel="hub"`)
        expect(headers.get('X-Content-Type-Options')).toBe('nosniff')
        expect(headers.get('Access-Control-Allow-Origin')).toBe('*')
      }
    }
  })

  it('names in the document the very URL that was asked for', async ({ expect }) => {
    await givenSource()
    await givenArticles(1)
    for (const path of paths) {
      const self = (extension: string) => `${origin}${path}/feed.${extension}`
      const rss = await (await get(`${path}/feed.rss`)).text()
      expect(rss).toContain(`<atom:link rel="self" href="${self('rss')}"`)
      const atom = await (await get(`${path}/feed.atom`)).text()
      expect(atom).toContain(
        `<link rel="self" type="application/atom+xml" href="${self('atom')}"/>`
      )
      expect((await jsonFeed(path))['feed_url']).toBe(self('json'))
    }
  })

  it('is the same bytes however often and by whomever it is asked for', async ({ expect }) => {
    await givenSource()
    await givenArticles(3)
    for (const [extension] of formats) {
      const first = await (await get(`/feed.${extension}`)).text()
      const second = await get(`/feed.${extension}`, {
        'User-Agent': 'Reader/1.0',
        'Accept-Language': 'vi',
      })
      expect(await second.text()).toBe(first)
    }
  })

  it('lists the newest first, those of one moment in an order of their own', async ({ expect }) => {
    await givenSource()
    await givenArticles(60)
    const same = { date_published: '2026-11-01T00:00:00Z' }
    await posted(published([item('x', same), item('y', same), item('z', same)]))
    const titles = (await jsonFeed('')).items.map((entry) => entry.title)
    expect(titles).toHaveLength(63)
    expect(titles.slice(3, 5)).toEqual(['Tin bai-59', 'Tin bai-58'])
    const ids = (await jsonFeed('')).items.slice(0, 3).map((entry) => entry.id)
    expect(ids).toEqual(ids.toSorted())
    expect(new Set(titles).size).toBe(63)
  })

  it('stays under 1 MiB by listing fewer articles, but always one', async ({ expect }) => {
    await givenSource()
    const body = (size: number) => ({ content_html: `<p>${'a'.repeat(size)}</p>` })
    await posted(
      published(item('huge', { ...body(1_000_000), date_published: '2026-11-21T00:00:00Z' }))
    )
    expect((await jsonFeed('')).items.map((entry) => entry.title)).toEqual(['Tin huge'])
    await posted(retracted('huge'))
    await givenArticles(30, body(60_000))
    for (const query of ['', '?limit=100', '?q=noi+dung&limit=100', '?lang=vi']) {
      for (const [extension] of formats) {
        const bytes = await (await get(`/feed.${extension}${query}`)).arrayBuffer()
        expect(bytes.byteLength).toBeLessThan(1024 * 1024)
      }
    }
    const feed = await jsonFeed('')
    expect(feed.items[0]?.title).toBe('Tin bai-29')
    expect(feed.items.length).toBeGreaterThan(10)
    expect(feed.items.every((entry) => entry.content_html.length === 60_007)).toBe(true)
  })

  it('with nothing in it is a feed all the same', async ({ expect }) => {
    await givenSource()
    expect((await jsonFeed('/sources/bao')).items).toEqual([])
    expect((await get('/sources/bao/feed.rss')).status).toBe(200)
  })

  it('of everything is there before there is any source', async ({ expect }) => {
    for (const [extension] of formats) expect((await get(`/feed.${extension}`)).status).toBe(200)
  })

  it('is not there for what does not exist', async ({ expect }) => {
    await givenSource()
    await givenArticles(1)
    const absent = [
      '/sources/nobody/feed.rss',
      '/topics/nothing/feed.rss',
      '/sources/bao/topics/nothing/feed.rss',
      '/feed.xml',
      '/sources/%E0%A4%A/feed.rss',
      `/sources/${'x'.repeat(8000)}/feed.rss`,
    ]
    for (const path of absent) {
      const response = await get(path)
      expect(response.status, path).toBe(404)
      expect(response.headers.get('Cache-Control'), path).toBeTruthy()
    }
  })
})

describe('a reader that holds the current revision', () => {
  it('is answered 304 without a body, with the validators and the link', async ({ expect }) => {
    await givenSource()
    await givenArticles(1)
    for (const path of paths) {
      for (const [extension] of formats) {
        const full = await get(`${path}/feed.${extension}`)
        const etag = full.headers.get('ETag') ?? ''
        const response = await get(`${path}/feed.${extension}`, { 'If-None-Match': etag })
        expect(response.status).toBe(304)
        expect(await response.text()).toBe('')
        for (const name of ['ETag', 'Last-Modified', 'Cache-Control', 'Link']) {
          expect(response.headers.get(name), name).toBe(full.headers.get(name))
        }
      }
    }
  })

  it('may name it among others, weakly or strongly, by a star or by date', async ({ expect }) => {
    await givenSource()
    await givenArticles(1)
    const { headers } = await get('/feed.rss')
    const etag = headers.get('ETag') ?? ''
    const holding: Record<string, string>[] = [
      { 'If-None-Match': `"other", ${etag}` },
      { 'If-None-Match': etag.replace('W/', '') },
      { 'If-None-Match': '*' },
      { 'If-Modified-Since': headers.get('Last-Modified') ?? '' },
      { 'If-None-Match': etag, 'If-Modified-Since': 'Thu, 01 Jan 1970 00:00:00 GMT' },
    ]
    for (const fields of holding)
      expect((await get('/feed.rss', fields)).status, JSON.stringify(fields)).toBe(304)
    const lacking: Record<string, string>[] = [
      { 'If-None-Match': '"other"' },
      { 'If-None-Match': `"other"`, 'If-Modified-Since': headers.get('Last-Modified') ?? '' },
      { 'If-None-Match': etag.replace('rss', 'atom') },
      { 'If-Modified-Since': 'Thu, 01 Jan 1970 00:00:00 GMT' },
      { 'If-Modified-Since': 'yesterday' },
    ]
    for (const fields of lacking)
      expect((await get('/feed.rss', fields)).status, JSON.stringify(fields)).toBe(200)
  })

  it('costs one row of the database', async ({ expect }) => {
    await givenSource()
    await givenArticles(60)
    for (const path of paths) {
      const etag = (await get(`${path}/feed.rss`)).headers.get('ETag') ?? ''
      const { response, rowsRead, statements } = await watchedRequest(`${path}/feed.rss`, {
        headers: { 'If-None-Match': etag },
      })
      expect(response.status).toBe(304)
      expect(rowsRead).toBe(1)
      expect(statements).toHaveLength(1)
    }
  })

  it('gets the new one after any change, though it all happens within one second', async ({
    expect,
  }) => {
    await givenSource()
    for (let index = 0; index < 5; index++) {
      const before = await get('/feed.rss')
      const { headers } = before
      await posted(published(item(`bai-${index}`)))
      const byTag = await get('/feed.rss', { 'If-None-Match': headers.get('ETag') ?? '' })
      expect(byTag.status).toBe(200)
      const byDate = await get('/feed.rss', {
        'If-Modified-Since': headers.get('Last-Modified') ?? '',
      })
      expect(byDate.status).toBe(200)
      // RFC 9110 §8.8.2.1: no date that lies ahead of the clock.
      expect(Date.parse(byDate.headers.get('Last-Modified') ?? '')).toBeLessThanOrEqual(Date.now())
    }
  })

  it('learns that the feed is gone rather than that nothing changed', async ({ expect }) => {
    await givenSource()
    await givenArticles(1)
    const etags = new Map<string, string>()
    for (const path of ['/sources/bao', '/sources/bao/topics/kinh-te']) {
      etags.set(path, (await get(`${path}/feed.rss`)).headers.get('ETag') ?? '')
    }
    await call('DELETE', '/api/sources/bao')
    for (const [path, etag] of etags) {
      expect((await get(`${path}/feed.rss`, { 'If-None-Match': etag })).status).toBe(410)
      expect((await get(`${path}/feed.rss`, { 'If-None-Match': '*' })).status).toBe(410)
    }
    expect((await get('/sources/nobody/feed.rss', { 'If-None-Match': '*' })).status).toBe(404)
  })

  it('fails a precondition with 412 when it asked for another revision', async ({ expect }) => {
    const response = await get('/feed.rss', { 'If-Match': '"other"' })
    expect(response.status).toBe(412)
    expect((await get('/feed.rss', { 'If-Match': '*' })).status).toBe(200)
  })
})

describe('OPTIONS', () => {
  it('lets a page of another site poll a feed with validators', async ({ expect }) => {
    for (const path of [
      '/feed.rss',
      '/sources/bao/feed.json',
      '/topics/a/feed.atom',
      '/feeds.opml',
    ]) {
      const response = await exports.default.fetch(`${origin}${path}`, {
        method: 'OPTIONS',
        headers: {
          Origin: 'https://trang.example',
          'Access-Control-Request-Headers': 'if-none-match',
        },
      })
      expect(response.status).toBe(204)
      expect(response.headers.get('Access-Control-Allow-Origin')).toBe('*')
      expect(response.headers.get('Access-Control-Allow-Headers')).toContain('If-None-Match')
      expect(response.headers.get('Access-Control-Allow-Methods')).toBe('GET, HEAD')
    }
  })
})

describe('HEAD', () => {
  it('has the headers of GET and no body, conditionally too', async ({ expect }) => {
    await givenSource()
    await givenArticles(2)
    for (const [extension] of formats) {
      const full = await get(`/feed.${extension}`)
      const head = await exports.default.fetch(`${origin}/feed.${extension}`, { method: 'HEAD' })
      expect(head.status).toBe(200)
      expect(await head.text()).toBe('')
      for (const name of ['Content-Type', 'ETag', 'Last-Modified', 'Cache-Control', 'Link']) {
        expect(head.headers.get(name), name).toBe(full.headers.get(name))
      }
      const conditional = await exports.default.fetch(`${origin}/feed.${extension}`, {
        method: 'HEAD',
        headers: { 'If-None-Match': full.headers.get('ETag') ?? '' },
      })
      expect(conditional.status).toBe(304)
    }
  })
})

describe('what a feed costs', () => {
  it('is a row an article, one for its source where they differ, and one for the feed, its source and its topic, however many there are', async ({
    expect,
  }) => {
    await givenSource('bao')
    await givenSource('phong')
    const costs = async () =>
      Promise.all(paths.map(async (path) => (await watchedRequest(`${path}/feed.rss`)).rowsRead))
    await givenArticles(100)
    const few = await costs()
    await givenArticles(1000)
    expect(await costs()).toEqual(few)
    // The feed, 50 articles, the source of each or the one that all of them have in common, the topic; the
    // feed once more, where its articles are read in the same round trip.
    expect(few).toEqual([101, 53, 102, 54])
  })

  it('is at most two rows an article and two, in two round trips at most, however many sources there are and whatever else a topic is called', async ({
    expect,
  }) => {
    const sources = Array.from({ length: 12 }, (_, index) => `bao-${index}`)
    await Promise.all(sources.map((source) => givenSource(source)))
    await call('PUT', '/api/topics/kinh-te', { title: 'Kinh tế', aliases: ['Tiền', 'Bạc', 'Vàng'] })
    for (const source of sources) {
      const items = [1, 2].map((n) => item(`${source}-${n}`, { tags: ['Kinh tế'] }))
      // eslint-disable-next-line no-await-in-loop -- one after the other, so that none is tried again
      await posted(published(items), { source })
    }
    for (const path of ['', '/topics/kinh-te', '/sources/bao-3', '/sources/bao-3/topics/kinh-te']) {
      const { body, rowsRead, statements } = await watchedRequest(`${path}/feed.json`)
      const { items } = JSON.parse(body) as { items: unknown[] }
      expect(items).toHaveLength(path.includes('bao') ? 2 : 24)
      expect(rowsRead, path).toBeLessThanOrEqual(2 * items.length + 2)
      expect(new Set(statements.map(({ trip }) => trip)).size).toBe(path.includes('bao') ? 1 : 2)
    }
  })

  it('does not show in it: whoever holds an older one gets what is given to whoever holds none', async ({
    expect,
  }) => {
    const same = async () => {
      for (const path of paths)
        for (const [extension] of formats) {
          const url = `${path}/feed.${extension}`
          const [whole, changed] = await Promise.all([
            watchedRequest(url),
            watchedRequest(url, { headers: { 'If-None-Match': '"older"' } }),
          ])
          expect(changed.body, url).toBe(whole.body)
          expect([...changed.response.headers]).toEqual([...whole.response.headers])
          expect(changed.response.status).toBe(whole.response.status)
        }
    }
    await same()
    await givenSource()
    await same()
    await givenArticles(130)
    await same()
    await posted(
      published(item('late', { tags: ['Kinh tế'], date_published: '2019-01-01T00:00:00Z' }))
    )
    for (const n of [129, 70, 100, 0])
      await posted(retracted(`bai-${n}`, { _loa: { note: 'Sai' } }))
    await same()
    await call('PUT', '/api/sources/bao', { title: 'Báo', home_page_url: 'https://bao.example/' })
    await call('PUT', '/api/topics/kinh-te', { title: 'Làm ăn', description: 'Chợ' })
    await same()
    await call('DELETE', '/api/sources/bao')
    await same()
  })

  it('never comes from a scan: every statement of every feed searches an index', async ({
    expect,
  }) => {
    await givenSource()
    await givenArticles(5)
    for (const path of paths) {
      const { statements } = await watchedRequest(`${path}/feed.atom`)
      expect(statements.length).toBeGreaterThan(1)
      for (const statement of statements) {
        const plan = await queryPlan(statement)
        expect(plan.length).toBeGreaterThan(0)
        for (const step of plan)
          expect(step, statement.sql).toMatch(
            /^SEARCH |^CO-ROUTINE |^SCAN (?:\d+-ROW VALUES CLAUSE|CONSTANT ROW|asked|listed|\(subquery-\d+\))$|^(?:CORRELATED )?SCALAR SUBQUERY/
          )
      }
    }
  })

  it('does not depend on the size of articles that are not in it', async ({ expect }) => {
    await givenSource()
    await givenArticles(100, { content_html: `<p>${'a'.repeat(9_000)}</p>` })
    expect((await watchedRequest('/sources/bao/feed.json')).rowsRead).toBe(53)
  })
})

it('two posts of one article at once leave one article, at the newest revision', async ({
  expect,
}) => {
  await givenSource()
  const responses = await Promise.all(
    Array.from({ length: 6 }, (_, index) =>
      post(
        published(
          item('bai-1', {
            title: `Bản ${index}`,
            date_modified: `2026-11-21T0${index}:00:00Z`,
            tags: [`Chủ đề ${index}`],
          })
        )
      )
    )
  )
  expect(responses.map((response) => response.status).every((status) => status < 300)).toBe(true)
  const feed = await jsonFeed('')
  expect(feed.items.map((entry) => entry.title)).toEqual(['Bản 5'])
  for (let index = 0; index < 5; index++) {
    const topic = await get(`/topics/chu-de-${index}/feed.json`)
    if (topic.status === 200) expect((await topic.json<{ items: unknown[] }>()).items).toEqual([])
  }
  const rows = await env.DB.prepare('SELECT count(*) AS n FROM feed_articles').first<{
    n: number
  }>()
  expect(rows?.n).toBe(4)
})

it('the same webhook-id twice at once is one post', async ({ expect }) => {
  await givenSource()
  const responses = await Promise.all(
    Array.from({ length: 4 }, () => post(published(item('bai-1')), { id: 'msg_twin' }))
  )
  const statuses = responses.map((response) => response.status).toSorted((a, b) => a - b)
  expect(statuses).toEqual([200, 200, 200, 201])
  expect((await jsonFeed('')).items).toHaveLength(1)
})
