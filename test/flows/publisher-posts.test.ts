import { env } from 'cloudflare:workers'
import { describe, it } from 'vitest'

import {
  call,
  foundIn,
  get,
  givenSource,
  item,
  jsonFeed,
  origin,
  post,
  posted,
  published,
  retracted,
  snapshot,
} from '../support/given.ts'

const everyPath = ['', '/sources/bao', '/topics/kinh-te', '/sources/bao/topics/kinh-te']

describe('a posted article', () => {
  it('is answered 201 with its page as Location, and stands in every feed it belongs to', async ({
    expect,
  }) => {
    await givenSource()
    const response = await post(published(item('bai-1', { tags: ['Kinh tế'] })))
    expect(response.status).toBe(201)
    const { articles } = await response.json<{ articles: Record<string, unknown>[] }>()
    expect(articles).toHaveLength(1)
    expect(articles[0]).toMatchObject({ id: 'bai-1', outcome: 'created' })
    expect(response.headers.get('Location')).toBe(articles[0]?.['url'])
    expect(response.headers.get('Cache-Control')).toBe('no-store')
    for (const path of everyPath) {
      const feed = await jsonFeed(path)
      expect(
        feed.items.map((entry) => entry.id),
        path
      ).toEqual([articles[0]?.['guid']])
    }
    expect((await get(String(response.headers.get('Location')).slice(origin.length))).status).toBe(
      200
    )
  })

  it('has the same id in all three formats', async ({ expect }) => {
    await givenSource()
    const [report] = await posted(published(item('bai-1')))
    expect(report?.guid).toMatch(
      /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
    )
    const [rss, atom, json] = await snapshot('')
    expect(rss?.text).toContain(`<guid isPermaLink="false">${report?.guid}</guid>`)
    expect(atom?.text).toContain(`<id>${report?.guid}</id>`)
    expect(json?.text).toContain(`"id":"${report?.guid}"`)
  })

  it('keeps the publisher’s id as guid when that is an absolute IRI', async ({ expect }) => {
    await givenSource()
    const ids = [
      'tag:bao.example,2026:bai/1',
      'https://bao.example/bai-2',
      'urn:isbn:9780141036144',
    ]
    for (const id of ids) {
      const [report] = await posted(published(item(id)))
      expect(report?.guid).toBe(id)
    }
    for (const id of ['bai:143218', '/bai/2', 'bài 3']) {
      const [report] = await posted(published(item(id)))
      expect(report?.guid, id).toMatch(/^urn:uuid:/)
    }
  })

  it('never shares its guid with an article of another source, whoever claims the same id', async ({
    expect,
  }) => {
    await givenSource('bao')
    await givenSource('phong')
    const id = 'https://bao.example/bai-1'
    const [first] = await posted(published(item(id)))
    const [second] = await posted(published(item(id)), { source: 'phong' })
    expect(first?.guid).toBe(id)
    expect(second?.guid).toMatch(/^urn:uuid:/)
    expect(foundIn(second, 'guid-taken')).toMatchObject({ level: 'warning', pointer: '/data/id' })
    const ids = (await jsonFeed('')).items.map((entry) => entry.id)
    expect(new Set(ids).size).toBe(2)
  })

  it('keeps its guid through changes of title, address, host and date', async ({ expect }) => {
    await givenSource()
    const [before] = await posted(published(item('bai-1')))
    const [after] = await posted(
      published(
        item('bai-1', {
          title: 'Tên khác',
          url: 'https://moi.example/x',
          date_published: '2026-11-21T00:00:00Z',
          date_modified: '2026-11-21T08:00:00+07:00',
        })
      )
    )
    expect(after).toMatchObject({ outcome: 'updated', guid: before?.guid, url: before?.url })
    expect((await jsonFeed('')).items).toHaveLength(1)
  })
})

describe('posting again', () => {
  it('changes no byte and no validator of any feed', async ({ expect }) => {
    await givenSource()
    const event = published(
      item('bai-1', { tags: ['Kinh tế'], date_modified: '2026-11-20T09:00:00+07:00' })
    )
    await posted(event)
    const before = await Promise.all(everyPath.map(snapshot))
    const response = await post(event)
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({ articles: [{ outcome: 'unchanged' }] })
    expect(await Promise.all(everyPath.map(snapshot))).toEqual(before)
  })

  it('changes nothing when only spelling of the same text differs: NFD, key order, white space', async ({
    expect,
  }) => {
    await givenSource()
    await posted(published(item('bai-1', { title: 'Đảng bộ', tags: ['Kinh tế'] })))
    const before = await snapshot('')
    const reordered = Object.fromEntries(Object.entries(item('bai-1')).toReversed())
    const [report] = await posted(
      published({
        ...reordered,
        title: '  Đảng   bộ '.normalize('NFD'),
        tags: ['Kinh tế'.normalize('NFD')],
      })
    )
    expect(report?.outcome).toBe('unchanged')
    expect(await snapshot('')).toEqual(before)
  })

  it('with a later date_modified alone moves no date', async ({ expect }) => {
    await givenSource()
    await posted(published(item('bai-1')))
    const before = await snapshot('')
    const [report] = await posted(
      published(item('bai-1', { date_modified: '2026-11-21T09:00:00Z' }))
    )
    expect(report?.outcome).toBe('unchanged')
    expect(await snapshot('')).toEqual(before)
  })

  it('with the same webhook-id gives the same answer with 200, though the body says something else', async ({
    expect,
  }) => {
    await givenSource()
    const first = await post(published(item('bai-1')), { id: 'msg_same' })
    const answer = await first.json<{ articles: unknown[] }>()
    const again = await post(published(item('bai-1')), { id: 'msg_same' })
    expect(again.status).toBe(200)
    expect(await again.json()).toEqual(answer)
    const other = await post(published(item('bai-1', { title: 'Khác' })), { id: 'msg_same' })
    expect(other.status).toBe(200)
    const told = await other.json<{ articles: unknown[]; findings: { message: string }[] }>()
    expect(told.articles).toEqual(answer.articles)
    expect(told.findings[0]?.message).toContain('webhook-id')
    expect((await jsonFeed('')).items[0]?.title).toBe('Tin bai-1')
  })

  it('with the webhook-id of another source is a post of its own', async ({ expect }) => {
    await givenSource('bao')
    await givenSource('phong')
    await posted(published(item('bai-1')), { id: 'msg_same' })
    const [report] = await posted(published(item('bai-2')), { id: 'msg_same', source: 'phong' })
    expect(report?.outcome).toBe('created')
  })
})

describe('a correction', () => {
  it('moves the feeds the article is in, those it left and those it joins, and no other', async ({
    expect,
  }) => {
    await givenSource('bao')
    await givenSource('phong')
    await posted(published(item('bai-1', { tags: ['Kinh tế', 'Đô thị'] })))
    await posted(published(item('bai-2', { tags: ['Y tế', 'Giáo dục'] })))
    await posted(published(item('tin-1', { tags: ['Kinh tế', 'Y tế'] })), { source: 'phong' })
    const paths = {
      moved: [
        '',
        '/sources/bao',
        '/topics/kinh-te',
        '/sources/bao/topics/kinh-te',
        '/topics/do-thi',
        '/sources/bao/topics/do-thi',
        '/topics/giao-duc',
        '/sources/bao/topics/giao-duc',
      ],
      still: [
        '/topics/y-te',
        '/sources/bao/topics/y-te',
        '/sources/phong',
        '/sources/phong/topics/kinh-te',
        '/sources/phong/topics/y-te',
      ],
    }
    const moved = await Promise.all(paths.moved.map(snapshot))
    const still = await Promise.all(paths.still.map(snapshot))
    const [report] = await posted(
      published(
        item('bai-1', {
          title: 'Đã sửa',
          tags: ['Kinh tế', 'Giáo dục'],
          date_modified: '2026-11-21T00:00:00Z',
        })
      )
    )
    expect(report?.outcome).toBe('updated')
    expect(await Promise.all(paths.still.map(snapshot))).toEqual(still)
    const after = await Promise.all(paths.moved.map(snapshot))
    for (const [index, path] of paths.moved.entries()) {
      const formats = after[index] ?? []
      for (const [at, document] of formats.entries()) {
        expect(document.text, path).not.toBe(moved[index]?.[at]?.text)
        expect(document.validators[0], path).not.toBe(moved[index]?.[at]?.validators[0])
      }
    }
    expect((await jsonFeed('/topics/do-thi')).items).toEqual([])
    expect((await jsonFeed('/topics/giao-duc')).items.map((entry) => entry.title)).toContain(
      'Đã sửa'
    )
    expect((await jsonFeed('/topics/kinh-te')).items.map((entry) => entry.title)).toContain(
      'Đã sửa'
    )
  })

  it('moves updated and leaves published', async ({ expect }) => {
    await givenSource()
    await posted(published(item('bai-1')))
    await posted(
      published(item('bai-1', { title: 'Đã sửa', date_modified: '2026-11-21T10:00:00+07:00' }))
    )
    const [entry] = (await jsonFeed('')).items
    expect(entry?.['date_published']).toBe('2026-11-20T08:00:00+07:00')
    expect(entry?.['date_modified']).toBe('2026-11-21T10:00:00+07:00')
  })

  it('that moves the date of publication moves the article’s place', async ({ expect }) => {
    await givenSource()
    await posted(published([item('a'), item('b', { date_published: '2026-11-19T08:00:00+07:00' })]))
    await posted(published(item('b', { date_published: '2026-11-21T08:00:00+07:00' })))
    expect((await jsonFeed('/sources/bao')).items.map((entry) => entry.title)).toEqual([
      'Tin b',
      'Tin a',
    ])
  })
})

describe('what arrives late', () => {
  it('does not overwrite a newer revision', async ({ expect }) => {
    await givenSource()
    await posted(published(item('bai-1', { title: 'Mới', date_modified: '2026-11-21T10:00:00Z' })))
    const before = await snapshot('')
    const [report] = await posted(
      published(item('bai-1', { title: 'Cũ', date_modified: '2026-11-21T09:00:00Z' }))
    )
    expect(report?.outcome).toBe('stale')
    expect(foundIn(report, 'stale')?.message).toContain('2026-11-21T10:00:00Z')
    expect(await snapshot('')).toEqual(before)
  })

  it('does not bring a retracted article back, but a later date_modified does', async ({
    expect,
  }) => {
    await givenSource()
    await posted(published(item('bai-1', { tags: ['Kinh tế'] })))
    await posted(retracted('bai-1', { timestamp: '2026-11-21T09:00:00Z' }))
    const before = await snapshot('')
    for (const fields of [
      {},
      { title: 'Khác' },
      { title: 'Khác', date_modified: '2026-11-21T09:00:00Z' },
    ]) {
      const [report] = await posted(published(item('bai-1', fields)))
      expect(report?.outcome).toBe('retracted')
      expect(foundIn(report, 'retracted-before')?.message).toContain('date_modified')
    }
    expect(await snapshot('')).toEqual(before)
    const [back] = await posted(
      published(item('bai-1', { tags: ['Kinh tế'], date_modified: '2026-11-21T09:00:01Z' }))
    )
    expect(back?.outcome).toBe('updated')
    for (const path of everyPath) expect((await jsonFeed(path)).items, path).toHaveLength(1)
  })

  it('finds that an article was retracted before it was ever seen', async ({ expect }) => {
    await givenSource()
    const [early] = await posted(retracted('bai-1', { timestamp: '2026-11-21T09:00:00Z' }))
    expect(early?.outcome).toBe('retracted')
    const [late] = await posted(published(item('bai-1', { date_modified: '2026-11-21T08:00:00Z' })))
    expect(late?.outcome).toBe('retracted')
    expect((await jsonFeed('')).items).toEqual([])
  })
})

describe('a retraction', () => {
  it('takes the article out of every feed, and answers 410 at its page with the note', async ({
    expect,
  }) => {
    await givenSource()
    const [report] = await posted(published(item('bai-1', { tags: ['Kinh tế'] })))
    const etags = await Promise.all(
      everyPath.map(async (path) => (await snapshot(path)).map((one) => one.validators[0]))
    )
    const data = { id: 'bai-1', _loa: { note: 'Thông tin sai <b>số liệu</b>' } }
    const [answer] = await posted({ type: 'article.retracted', data })
    expect(answer).toMatchObject({ outcome: 'retracted', guid: report?.guid, url: report?.url })
    for (const [index, path] of everyPath.entries()) {
      const documents = await snapshot(path)
      for (const [at, document] of documents.entries()) {
        expect(document.text).not.toContain('Tin bai-1')
        expect(document.validators[0]).not.toBe(etags[index]?.[at])
      }
    }
    const page = await get(report?.url.slice(origin.length) ?? '')
    expect(page.status).toBe(410)
    const html = await page.text()
    expect(html).toContain('Thông tin sai &lt;b&gt;số liệu&lt;/b&gt;')
    expect(html).not.toContain('Nội dung của bai-1')
  })

  it('sent twice changes nothing the second time', async ({ expect }) => {
    await givenSource()
    await posted(published(item('bai-1')))
    const event = retracted('bai-1', { timestamp: '2026-11-21T09:00:00Z' })
    await posted(event)
    const before = await snapshot('')
    expect((await posted(event))[0]?.outcome).toBe('retracted')
    expect(await snapshot('')).toEqual(before)
  })
})

describe('a post of several articles', () => {
  it('takes an array of up to 100, in one transaction, and answers for each in order', async ({
    expect,
  }) => {
    await givenSource()
    const revisionOfAll = async () =>
      (await env.DB.prepare("SELECT revision FROM feeds WHERE path = ''").first<number>(
        'revision'
      )) ?? 0
    const before = await revisionOfAll()
    const items = Array.from({ length: 100 }, (_, index) =>
      item(`bai-${index}`, { tags: [`Chủ đề ${index % 7}`] })
    )
    const response = await post(published(items))
    expect(response.status).toBe(200)
    const { articles } = await response.json<{ articles: { id: string; outcome: string }[] }>()
    expect(articles.map((article) => article.id)).toEqual(items.map((each) => each.id))
    expect(new Set(articles.map((article) => article.outcome))).toEqual(new Set(['created']))
    expect(await revisionOfAll()).toBe(before + 1)
  })

  it('is refused whole with 101 articles, or when one of them is invalid', async ({ expect }) => {
    await givenSource()
    const before = await snapshot('')
    const many = Array.from({ length: 101 }, (_, index) => item(`bai-${index}`))
    expect((await post(published(many))).status).toBe(422)
    const response = await post(published([item('bai-1'), item('bai-2', { title: '' })]))
    expect(response.status).toBe(422)
    const problem = await response.json<{ errors: { pointer: string }[] }>()
    expect(problem.errors[0]?.pointer).toBe('/data/1/title')
    expect(await snapshot('')).toEqual(before)
  })

  it('is answered 201 when exactly one article of it was created', async ({ expect }) => {
    await givenSource()
    await posted(published(item('bai-1')))
    const response = await post(published([item('bai-1'), item('bai-2')]))
    expect(response.status).toBe(201)
    const { articles } = await response.json<{ articles: { url: string; outcome: string }[] }>()
    expect(articles.map((article) => article.outcome)).toEqual(['unchanged', 'created'])
    expect(response.headers.get('Location')).toBe(articles[1]?.url)
  })

  it('naming one article twice leaves it as the second says', async ({ expect }) => {
    await givenSource()
    const reports = await posted(
      published([
        item('bai-1', { title: 'Một' }),
        item('bai-1', { title: 'Hai', date_modified: '2026-11-21T00:00:00Z' }),
      ])
    )
    expect(reports.map((report) => report.outcome)).toEqual(['created', 'updated'])
    expect((await jsonFeed('')).items.map((entry) => entry.title)).toEqual(['Hai'])
  })

  it('may be a whole JSON Feed document, of version 1 or 1.1', async ({ expect }) => {
    await givenSource()
    for (const version of ['1', '1.1']) {
      const feed = {
        version: `https://jsonfeed.org/version/${version}`,
        title: 'Báo',
        items: [item(`a${version}`, { author: { name: 'PV' } }), item(`b${version}`)],
      }
      const reports = await posted(feed)
      expect(reports.map((report) => report.outcome)).toEqual(['created', 'created'])
    }
    expect((await jsonFeed('')).items).toHaveLength(4)
    expect(
      (await jsonFeed('')).items.some(
        (entry) => JSON.stringify(entry['authors']) === '[{"name":"PV"}]'
      )
    ).toBe(true)
  })

  it('may be empty', async ({ expect }) => {
    await givenSource()
    expect(await posted(published([]))).toEqual([])
  })
})

it('an event of another type is answered 200 and stores nothing, whatever else is in it', async ({
  expect,
}) => {
  await givenSource()
  const before = await snapshot('')
  const events = [
    { type: 'page.published', data: { anything: true } },
    { type: 'orders/create' },
    { type: 'ping', timestamp: 1700000000, data: 'x' },
  ]
  for (const event of events) {
    const response = await post(event)
    expect(response.status).toBe(200)
    const answer = await response.json<{ articles: unknown[]; findings: { message: string }[] }>()
    expect(answer.articles).toEqual([])
    expect(answer.findings[0]?.message).toContain(event.type)
  }
  expect(await snapshot('')).toEqual(before)
})

it('whatever else is wrong, a publisher learns of all of it at once', async ({ expect }) => {
  await givenSource()
  const bad = { id: 'a', url: 'x', title: '', date_published: 'x', image: 5, tags: [1] }
  const response = await post(published([item('ok'), bad, { ...bad, content_text: 'x' }]))
  expect(response.status).toBe(422)
  const { errors } = await response.json<{ errors: { pointer: string; detail: string }[] }>()
  const members = ['url', 'title', 'date_published', 'image', 'tags/0']
  expect(errors.map((error) => error.pointer).toSorted()).toEqual(
    [
      ...members.map((member) => `/data/1/${member}`),
      '/data/1',
      ...members.map((member) => `/data/2/${member}`),
    ].toSorted()
  )
  for (const { detail } of errors) expect(detail).not.toMatch(/^(?:Invalid|Too|Expected)/)
})

it('an id that JSON cannot hold as a number is refused, not rounded into another article’s', async ({
  expect,
}) => {
  await givenSource()
  const body = (id: string) =>
    JSON.stringify(published(item('ID'))).replace('"id":"ID"', `"id":${id}`)
  expect((await post(body('9007199254740993'))).status).toBe(422)
  expect((await post(body('1.5'))).status).toBe(422)
  expect((await post(body('143218'))).status).toBe(201)
  expect((await posted(published(item('143218', { title: 'Tin ID' }))))[0]?.outcome).not.toBe(
    'created'
  )
})

it('items of a JSON Feed document have its authors and its language where they say none', async ({
  expect,
}) => {
  await givenSource('bao', { language: 'vi' })
  const document = {
    version: 'https://jsonfeed.org/version/1.1',
    title: 'Review',
    language: 'en',
    authors: [{ name: 'The Editors' }],
    items: [
      item('a'),
      item('b', { language: 'fr', authors: [{ name: 'Own' }] }),
      item('c', { author: { name: 'Single' } }),
    ],
  }
  await posted(document)
  const feed = await jsonFeed('/sources/bao')
  const byTitle = Object.fromEntries(
    feed.items.map((entry) => [entry.title, [entry['language'], entry['authors']]])
  )
  expect(byTitle).toEqual({
    'Tin a': ['en', [{ name: 'The Editors' }]],
    'Tin b': ['fr', [{ name: 'Own' }]],
    'Tin c': ['en', [{ name: 'Single' }]],
  })
})

it('what a JSON Feed document says wrongly for all its items is pointed at where it stands', async ({
  expect,
}) => {
  await givenSource()
  const document = {
    version: 'https://jsonfeed.org/version/1.1',
    authors: 'x',
    language: 5,
    items: [item('a'), item('b')],
  }
  const { errors } = await (
    await post(document)
  ).json<{ errors: { pointer: string; detail: string }[] }>()
  expect(errors).toEqual([
    { pointer: '/authors', detail: 'must be an array' },
    { pointer: '/language', detail: 'must be a language tag' },
  ])
})

describe('an attacker among the sources', () => {
  it('cannot block another’s articles by taking the ids that would be minted for them', async ({
    expect,
  }) => {
    await givenSource('bao')
    await givenSource('phong')
    const { articleUuid } = await import('../../src/articles/article.ts')
    const { findSource } = await import('../../src/sources/store.ts')
    const victim = await findSource(env.DB, 'bao')
    const squatted = `urn:uuid:${await articleUuid(victim?.uuid ?? '', 'bai-2')}`
    expect((await posted(published(item(squatted)), { source: 'phong' }))[0]?.guid).toBe(squatted)
    const reports = await posted(published([item('bai-1'), item('bai-2')]))
    expect(reports.map((report) => report.outcome)).toEqual(['created', 'created'])
    expect(reports[1]?.guid).not.toBe(squatted)
    expect((await posted(published(item('bai-2', { title: 'Khác' }))))[0]?.guid).toBe(
      reports[1]?.guid
    )
    const ids = (await jsonFeed('')).items.map((entry) => entry.id)
    expect(new Set(ids).size).toBe(3)
  })

  it('cannot block a post by naming both in it', async ({ expect }) => {
    await givenSource()
    const { articleUuid } = await import('../../src/articles/article.ts')
    const { findSource } = await import('../../src/sources/store.ts')
    const own = await findSource(env.DB, 'bao')
    const squatted = `urn:uuid:${await articleUuid(own?.uuid ?? '', 'bai-2')}`
    const reports = await posted(published([item(squatted), item('bai-2')]))
    expect(new Set(reports.map((report) => report.guid)).size).toBe(2)
  })
})

it('tags that mean one topic are one topic, and an alias leads to its topic', async ({
  expect,
}) => {
  await givenSource()
  const body = { title: 'Kinh tế', aliases: ['Economy', 'Thị trường'] }
  expect((await call('PUT', '/api/topics/kinh-te', body)).status).toBe(201)
  await posted(published(item('bai-1', { tags: ['Economy', 'kinh tế', 'KINH TẾ', 'Thị Trường'] })))
  expect((await jsonFeed('/topics/kinh-te')).items).toHaveLength(1)
  expect((await get('/topics/economy/feed.rss')).status).toBe(404)
  expect((await jsonFeed('')).items[0]?.['tags']).toEqual(['Economy'])
})
