// What readers that cannot be run here go by, each rule as its makers or its source tell it: a reader that
// keeps to it must see every article once, whole, and under one id.

import { SaxesParser } from 'saxes'
import { describe, it } from 'vitest'

import { get, givenSource, item, origin, posted, published } from '../support/given.ts'

const formats = {
  rss: 'application/rss+xml',
  atom: 'application/atom+xml',
  json: 'application/feed+json',
}
const paths = ['', '/sources/bao', '/topics/kinh-te', '/sources/bao/topics/kinh-te']

type Seen = {
  id: string
  title: string
  url: string
  body: string
  date: number
  isPermaLink: string | null
}

/** The items of a document, as a reader with a namespace-aware parser takes them apart. */
function itemsOf(text: string): Seen[] {
  if (text.startsWith('{')) {
    const { items } = JSON.parse(text) as { items: Record<string, string>[] }
    return items.map((one) => ({
      id: one['id'] ?? '',
      title: one['title'] ?? '',
      url: one['url'] ?? '',
      body: one['content_html'] ?? '',
      date: Date.parse(one['date_published'] ?? ''),
      isPermaLink: null,
    }))
  }
  const items: Seen[] = []
  const parser = new SaxesParser()
  let open: string[] = []
  let value = ''
  parser.on('error', (error) => {
    throw error
  })
  parser.on('opentag', ({ name, attributes }) => {
    open = [...open, name]
    value = ''
    const current = items.at(-1)
    if (name === 'item' || name === 'entry')
      items.push({ id: '', title: '', url: '', body: '', date: 0, isPermaLink: null })
    else if (
      name === 'link' &&
      attributes['rel'] === 'alternate' &&
      current &&
      open.includes('entry')
    )
      current.url = String(attributes['href'])
    else if (name === 'guid' && current) current.isPermaLink = String(attributes['isPermaLink'])
  })
  parser.on('text', (part) => (value += part))
  parser.on('cdata', (part) => (value += part))
  parser.on('closetag', ({ name }) => {
    const current = items.at(-1)
    const parent = open.at(-2)
    open = open.slice(0, -1)
    if (!current || (parent !== 'item' && parent !== 'entry')) return
    if (name === 'guid' || name === 'id') current.id = value
    if (name === 'title') current.title = value
    if (name === 'link' && value !== '') current.url = value
    if (name === 'content:encoded' || name === 'content') current.body = value
    if (name === 'pubDate' || name === 'published') current.date = Date.parse(value)
  })
  parser.write(text).close()
  return items
}

async function givenArticles(): Promise<void> {
  await givenSource()
  const items = Array.from({ length: 60 }, (_, index) =>
    item(`bai-${index}`, {
      tags: ['Kinh tế'],
      title: `Tin số ${index} & “những” <con đường>`,
      date_published: new Date(Date.UTC(2026, 10, 1, 0, index)).toISOString(),
      // One id that is the address as well.
      ...(index === 7 && { id: 'https://bao.example/bai-7', url: 'https://bao.example/bai-7' }),
    })
  )
  await posted(published(items))
}

async function documentsOf(path: string): Promise<Seen[][]> {
  return Promise.all(
    Object.keys(formats).map(async (extension) =>
      itemsOf(await (await get(`${path}/feed.${extension}`)).text())
    )
  )
}

describe('miniflux', () => {
  it('knows an entry by its id in whatever format: all three give the same, once each', async ({
    expect,
  }) => {
    await givenArticles()
    for (const path of paths) {
      const [rss = [], atom = [], json = []] = await documentsOf(path)
      const withoutLink = (items: readonly Seen[]) =>
        items.map(({ id, title, url, body, date }) => ({ id, title, url, body, date }))
      expect(rss.length).toBe(60)
      expect(withoutLink(atom)).toEqual(withoutLink(rss))
      expect(withoutLink(json)).toEqual(withoutLink(rss))
      expect(new Set(rss.map((one) => one.id)).size).toBe(60)
    }
  })

  it('takes a guid for a URL unless it is told: it is told, every time', async ({ expect }) => {
    await givenArticles()
    const [rss = []] = await documentsOf('')
    for (const { id, url, isPermaLink } of rss) expect(isPermaLink, id).toBe(String(id === url))
    expect(rss.filter((one) => one.isPermaLink === 'true')).toHaveLength(1)
  })

  it('dates an entry without a date by the clock: each has one, and the whole body', async ({
    expect,
  }) => {
    await givenArticles()
    for (const items of await documentsOf('/sources/bao')) {
      for (const { date, body } of items) {
        expect(Number.isFinite(date)).toBe(true)
        expect(body).toContain('<p>Nội dung của')
      }
    }
  })

  it('keeps validators unless the answer has expired already, and polls by the longest pause', async ({
    expect,
  }) => {
    await givenArticles()
    for (const extension of Object.keys(formats)) {
      const { headers } = await get(`/feed.${extension}`)
      expect(headers.get('Expires')).toBeNull()
      expect(headers.get('ETag')).toMatch(/^W\/"[^"\\]+"$/)
      expect(headers.get('Cache-Control')).toBe('public, max-age=300')
    }
    expect(await (await get('/feed.rss')).text()).toContain('<ttl>5</ttl>')
  })

  it('stores the address after redirects: a published one has none', async ({ expect }) => {
    await givenArticles()
    for (const path of paths)
      for (const extension of Object.keys(formats))
        expect((await get(`${path}/feed.${extension}`)).status).toBe(200)
  })
})

describe('FreshRSS and Feedbin', () => {
  it('take rel=self for the address and the topic: it is the address that was asked for, beside the hub', async ({
    expect,
  }) => {
    await givenArticles()
    for (const path of paths.map((each) => `${each}/feed.`)) {
      for (const [extension, mediaType] of Object.entries(formats)) {
        const url = `${origin}${path}${extension}`
        const response = await get(`${path}${extension}`)
        expect(response.headers.get('Content-Type')).toBe(`${mediaType}; charset=utf-8`)
        expect(response.headers.get('Link')).toContain(`<${url}>; rel="self"`)
        expect(response.headers.get('Link')).toContain(`<${origin}/hub>; rel="hub"`)
        const text = await response.text()
        const self = {
          rss: `<atom:link rel="self" href="${url}"`,
          atom: `<link rel="self" type="application/atom+xml" href="${url}"`,
          json: `"feed_url":"${url}"`,
        }[extension]
        expect(text).toContain(self)
        expect(text).toContain(`${origin}/hub`)
        // FreshRSS takes at most 3 MiB by push.
        expect(new TextEncoder().encode(text).length).toBeLessThan(3 * 1024 * 1024)
      }
    }
  })
})

describe('NetNewsWire', () => {
  it('asks two or three times within a second when a feed is added: each is answered', async ({
    expect,
  }) => {
    await givenArticles()
    const answers = await Promise.all(['', '', '', '', ''].map(() => get('/feed.json')))
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200, 200, 200])
  })

  it('shows a feed as dead that says 304 wrongly: one that it does not hold is given', async ({
    expect,
  }) => {
    await givenArticles()
    for (const etag of ['"abc"', 'W/"abc"', '', 'abc'])
      expect((await get('/feed.json', { 'If-None-Match': etag })).status, etag).toBe(200)
  })
})

it('a reader that sends A-IM: feed gets the whole document, never a part (RFC 3229)', async ({
  expect,
}) => {
  await givenArticles()
  const { headers } = await get('/feed.atom')
  await posted(published(item('moi', { tags: ['Kinh tế'] })))
  const response = await get('/feed.atom', {
    'A-IM': 'feed',
    'If-None-Match': headers.get('ETag') ?? '',
  })
  expect([response.status, response.headers.get('IM')]).toEqual([200, null])
  expect(itemsOf(await response.text())).toHaveLength(61)
})
