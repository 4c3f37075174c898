// What stands between readers and the database.

import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env, exports } from 'cloudflare:workers'
import { describe, it, vi } from 'vitest'

import { app } from '../../src/app.ts'
import { forgetAll, invalidateMemory, keptBytes } from '../../src/feeds/memory.ts'
import worker, { Feeds } from '../../src/worker.ts'
import {
  call,
  givenSource,
  item,
  origin,
  posted,
  published,
  retracted,
  upkeepIn,
} from '../support/given.ts'

function read(path: string, headers: Record<string, string> = {}, method = 'GET') {
  return exports.default.fetch(`${origin}${path}`, { method, headers, redirect: 'manual' })
}

const gzip = { 'Accept-Encoding': 'gzip, deflate, br' }
const documents = [
  '/feed.rss',
  '/sources/bao/feed.atom',
  '/topics/kinh-te/feed.json',
  '/feeds.opml',
]

describe('a document at the edge', () => {
  it('is rendered once, and given again without a question', async ({ expect }) => {
    await givenSource()
    await posted(published(item('a', { tags: ['Kinh tế'] })))
    for (const path of documents) {
      const first = await read(path)
      expect(first.headers.get('X-Cache'), path).toBe('MISS')
      const second = await read(path)
      expect(second.headers.get('X-Cache'), path).toBe('HIT')
      expect(await second.text()).toBe(await first.text())
      const head = await read(path, {}, 'HEAD')
      expect(head.headers.get('X-Cache'), path).toBe('HIT')
    }
  })

  it('is the same compressed and not, for each reader as it asks', async ({ expect }) => {
    await givenSource()
    await posted(published(item('a', { tags: ['Kinh tế'], title: 'Đường sắt đô thị' })))
    for (const path of documents) {
      const plain = await read(path)
      const zipped = await read(path, gzip)
      const text = await plain.text()
      expect(plain.headers.get('Content-Encoding'), path).toBeNull()
      expect(zipped.headers.get('Content-Encoding'), path).toBe('gzip')
      expect(await zipped.text()).toBe(text)
      expect(zipped.headers.get('ETag')).toBe(plain.headers.get('ETag'))
      for (const response of [plain, zipped])
        expect(response.headers.get('Vary')).toContain('Accept-Encoding')
      const again = await read(path, gzip)
      expect(again.headers.get('X-Cache')).toBe('HIT')
      expect(await again.text()).toBe(text)
      for (const field of ['identity', 'br', 'gzip;q=0', '*;q=0', '']) {
        const response = await read(path, { 'Accept-Encoding': field })
        expect(response.headers.get('Content-Encoding'), `${path} ${field}`).toBeNull()
      }
    }
  })

  it('shows nothing of what is for the edge alone', async ({ expect }) => {
    await givenSource()
    for (const path of documents.slice(0, 2)) {
      for (const response of [await read(path), await read(path, { 'If-None-Match': '*' })]) {
        for (const name of response.headers.keys())
          expect(name).not.toMatch(/^(?:cache-tag|loa-|cloudflare-)/)
      }
    }
  })

  it('answers 304 to a reader that holds it, GET and HEAD, by tag and by date', async ({
    expect,
  }) => {
    await givenSource()
    await posted(published(item('a', { tags: ['Kinh tế'] })))
    for (const path of documents) {
      const { headers } = await read(path, gzip)
      const holding: Record<string, string>[] = [
        { 'If-None-Match': headers.get('ETag') ?? '' },
        { 'If-None-Match': '*', ...gzip },
      ]
      for (const fields of holding) {
        for (const method of ['GET', 'HEAD']) {
          const response = await read(path, fields, method)
          expect(response.status, path).toBe(304)
          expect(response.headers.get('ETag')).toBe(headers.get('ETag'))
          expect(response.headers.get('Vary')).toContain('Accept-Encoding')
          expect(response.headers.get('Content-Encoding')).toBeNull()
        }
      }
      expect((await read(path, { 'If-Match': '"other"' })).status).toBe(412)
    }
  })

  // RFC 9110 §15.4.5.
  it('says in a 304 what a cache must know, and nothing of the content', async ({ expect }) => {
    await givenSource()
    for (const holding of [{ 'If-None-Match': '*' }, { 'If-None-Match': '*', ...gzip }]) {
      const { headers } = await read('/feed.rss', holding)
      expect([...headers.keys()].toSorted()).toEqual([
        'access-control-allow-origin',
        'access-control-expose-headers',
        'cache-control',
        'etag',
        'last-modified',
        'link',
        'vary',
        'x-cache',
        'x-content-type-options',
      ])
    }
  })

  it('is new in the very next answer after a change of what it says', async ({ expect }) => {
    await givenSource()
    const [report] = await posted(published(item('a', { tags: ['Kinh tế'] })))
    const paths = [
      '/feed.rss',
      '/sources/bao/feed.json',
      '/topics/kinh-te/feed.atom',
      '/feed.json?q=tin&limit=3',
      '/feed.rss?topic=kinh-te&topic=kinh-te&content=summary',
    ]
    const changes: [string, () => Promise<unknown>][] = [
      ['a post', () => posted(published(item('b', { tags: ['Kinh tế'] })))],
      [
        'a correction',
        () =>
          posted(
            published(
              item('a', {
                tags: ['Kinh tế'],
                title: 'Tin sửa',
                date_modified: '2026-11-21T00:00:00Z',
              })
            )
          ),
      ],
      ['another name', () => givenSource('bao', { title: 'Tên khác' })],
      ['a retraction', () => posted(retracted('a'))],
    ]
    for (const [name, change] of changes) {
      const before = await Promise.all(
        paths.map(async (path) => {
          await read(path)
          const response = await read(path)
          expect(response.headers.get('X-Cache')).toBe('HIT')
          return response.headers.get('ETag')
        })
      )
      await change()
      for (const [index, path] of paths.entries()) {
        const response = await read(path, { 'If-None-Match': before[index] ?? '' })
        expect(response.status, `${name} ${path}`).toBe(200)
      }
    }
    expect(await (await read('/feed.json')).text()).not.toContain(`"id":"${report?.guid}","url"`)
    const list = await (await read('/feeds.opml')).text()
    await givenSource('phong')
    expect(await (await read('/feeds.opml')).text()).not.toBe(list)
    await call('DELETE', '/api/sources/bao')
    expect((await read('/sources/bao/feed.json')).status).toBe(410)
    expect(await (await read('/feeds.opml')).text()).not.toContain('bao')
  })

  it('is let go of by a change of its own, and by no other', async ({ expect }) => {
    await givenSource('bao')
    await givenSource('phong')
    const many = Array.from({ length: 100 }, (_, index) => item(`o${index}`, { tags: ['Y tế'] }))
    await posted(published(many), { source: 'phong' })
    const kept = ['/sources/phong/feed.rss', '/topics/y-te/feed.rss', '/archive/1.rss']
    const gone = ['/feed.rss', '/sources/bao/feed.rss', '/feed.rss?source=bao&source=phong']
    for (const path of [...kept, ...gone]) await read(path)
    await posted(published(item('a')))
    for (const path of kept) expect((await read(path)).headers.get('X-Cache'), path).toBe('HIT')
    for (const path of gone) expect((await read(path)).headers.get('X-Cache'), path).not.toBe('HIT')
    // The same again changes nothing, and lets go of nothing.
    await posted(published(item('a')))
    for (const path of [...kept, ...gone])
      expect((await read(path)).headers.get('X-Cache'), path).toBe('HIT')
  })

  it('that was let go of without need costs a question, and stays the same bytes', async ({
    expect,
  }) => {
    await givenSource()
    await posted(published(item('a', { language: 'fr' })))
    const first = await read('/feed.rss?lang=fr')
    await posted(published(item('b', { language: 'en' })))
    // The feed it draws on has changed, so its validators have.
    expect((await read('/feed.rss?lang=fr')).headers.get('X-Cache')).toBe('MISS')
    expect(await (await read('/feed.rss?lang=fr')).text()).toBe(await first.text())
    invalidateMemory(['feed:'])
    expect((await read('/feed.rss?lang=fr')).headers.get('X-Cache')).toBe('REVALIDATED')
    expect((await read('/feed.rss?lang=fr')).headers.get('X-Cache')).toBe('HIT')
  })

  it('is rendered once for a burst of readers', async ({ expect }) => {
    await givenSource()
    await posted(published(item('a')))
    const one = await callsOfD1(() => read('/feed.atom', gzip))
    forgetAll()
    const burst = await callsOfD1(async () => {
      const answers = await Promise.all(Array.from({ length: 20 }, () => read('/feed.atom', gzip)))
      const texts = await Promise.all(answers.map((each) => each.text()))
      expect(new Set(texts).size).toBe(1)
      const misses = answers.filter((each) => each.headers.get('X-Cache') === 'MISS')
      expect(misses).toHaveLength(1)
    })
    expect(one).toBeGreaterThan(0)
    expect(burst).toBe(one)
  })

  it('asks nothing of the database for a hit, a HEAD or a 304', async ({ expect }) => {
    await givenSource()
    const [report] = await posted(published(item('a', { tags: ['Kinh tế'] })))
    const article = new URL(report?.url ?? '').pathname
    for (const path of [...documents, '/', '/sources/bao', article, '/feed.json?q=tin']) {
      for (const fields of [{}, gzip]) {
        const { headers } = await read(path, fields)
        const holding = { ...fields, 'If-None-Match': headers.get('ETag') ?? '' }
        const calls = await callsOfD1(async () => {
          expect((await read(path, fields)).status).toBe(200)
          expect((await read(path, fields, 'HEAD')).status).toBe(200)
          expect((await read(path, holding)).status).toBe(304)
          expect((await read(path, holding, 'HEAD')).status).toBe(304)
        })
        expect(calls, path).toBe(0)
      }
    }
  })

  it('costs no more for a HEAD than for a GET, and is kept after either', async ({ expect }) => {
    await givenSource()
    await posted(published(item('a', { tags: ['Kinh tế'] })))
    for (const path of documents) {
      const head = await callsOfD1(() => read(path, gzip, 'HEAD'))
      expect((await read(path, gzip)).headers.get('X-Cache'), path).toBe('HIT')
      forgetAll()
      expect(await callsOfD1(() => read(path, gzip))).toBe(head)
    }
  })

  it('is compressed as the reader itself asked, whatever Cloudflare made of that', async ({
    expect,
  }) => {
    await givenSource()
    for (const [sent, coding] of [
      ['', null],
      ['identity', null],
      ['br', null],
      ['br, gzip', 'gzip'],
    ] as const) {
      const cf = { clientAcceptEncoding: sent } as IncomingRequestCfProperties
      const headers = { 'Accept-Encoding': 'gzip, br' }
      const request = new Request(`${origin}/feed.rss`, { cf, headers })
      const context = createExecutionContext()
      const response = await worker.fetch(request, env, context)
      expect(response.headers.get('Content-Encoding'), sent).toBe(coding)
      await waitOnExecutionContext(context)
    }
  })

  it('that cannot be had is asked for once, however it is told', async ({ expect }) => {
    await givenSource()
    const path = '/articles/00000000-0000-5000-8000-000000000000'
    const program = await callsOfD1(() => read(path, { Accept: '*/*' }))
    expect(program).toBe(await callsOfD1(() => app.request(`${origin}${path}`, {}, env)))
    const [report] = await posted(published(item('a')))
    await posted(retracted('a'))
    const gone = new URL(report?.url ?? '').pathname
    const person = await callsOfD1(() => read(gone, { Accept: 'text/html' }))
    expect(person).toBe(await callsOfD1(() => app.request(`${origin}${gone}`, {}, env)))
  })
})

/** How often the database is called, by whichever entrypoint. */
async function callsOfD1(work: () => Response | Promise<unknown>): Promise<number> {
  type Prototype = Record<'all' | 'run' | 'first' | 'raw', () => unknown>
  const statement = Object.getPrototypeOf(env.DB.prepare('SELECT 1')) as Prototype
  const database = Object.getPrototypeOf(env.DB) as Record<'batch', () => unknown>
  const spies = [
    vi.spyOn(statement, 'all'),
    vi.spyOn(statement, 'run'),
    vi.spyOn(statement, 'first'),
    vi.spyOn(statement, 'raw'),
    vi.spyOn(database, 'batch'),
  ]
  try {
    await work()
    return spies.reduce((sum, spy) => sum + spy.mock.calls.length, 0)
  } finally {
    for (const spy of spies) spy.mockRestore()
  }
}

it('what is taken back is thrown away at the edge, all else is asked for again', async ({
  expect,
}) => {
  using invalidated = vi.spyOn(Feeds.prototype, 'invalidate')
  const withdrawnBy = async (write: () => Promise<unknown>) => {
    invalidated.mockClear()
    await write()
    const changes = invalidated.mock.calls.map(([change]) => change)
    return changes.filter((change) => change.isWithdrawal).flatMap((change) => change.tags)
  }
  await givenSource()
  const soon = new Date(Date.now() + 3600_000).toISOString()
  const items = [item('a', { tags: ['Y tế'] }), item('b', { _loa: { expires: soon } }), item('c')]
  expect(await withdrawnBy(() => posted(published(items)))).toEqual([])
  const corrected = item('a', { title: 'Tin sửa', date_modified: '2026-11-21T00:00:00Z' })
  expect(await withdrawnBy(() => posted(published(corrected)))).toEqual([])
  const all = ['feed:', 'feed:/sources/bao']
  expect(await withdrawnBy(() => posted(retracted('a')))).toEqual(expect.arrayContaining(all))
  expect(await withdrawnBy(() => upkeepIn(7200))).toEqual(expect.arrayContaining(all))
  expect(await withdrawnBy(() => upkeepIn(7260))).toEqual([])
  const over = { date_modified: '2026-11-21T00:00:00Z', _loa: { expires: '2026-11-21T00:00:00Z' } }
  const expired = await withdrawnBy(() => posted(published(item('c', over))))
  expect(expired).toEqual(expect.arrayContaining(all))
  await posted(published(item('d')))
  const removal = await withdrawnBy(() => call('DELETE', '/api/sources/bao'))
  expect(removal).toEqual(expect.arrayContaining(all))
})

describe('nothing but the address, and whether gzip is taken, changes what is kept', () => {
  const poison = {
    'X-Forwarded-Host': 'evil.example',
    'X-Forwarded-Proto': 'http',
    'X-Forwarded-Scheme': 'nothttps',
    'X-Original-URL': '/sources/phong/feed.rss',
    'X-Rewrite-URL': '/sources/phong/feed.rss',
    'X-HTTP-Method-Override': 'POST',
    'X-Host': 'evil.example',
    Forwarded: 'for=1.2.3.4;host=evil.example',
    Range: 'bytes=0-10',
    Accept: 'text/html',
    'Accept-Language': 'vi',
    'If-None-Match': '"x"',
    'If-Modified-Since': 'Thu, 01 Jan 2099 00:00:00 GMT',
    Cookie: 'session=1',
    Origin: 'https://evil.example',
    'A-IM': 'feed',
    'CF-Connecting-IP': '1.2.3.4',
  }

  it('headers do not', async ({ expect }) => {
    await givenSource()
    await posted(published(item('a')))
    const clean = await (await read('/feed.rss')).text()
    for (const [name, value] of Object.entries(poison)) {
      forgetAll()
      await read('/feed.rss', { [name]: value })
      const response = await read('/feed.rss')
      expect(response.status, name).toBe(200)
      expect(await response.text(), name).toBe(clean)
      expect(response.headers.get('Access-Control-Allow-Origin')).toBe('*')
    }
  })

  it('other spellings of an address have its one answer, and its own self', async ({ expect }) => {
    await givenSource()
    await posted(published(item('a', { tags: ['Kinh tế'] })))
    const spellings = [
      '/feed.json?topic=kinh-te&source=bao',
      '/feed.json?SOURCE=x&source=bao&topic=kinh-te&_method=DELETE',
      '/sources/bao/feed.json?topic=Kinh-Te&utm_source=evil',
      '/sources/%62ao/topics/kinh%2dte/feed.json',
    ]
    const clean = await (await read('/sources/bao/topics/kinh-te/feed.json')).text()
    for (const path of spellings) {
      const response = await read(path)
      expect(response.headers.get('X-Cache'), path).toBe('HIT')
      expect(await response.text(), path).toBe(clean)
    }
    const pages = [
      ['/sources/bao?hl=vi', '/sources/%62ao?utm_source=x&hl=vi', '/sources/b%61o?hl=vi&hl=fr'],
      ['/embed?items=7', '/embed?items=007&theme=junk', '/embed?theme=&items=7&x=y'],
      ['/embed?items=20', '/embed?items=21', '/embed?items=9999'],
      ['/embed', '/embed?items=many', '/embed?items=12345&theme=DARK'],
    ]
    for (const [page = '', ...others] of pages) {
      const first = await (await read(page)).text()
      for (const path of others) {
        const response = await read(path)
        expect(response.headers.get('X-Cache'), path).toBe('HIT')
        expect(await response.text(), path).toBe(first)
      }
    }
    for (const path of ['/sources%2Fbao/feed.json', '/sources/bao%2Ffeed.json', '/feed.json%3Fx'])
      expect((await read(path)).status, path).toBe(404)
  })

  it('a body does not, nor another method', async ({ expect }) => {
    await givenSource()
    await posted(published(item('a')))
    const clean = await (await read('/feed.rss')).text()
    forgetAll()
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
      const response = await exports.default.fetch(`${origin}/feed.rss`, { method, body: 'x=1' })
      expect(response.status).toBe(405)
    }
    const response = await read('/feed.rss')
    expect([response.headers.get('X-Cache'), await response.text()]).toEqual(['MISS', clean])
  })

  it('what a token may see is never kept', async ({ expect }) => {
    await givenSource()
    const authorized = { Authorization: `Bearer ${env.OPERATOR_TOKEN}` }
    for (const path of ['/feed.rss', '/api/sources', '/api/sources/bao/secret']) {
      const response = await read(path, authorized)
      expect(response.status, path).toBe(200)
      expect(response.headers.get('X-Cache'), path).toBeNull()
      if (path !== '/feed.rss') {
        expect(response.headers.get('Cache-Control')).toBe('no-store')
        expect((await read(path)).status).toBe(401)
      }
    }
    expect((await read('/feed.rss')).headers.get('X-Cache')).toBe('MISS')
  })

  it('two hosts of one deployment never give each other’s addresses', async ({ expect }) => {
    await givenSource()
    const ours = await (await read('/feed.rss')).text()
    const other = await exports.default.fetch('https://khac.example/feed.rss')
    const theirs = await other.text()
    expect(theirs).toContain('https://khac.example/feed.rss')
    expect(theirs).not.toContain(origin)
    expect(await (await read('/feed.rss')).text()).toBe(ours)
  })
})

it(
  'memory stays bounded, however many feeds are asked for',
  { timeout: 60_000 },
  async ({ expect }) => {
    await givenSource()
    await posted(published(item('a', { content_html: `<p>${'chữ '.repeat(100_000)}</p>` })))
    for (let index = 1; index <= 100; index++) {
      const response = await read(`/feed.json?q=chu&limit=${index}`)
      await response.arrayBuffer()
      expect(keptBytes()).toBeLessThan(32_000_001)
    }
    expect(keptBytes()).toBeGreaterThan(10_000_000)
    expect((await read('/feed.json?q=chu&limit=100')).headers.get('X-Cache')).toBe('HIT')
    for (let index = 0; index < 50; index++) await read(`/sources/nobody-${index}/feed.rss`)
    expect((await read('/feed.json?q=chu&limit=100')).headers.get('X-Cache')).toBe('HIT')
  }
)

describe('a page at the edge', () => {
  it('is kept for each language apart, whatever else the reader says', async ({ expect }) => {
    await givenSource()
    const [report] = await posted(published(item('a', { tags: ['Kinh tế'] })))
    const article = new URL(report?.url ?? '').pathname
    const paths = ['/', '/sources/bao', '/topics/kinh-te/embed?items=3', '/search?q=tin', article]
    for (const path of paths) {
      const vietnamese = await read(path, { 'Accept-Language': 'vi-VN,vi;q=0.9,fr;q=0.8' })
      expect(vietnamese.headers.get('Content-Language'), path).toBe('vi')
      expect(vietnamese.headers.get('Vary')).toMatch(/Accept-Language.*Accept-Encoding/)
      const english = await read(path, { 'Accept-Language': 'en' })
      expect(english.headers.get('Content-Language'), path).toBe('en')
      const again = await read(path, {
        'Accept-Language': 'vi',
        'X-Forwarded-Host': 'evil.example',
      })
      expect(again.headers.get('X-Cache'), path).toBe('HIT')
      expect(await again.text()).toBe(await vietnamese.text())
      const joined = path.includes('?') ? '&' : '?'
      const chosen = await read(`${path}${joined}utm_source=x&hl=vi`, { 'Accept-Language': 'en' })
      expect(chosen.headers.get('Content-Language'), path).toBe('vi')
      expect(chosen.headers.get('Vary')).toBe('Accept-Encoding')
      const same = await read(`${path}${joined}hl=vi&fbclid=y`)
      expect(same.headers.get('X-Cache'), path).toBe('HIT')
      const held = { 'If-None-Match': english.headers.get('ETag') ?? '', 'Accept-Language': 'en' }
      expect((await read(path, held)).status).toBe(304)
    }
  })

  it('is new in the very next answer after a change of what it says', async ({ expect }) => {
    await givenSource()
    const [report] = await posted(published(item('a', { tags: ['Kinh tế'] })))
    const article = new URL(report?.url ?? '').pathname
    const paths = ['/', '/sources/bao', '/topics/kinh-te', '/embed', '/search?q=tin', article]
    for (const path of paths) await read(path)
    await posted(
      published(
        item('a', { tags: ['Kinh tế'], title: 'Tin đã sửa', date_modified: '2026-11-21T00:00:00Z' })
      )
    )
    for (const path of paths) expect(await (await read(path)).text(), path).toContain('Tin đã sửa')
    await posted(retracted('a'))
    expect((await read(article)).status).toBe(410)
    for (const path of paths.slice(0, -1))
      expect(await (await read(path)).text(), path).not.toContain('Tin đã sửa')
  })
})

it('a correction of an article of long ago reaches whatever lists articles of any age', async ({
  expect,
}) => {
  await givenSource()
  const items = Array.from({ length: 120 }, (_, index) =>
    item(`n${index}`, { date_published: new Date(Date.UTC(2026, 0, 1, 0, index)).toISOString() })
  )
  await posted(published(items.slice(0, 100)))
  await posted(published(items.slice(100)))
  const paths = ['/feed.json?q=n3', '/feed.rss?limit=100&source=bao&lang=vi', '/search?q=n3']
  const before = await Promise.all(paths.map((path) => read(path)))
  const current = await read('/feed.json')
  await posted(
    published({ ...items[30], title: 'Tin n3 đã sửa', date_modified: '2026-11-21T00:00:00Z' })
  )
  for (const [index, path] of paths.entries()) {
    const etag = before[index]?.headers.get('ETag') ?? ''
    expect((await read(path, { 'If-None-Match': etag })).status, path).toBe(200)
  }
  expect(await (await read('/feed.json?q=%22tin+n3%22')).text()).toContain('Tin n3 đã sửa')
  // The subscription document does not list it, and stays.
  expect((await read('/feed.json')).headers.get('ETag')).toBe(current.headers.get('ETag'))
})
