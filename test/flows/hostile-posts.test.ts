// Accepted senders, hostile bodies: each within its bounds, none a 500, nothing half stored.

import { env } from 'cloudflare:workers'
import { describe, it } from 'vitest'

import {
  call,
  foundIn,
  get,
  givenSource,
  item,
  jsonFeed,
  post,
  posted,
  published,
  signedPost,
  snapshot,
} from '../support/given.ts'
import { requestWith } from '../support/watched-db.ts'

describe('a body that is small and would grow', () => {
  it('by marks upon marks is cut to what letters carry', async ({ expect }) => {
    await givenSource()
    const marks = 'a' + '\u0301\u0316'.repeat(50_000)
    const [report] = await posted(
      published(
        item('a', {
          content_html: `<p>${marks}</p>`,
          title: marks.slice(0, 15_000),
          tags: [marks.slice(0, 1000)],
        })
      )
    )
    expect(report?.outcome).toBe('created')
    const [entry] = (await jsonFeed('')).items
    expect(entry?.content_html.length).toBeLessThan(100)
  })

  it('by formatting that is opened again in every block is refused', async ({ expect }) => {
    await givenSource()
    const formatting = Array.from({ length: 200 }, (_, index) => `<b dir=${index}>`).join('')
    const html = `<p>${formatting}</p>${'<p>x</p>'.repeat(250)}`
    expect((await post(published(item('a', { content_html: html })))).status).toBe(422)
  })

  it('by relative addresses of a long base is refused', async ({ expect }) => {
    await givenSource()
    const url = `https://bao.example/${'x'.repeat(1900)}/`
    const html = '<a href=a>a</a>'.repeat(20_000)
    expect((await post(published(item('a', { url, content_html: html })))).status).toBe(422)
  })

  it('by entities, over many articles, is refused at 16 MiB', async ({ expect }) => {
    await givenSource()
    const items = Array.from({ length: 30 }, (_, index) =>
      item(`a${index}`, { content_html: '&'.repeat(200_000) })
    )
    const response = await post(published(items))
    expect(response.status).toBe(413)
    expect((await jsonFeed('')).items).toEqual([])
  })
})

describe('a document', () => {
  it('stays under 1 MiB though everything in it must be escaped', async ({ expect }) => {
    await givenSource()
    const many = { title: '&'.repeat(19_000), summary: '<'.repeat(19_000) }
    await posted(published(Array.from({ length: 50 }, (_, index) => item(`a${index}`, many))))
    for (const { text } of await snapshot('')) {
      expect(new TextEncoder().encode(text).length).toBeLessThan(1024 * 1024)
    }
  })
})

it('a document stays under 1 MiB though its articles have been corrected over and over', async ({
  expect,
}) => {
  await givenSource('bao', { append_corrections: true })
  const dates = Array.from({ length: 20 }, (_, index) =>
    new Date(Date.UTC(2026, 10, 1, index)).toISOString()
  )
  for (const [index, date_modified] of dates.entries()) {
    const correction = `Đính chính ${index} ${'<'.repeat(4900)}`
    await posted(
      published(
        Array.from({ length: 12 }, (_, at) =>
          item(`a${at}`, { title: `Bản ${index}`, date_modified, _loa: { correction } })
        )
      )
    )
  }
  for (const { text } of await snapshot('/sources/bao')) {
    expect(new TextEncoder().encode(text).length).toBeLessThan(1024 * 1024)
  }
})

describe('the answer', () => {
  it('lists no more findings than anybody reads, and says how many there are besides', async ({
    expect,
  }) => {
    await givenSource()
    const tags = Array.from({ length: 50 }, () => '!!!')
    const authors = Array.from({ length: 50 }, () => ({ name: '\u0001' }))
    const [report] = await posted(published(item('a', { tags, authors })))
    expect(report?.findings).toHaveLength(41)
    expect(foundIn(report, 'findings-more')?.message).toMatch(/\d+ findings/)
  })

  it('does not repeat what a publisher made long', async ({ expect }) => {
    await givenSource()
    const name = 'x'.repeat(900_000)
    const response = await post(published(item('a', { content_html: `<p ${name}="1">Chữ</p>` })))
    expect(response.status).toBe(201)
    expect((await response.text()).length).toBeLessThan(5000)
  })

  it('with too much to say is kept for repeats without its findings', async ({ expect }) => {
    await givenSource()
    const items = Array.from({ length: 300 }, (_, index) =>
      item(`a${index}`, { tags: Array(50).fill('!!!') })
    )
    const document = { version: 'https://jsonfeed.org/version/1.1', items }
    const first = await posted(document, { id: 'msg_1' })
    expect(first[0]?.findings.length).toBeGreaterThan(40)
    const again = await post(document, { id: 'msg_1' })
    expect(again.status).toBe(200)
    const answer = await again.json<{
      articles: { outcome: string; findings: unknown[] }[]
      findings: { code: string }[]
    }>()
    expect(answer.articles.map((article) => article.outcome)).toEqual(Array(300).fill('created'))
    expect(answer.findings.map((found) => found.code)).toEqual(['findings-forgotten'])
  })
})

it(
  'a JSON Feed document of 1,000 items with long ids, addresses and tags is stored whole',
  { timeout: 60_000 },
  async ({ expect }) => {
    await givenSource()
    const items = Array.from({ length: 1000 }, (_item, index) => ({
      ...item(`https://bao.example/${index}/${'i'.repeat(450)}`),
      url: `https://bao.example/${index}/${'u'.repeat(1800)}`,
      tags: Array.from({ length: 20 }, (_tag, tag) => `Thẻ ${index % 50} ${tag} ${'t'.repeat(80)}`),
    }))
    const response = await post({ version: 'https://jsonfeed.org/version/1.1', items })
    expect(response.status).toBe(200)
    const counts = await env.DB.prepare(
      'SELECT (SELECT count(*) FROM articles) AS articles, (SELECT count(*) FROM feed_articles) AS places'
    ).first()
    expect(counts).toEqual({ articles: 1000, places: 1000 * (2 + 2 * 20) })
  }
)

it('a post that is under way when its source is removed does not bring the source back', async ({
  expect,
}) => {
  await givenSource()
  await posted(published(item('old')))
  const signed = await signedPost(published(item('new')))
  // After the signature was checked, and before anything is stored.
  const POST_LIMIT = {
    limit: async () => {
      await call('DELETE', '/api/sources/bao')
      return { success: true }
    },
  }
  const response = await requestWith({ POST_LIMIT }, '/sources/bao/webhook', signed)
  expect(response.status).toBe(401)
  expect((await get('/sources/bao/feed.rss')).status).toBe(410)
  expect((await jsonFeed('')).items).toEqual([])
})

it('a source that left takes what was expired and what was waiting with it', async ({ expect }) => {
  await givenSource()
  await posted(
    published([
      item('waiting', { date_published: '2099-01-01T00:00:00Z' }),
      item('over', { _loa: { expires: '2026-01-01T00:00:00Z' } }),
    ])
  )
  await call('DELETE', '/api/sources/bao')
  await givenSource()
  const reports = await posted(published([item('waiting'), item('over')]))
  expect(reports.map((report) => report.outcome)).toEqual(['retracted', 'retracted'])
})

it('the tag of an article that waits for its date is nowhere to be seen', async ({ expect }) => {
  await givenSource()
  const tag = 'Giám đốc từ chức'
  await posted(published(item('a', { date_published: '2099-01-01T00:00:00Z', tags: [tag] })))
  expect(await (await get('/')).text()).not.toContain(tag)
  expect((await get('/topics/giam-doc-tu-chuc')).status).toBe(404)
  expect((await get('/topics/giam-doc-tu-chuc/feed.rss')).status).toBe(404)
})

it('a second retraction without a note leaves the note of the first', async ({ expect }) => {
  await givenSource()
  const [report] = await posted(published(item('a')))
  const page = new URL(report?.url ?? '').pathname
  await posted({
    type: 'article.retracted',
    timestamp: '2026-11-21T00:00:00Z',
    data: { id: 'a', _loa: { note: 'Sai nguồn' } },
  })
  await posted({ type: 'article.retracted', timestamp: '2026-11-22T00:00:00Z', data: { id: 'a' } })
  expect(await (await get(page)).text()).toContain('Sai nguồn')
})

it('posting the same article again after the operator named an alias changes nothing', async ({
  expect,
}) => {
  await givenSource()
  await posted(published(item('a', { tags: ['Kinh tế'] })))
  const before = await snapshot('')
  await call('PUT', '/api/topics/thi-truong', { title: 'Thị trường', aliases: ['Thương mại'] })
  const [report] = await posted(published(item('a', { tags: ['Kinh tế'] })))
  expect(report?.outcome).toBe('unchanged')
  expect(await snapshot('')).toEqual(before)
})

it('a dry run that is refused is not held against its source', async ({ expect }) => {
  await givenSource()
  expect((await post(published(item('a', { title: '' })), { query: '?dry-run' })).status).toBe(422)
  const { items } = await (await call('GET', '/api/sources/bao/posts')).json<{ items: unknown[] }>()
  expect(items).toEqual([])
})

it('twelve posts of one article at once all arrive', async ({ expect }) => {
  await givenSource()
  const responses = await Promise.all(
    Array.from({ length: 12 }, (_, index) =>
      post(
        published(
          item('a', {
            title: `Bản ${index}`,
            date_modified: new Date(Date.UTC(2026, 10, 20, index)).toISOString(),
          })
        )
      )
    )
  )
  expect(responses.filter((response) => response.status >= 300)).toEqual([])
  expect((await jsonFeed('')).items.map((entry) => entry.title)).toEqual(['Bản 11'])
})

it('one source that cannot be moved on does not hold up the others', async ({ expect }) => {
  const { moveDueArticles } = await import('../../src/ingest/due.ts')
  const { forgetAll } = await import('../../src/feeds/memory.ts')
  await givenSource('bao')
  await givenSource('phong')
  const date = new Date(Date.now() + 3_600_000).toISOString()
  await posted(published(item('a', { date_published: date })))
  await posted(published(item('b', { date_published: date })), { source: 'phong' })
  await env.DB.prepare(
    "CREATE TRIGGER crash BEFORE UPDATE ON articles WHEN new.external_id = 'a' BEGIN SELECT RAISE(ABORT, 'crash'); END"
  ).run()
  expect((await moveDueArticles(env.DB, Math.floor(Date.now() / 1000) + 7200)).count).toBe(1)
  expect((await jsonFeed('')).items.map((entry) => entry.title)).toEqual(['Tin b'])
  await env.DB.prepare('DROP TRIGGER crash').run()
  expect((await moveDueArticles(env.DB, Math.floor(Date.now() / 1000) + 7200)).count).toBe(1)
  forgetAll()
  expect((await jsonFeed('')).items).toHaveLength(2)
})
