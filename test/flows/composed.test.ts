// Feeds that a reader composes: /feed.{rss,atom,json}?source=…&topic=…&not-topic=…&lang=…&q=…

import { env } from 'cloudflare:workers'
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
  upkeepIn,
} from '../support/given.ts'
import { queryPlan, watchedRequest } from '../support/watched-db.ts'

type Composed = {
  title: string
  feed_url: string
  language?: string
  items: { id: string; title: string; content_html?: string; content_text?: string }[]
}

async function composed(query: string): Promise<Composed> {
  const response = await get(`/feed.json?${query}`)
  if (response.status !== 200) throw new Error(`${query}: ${response.status}`)
  return response.json<Composed>()
}

const idsIn = async (query: string) =>
  (await composed(query)).items.map((entry) => entry.title.replace('Tin ', '')).toSorted()

/** Two sources, three topics, two languages. */
async function givenWire() {
  await givenSource('bao')
  await givenSource('phong', { language: 'en' })
  await posted(
    published([
      item('a', { tags: ['Kinh tế'], content_html: '<p>Đường Nguyễn Huệ thông xe.</p>' }),
      item('b', { tags: ['Y tế'], content_html: '<p>Bệnh viện mở cửa, đường vào rộng.</p>' }),
      item('c', { tags: ['Kinh tế', 'Y tế'], language: 'vi-VN' }),
    ])
  )
  await posted(
    published([
      item('d', { tags: ['Kinh tế'], content_html: '<p>The new road opens.</p>' }),
      item('e', { tags: ['Đô thị'], language: 'vi', authors: [{ name: 'Trần Thị Đào' }] }),
    ]),
    { source: 'phong' }
  )
}

describe('a composed feed', () => {
  it('lists the articles of any of its sources, on any of its topics, and none of what it excludes', async ({
    expect,
  }) => {
    await givenWire()
    const cases: [string, string][] = [
      ['source=bao&source=phong', 'abcde'],
      ['source=bao&q=tin', 'abc'],
      ['topic=kinh-te&topic=y-te', 'abcd'],
      ['topic=kinh-te&topic=do-thi&source=phong', 'de'],
      ['not-topic=y-te', 'ade'],
      ['source=bao&not-topic=kinh-te&not-topic=do-thi', 'b'],
      ['topic=kinh-te&not-topic=y-te', 'ad'],
      ['topic=y-te&not-topic=y-te', ''],
      ['source=phong&topic=y-te&lang=vi', ''],
      ['lang=vi', 'abce'],
      ['lang=vi-VN', 'c'],
      ['lang=EN', 'd'],
      ['lang=fr', ''],
      ['lang=vi&source=phong', 'e'],
    ]
    for (const [query, expected] of cases)
      expect((await idsIn(query)).join(''), query).toBe(expected)
  })

  it('finds words without their diacritics, and with them, in title, text, names and tags', async ({
    expect,
  }) => {
    await givenWire()
    const cases: [string, string][] = [
      ['duong', 'ab'],
      ['Đường', 'ab'],
      ['ĐƯỜNG huệ', 'a'],
      ['nguyen hue', 'a'],
      ['hue nguyen', 'a'],
      ['"nguyen hue"', 'a'],
      ['"hue nguyen"', ''],
      ['dao', 'e'],
      ['do thi', 'e'],
      ['opens', 'd'],
      ['open', ''],
      ['duong road', ''],
    ]
    for (const [words, expected] of cases)
      expect((await idsIn(`q=${encodeURIComponent(words)}`)).join(''), words).toBe(expected)
  })

  it('finds words of scripts that put no space between them', async ({ expect }) => {
    await givenSource()
    await posted(
      published([item('h', { title: '胡志明市的新道路' }), item('t', { title: 'ถนนสายใหม่' })])
    )
    expect((await composed(`q=${encodeURIComponent('道路')}`)).items).toHaveLength(1)
    expect((await composed(`q=${encodeURIComponent('路道')}`)).items).toHaveLength(0)
    expect((await composed(`q=${encodeURIComponent('สายใหม่')}`)).items).toHaveLength(1)
  })

  it('has one URL, whatever the order, repetition and company of its parameters', async ({
    expect,
  }) => {
    await givenWire()
    const self = `${origin}/feed.json?source=bao&source=phong&topic=kinh-te&not-topic=do-thi&lang=vi&q=thong%20xe&content=summary&limit=7`
    const first = await get(self.slice(origin.length))
    const text = await first.text()
    expect(JSON.parse(text)).toMatchObject({ feed_url: self })
    expect(first.headers.get('Link')).toBe(`<${self}>; rel="self", <${origin}/hub>; rel="hub"`)
    const same = [
      '?limit=7&q=thong+xe&lang=VI&not-topic=do-thi&topic=kinh-te&source=phong&source=bao&content=summary',
      '?utm_source=x&source=bao&source=bao&source=PHONG&topic=kinh-te&topic=&not-topic=do-thi&lang=vi&lang=vi&q=Thong%20%20xe&fbclid=1&content=summary&limit=100&limit=7',
      '?source=bao&source=phong&topic=kinh-te&not-topic=do-thi&lang=vi&q=thong%0Axe&content=summary&limit=7#x',
    ]
    for (const query of same) {
      const response = await get(`/feed.json${query}`)
      expect(await response.text(), query).toBe(text)
      expect(response.headers.get('ETag'), query).toBe(first.headers.get('ETag'))
    }
  })

  it('of one source or topic is the feed that has a path of its own', async ({ expect }) => {
    await givenWire()
    for (const [query, path] of [
      ['source=bao', '/sources/bao'],
      ['topic=kinh-te', '/topics/kinh-te'],
      ['topic=kinh-te&source=bao', '/sources/bao/topics/kinh-te'],
      ['', ''],
    ] as const) {
      const plain = await get(`${path}/feed.atom`)
      const response = await get(`/feed.atom?${query}`)
      expect(await response.text()).toBe(await plain.text())
      expect(response.headers.get('ETag')).toBe(plain.headers.get('ETag'))
    }
    // And a path with parameters is the feed composed of both.
    const both = await (await get('/sources/bao/feed.json?topic=y-te&q=cua')).text()
    expect(both).toBe(await (await get('/feed.json?q=cua&source=bao&topic=y-te')).text())
  })

  it('names what it selects, and has an id of its own that its formats share', async ({
    expect,
  }) => {
    await givenWire()
    const query = 'source=bao&topic=kinh-te&topic=y-te&not-topic=do-thi&lang=vi&q=duong'
    expect((await composed(query)).title).toBe('Báo bao: Kinh tế, Y tế −Đô thị “duong” [vi]')
    expect((await composed('q=duong')).title).toBe('“duong” – Loa')
    expect((await composed(query)).language).toBe('vi')
    const id = (text: string) => /<id>([^<]*)</.exec(text)?.[1]
    const atom = async (q: string) => id(await (await get(`/feed.atom?${q}`)).text())
    const ids = await Promise.all([query, 'q=duong', 'q=duong&lang=vi', 'source=bao'].map(atom))
    expect(new Set(ids).size).toBe(4)
    for (const each of ids) expect(each).toMatch(/^urn:uuid:[0-9a-f-]{36}$/)
  })

  it('is not there when a source or topic is not, and gone when all its sources are', async ({
    expect,
  }) => {
    await givenWire()
    for (const query of [
      'source=nobody',
      'source=bao&source=nobody',
      'topic=a&topic=b',
      'not-topic=x',
    ])
      expect((await get(`/feed.rss?${query}`)).status, query).toBe(404)
    await call('DELETE', '/api/sources/phong')
    expect(await idsIn('source=bao&source=phong')).toEqual(['a', 'b', 'c'])
    expect((await get('/feed.rss?source=phong&q=tin')).status).toBe(410)
    expect((await get('/feed.rss?source=phong&q=tin', { 'If-None-Match': '*' })).status).toBe(410)
  })

  it('answers 304 to its validators, and with the document after any change of what it lists', async ({
    expect,
  }) => {
    await givenWire()
    const queries = [
      'source=bao&source=phong',
      'q=duong',
      'lang=vi&not-topic=do-thi',
      'topic=y-te&topic=kinh-te',
    ]
    const changes = [
      () => posted(published(item('f', { tags: ['Kinh tế'], title: 'Con đường', language: 'vi' }))),
      () =>
        posted(
          published(
            item('f', {
              tags: ['Kinh tế'],
              title: 'Con đường khác',
              language: 'vi',
              date_modified: '2026-11-21T00:00:00Z',
            })
          )
        ),
      () => posted(retracted('f')),
    ]
    for (const change of changes) {
      const before = await Promise.all(queries.map((query) => get(`/feed.json?${query}`)))
      for (const [index, { headers }] of before.entries()) {
        const held = { 'If-None-Match': headers.get('ETag') ?? '' }
        expect((await get(`/feed.json?${queries[index]}`, held)).status).toBe(304)
        expect((await get(`/feed.json?${queries[index]}&limit=3`, held)).status).toBe(200)
      }
      await change()
      for (const [index, { headers }] of before.entries()) {
        const path = `/feed.json?${queries[index]}`
        const byTag = await get(path, { 'If-None-Match': headers.get('ETag') ?? '' })
        expect(byTag.status, path).toBe(200)
        const byDate = await get(path, {
          'If-Modified-Since': headers.get('Last-Modified') ?? '',
        })
        expect(byDate.status, path).toBe(200)
      }
    }
  })

  it('tells of what was retracted, as long as it is', async ({ expect }) => {
    await givenWire()
    const reports = await posted(published(item('b', { tags: ['Y tế', 'Kinh tế'] })))
    await posted(retracted('b', { timestamp: '2026-11-21T00:00:00Z' }))
    const told = async () =>
      ((await composed('topic=y-te&topic=kinh-te')) as { _loa?: { retracted?: { id: string }[] } })
        ._loa?.retracted
    expect((await told())?.map((each) => each.id)).toEqual(reports.map((report) => report.guid))
    await posted(published(item('b', { tags: ['Y tế'], date_modified: '2026-11-21T01:00:00Z' })))
    expect(await told()).toBeUndefined()
  })

  it('shows an article only from its date on, and not once its time is over', async ({
    expect,
  }) => {
    await givenSource()
    const at = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString()
    await posted(
      published([
        item('now', { title: 'Đường một' }),
        item('later', { title: 'Đường hai', date_published: at(3600) }),
        item('brief', { title: 'Đường ba', _loa: { expires: at(3600) } }),
      ])
    )
    expect((await composed('q=duong')).items).toHaveLength(2)
    const { headers } = await get('/feed.json?q=duong')
    await upkeepIn(3700)
    const after = await composed('q=duong')
    expect(after.items.map((entry) => entry.title)).toEqual(['Đường hai', 'Đường một'])
    const held = await get('/feed.json?q=duong', { 'If-None-Match': headers.get('ETag') ?? '' })
    expect(held.status).toBe(200)
  })

  it('follows an article that is corrected: to other words, topics, dates and languages', async ({
    expect,
  }) => {
    await givenWire()
    await posted(
      published(
        item('a', {
          tags: ['Y tế'],
          content_html: '<p>Phố đi bộ.</p>',
          language: 'en',
          date_published: '2020-01-01T00:00:00Z',
          date_modified: '2026-11-21T00:00:00Z',
        })
      )
    )
    expect(await idsIn('q=duong')).toEqual(['b'])
    expect(await idsIn('q=%22di+bo%22')).toEqual(['a'])
    expect(await idsIn('topic=y-te&lang=en')).toEqual(['a'])
    expect((await composed('topic=y-te&topic=kinh-te')).items.at(-1)?.title).toBe('Tin a')
  })

  it('follows the language of a source within a minute', async ({ expect }) => {
    await givenWire()
    const { headers } = await get('/feed.json?lang=vi')
    await givenSource('bao', { language: 'en' })
    await upkeepIn(0)
    expect(await idsIn('lang=en')).toEqual(['a', 'b', 'd'])
    expect(await idsIn('lang=vi')).toEqual(['c', 'e'])
    const held = await get('/feed.json?lang=vi', { 'If-None-Match': headers.get('ETag') ?? '' })
    expect(held.status).toBe(200)
  })
})

describe('content=summary and limit', () => {
  it('are there on every feed, in every format', async ({ expect }) => {
    await givenWire()
    for (const path of ['', '/sources/bao', '/topics/kinh-te', '/sources/bao/topics/kinh-te']) {
      const whole = await jsonFeed(path)
      const cut = await (await get(`${path}/feed.json?limit=1`)).json<Composed>()
      expect(cut.items).toEqual(whole.items.slice(0, 1))
      const summary = await (await get(`${path}/feed.json?content=summary`)).json<Composed>()
      expect(summary.items.map((entry) => entry.id)).toEqual(whole.items.map((entry) => entry.id))
      for (const entry of summary.items) {
        expect(entry.content_html).toBeUndefined()
        expect(entry.content_text).toMatch(/^Tóm tắt/)
      }
      const rss = await (await get(`${path}/feed.rss?content=summary`)).text()
      expect(rss).toContain('<description>Tóm tắt')
      expect(rss).not.toContain('content:encoded>')
      const atom = await (await get(`${path}/feed.atom?content=summary`)).text()
      expect(atom).toContain('<summary type="text">Tóm tắt')
      expect(atom).not.toContain('<content')
      expect(atom).toContain(`href="${origin}${path}/feed.atom?content=summary"`)
    }
  })

  it('gives up to a hundred, the newest by date wherever they stand', async ({ expect }) => {
    await givenSource()
    const items = Array.from({ length: 100 }, (_, index) =>
      item(`n${index}`, { date_published: new Date(Date.UTC(2026, 0, 1, 0, index)).toISOString() })
    )
    await posted(published(items))
    await posted(published(item('late', { date_published: '2001-01-01T00:00:00Z' })))
    for (const query of ['limit=100', 'limit=100&q=tin']) {
      const titles = (await composed(query)).items.map((entry) => entry.title)
      expect(titles).toEqual(items.map((each) => each.title).toReversed())
    }
    expect((await composed('limit=60')).items).toHaveLength(60)
    const { headers } = await get('/feed.json?limit=60')
    expect(headers.get('Link')).not.toContain('prev-archive')
    expect((await composed('q=tin')).items).toHaveLength(50)
  })

  it('content=summary leads to archives of summaries', async ({ expect }) => {
    await givenSource()
    await posted(published(Array.from({ length: 100 }, (_, index) => item(`n${index}`))))
    const feed = await (await get('/feed.json?content=summary')).json<{ next_url: string }>()
    expect(feed.next_url).toBe(`${origin}/archive/1.json?content=summary`)
    const archive = await (
      await get('/archive/1.json?content=summary&limit=3&q=x')
    ).json<Composed>()
    expect(archive.feed_url).toBe(feed.next_url)
    expect(archive.items).toHaveLength(50)
    expect(archive.items[0]?.content_html).toBeUndefined()
  })
})

it('parameters that ask for what there cannot be are refused with what to mend', async ({
  expect,
}) => {
  const many = (name: string) => Array.from({ length: 11 }, (_, i) => `${name}=x${i}`).join('&')
  const cases: [string, RegExp][] = [
    ['limit=0', /"limit" must be a whole number from 1 to 100/],
    ['limit=101', /limit/],
    ['limit=-1', /limit/],
    ['limit=1.5', /limit/],
    ['limit=x', /limit/],
    ['content=none', /"content" must be "full" or "summary"/],
    ['lang=vi&lang=en', /only one language/],
    ['lang=%00', /BCP 47/],
    ['lang=*', /BCP 47/],
    ['q=%22%22', /"q" must have letters or digits/],
    ['q=***', /"q" must have letters or digits/],
    [`q=${'a'.repeat(101)}`, /100 characters/],
    [`q=${'a+'.repeat(9)}`, /8 words/],
    [many('source'), /at most 10 different values of "source"/],
    [many('topic'), /"topic"/],
    [many('not-topic'), /"not-topic"/],
  ]
  for (const [query, detail] of cases) {
    const response = await get(`/feed.atom?${query}`)
    expect(response.status, query).toBe(400)
    expect(response.headers.get('Content-Type')).toBe('application/problem+json')
    expect(response.headers.get('Cache-Control')).toBe('public, max-age=300')
    expect((await response.json<{ detail: string }>()).detail, query).toMatch(detail)
  }
})

it('what looks like the language of the search index is words', async ({ expect }) => {
  await givenWire()
  const hostile = [
    'zq OR tin',
    'zq AND',
    'NOT zq',
    '"zq',
    'zq"b"c',
    'terms:zq',
    '^zq',
    'zq*',
    'NEAR(zq b)',
    '(zq',
    '{terms}: zq',
    'zq + b',
    's-bao',
    "'; DROP TABLE articles; --",
    '\\"zq',
    '-zq',
    '\u202Ezq',
  ]
  for (const words of hostile) {
    const response = await get(`/feed.json?q=${encodeURIComponent(words)}`)
    expect(response.status, words).toBe(200)
    expect((await response.json<Composed>()).items.length, words).toBe(0)
  }
  for (const slug of ['"', 'a" OR "s-bao', '%', '*'])
    expect((await get(`/feed.json?source=${encodeURIComponent(slug)}&q=tin`)).status).toBe(404)
})

it('costs rows by what it lists and names, whatever the database holds', async ({ expect }) => {
  await givenWire()
  const queries = [
    'source=bao&source=phong',
    'topic=kinh-te&not-topic=y-te&q=tin',
    'q=tin+hiem',
    'lang=vi&limit=20',
  ]
  const more = async (from: number, count: number) => {
    for (let done = 0; done < count; done += 100) {
      const items = Array.from({ length: 100 }, (_, index) => {
        const n = from + done + index
        const date = new Date(Date.UTC(2026, 0, 1) + n * 60_000).toISOString()
        return item(`n${n}`, { tags: ['Kinh tế'], date_published: date, title: `Tin ${n}` })
      })
      await posted(published(items))
    }
  }
  const costs = async () =>
    Promise.all(queries.map(async (query) => (await watchedRequest(`/feed.rss?${query}`)).rowsRead))
  await more(0, 300)
  const few = await costs()
  await more(300, 1200)
  expect(await costs()).toEqual(few)
  expect(few[2]).toBeLessThan(10)
  for (const cost of few) expect(cost).toBeLessThan(4 * 50 + 20)
  for (const query of queries) {
    const { headers } = await get(`/feed.rss?${query}`)
    const held = await watchedRequest(`/feed.rss?${query}`, {
      headers: { 'If-None-Match': headers.get('ETag') ?? '' },
    })
    expect(held.response.status).toBe(304)
    expect(held.rowsRead).toBeLessThanOrEqual(2)
    const { statements } = await watchedRequest(`/feed.rss?${query}`)
    for (const statement of statements)
      for (const step of await queryPlan(statement))
        expect(step, statement.sql).not.toMatch(/^SCAN (?:feeds|articles|topics|sources|feed_)/)
  }
})

it('articles from before there was an index come into it by themselves, and feeds say so', async ({
  expect,
}) => {
  await givenWire()
  await env.DB.batch(
    ['DELETE FROM article_search', 'UPDATE articles SET search_key = NULL, is_search_due = 1'].map(
      (sql) => env.DB.prepare(sql)
    )
  )
  const { headers } = await get('/feed.json?q=duong')
  expect(await idsIn('q=duong')).toEqual([])
  await upkeepIn(0)
  expect(await idsIn('q=duong')).toEqual(['a', 'b'])
  expect(await idsIn('lang=vi&not-topic=y-te')).toEqual(['a', 'e'])
  const held = await get('/feed.json?q=duong', { 'If-None-Match': headers.get('ETag') ?? '' })
  expect(held.status).toBe(200)
  // Once is enough.
  const etag = (await get('/feed.json?q=duong')).headers.get('ETag')
  await upkeepIn(0)
  expect((await get('/feed.json?q=duong')).headers.get('ETag')).toBe(etag)
})

it('two articles of one second and nearly one uuid have places of their own', async ({
  expect,
}) => {
  await givenSource()
  const same = { date_published: '2026-11-01T00:00:00Z' }
  const [first] = await posted(published(item('x', same)))
  const key = await env.DB.prepare('SELECT search_key AS key FROM articles').first<{
    key: number
  }>()
  expect(key).not.toBeNull()
  // The place that the next article would take is taken.
  const { articleUuid } = await import('../../src/articles/article.ts')
  const { searchTie } = await import('../../src/articles/search-store.ts')
  const source = await env.DB.prepare('SELECT uuid FROM sources').first<{ uuid: string }>()
  const tie = searchTie(await articleUuid(source?.uuid ?? '', 'y'), 0)
  await env.DB.prepare(
    'UPDATE articles SET search_key = (published_at << 29 | ?1) WHERE external_id = ?2'
  )
    .bind(tie, 'x')
    .run()
  const response = await post(published(item('y', same)))
  expect(response.status).toBe(201)
  const { results } = await env.DB.prepare('SELECT DISTINCT search_key FROM articles').all()
  expect(results).toHaveLength(2)
  expect(first?.outcome).toBe('created')
})
