import { SaxesParser } from 'saxes'
import { it } from 'vitest'

import { call, get, givenSource, item, origin, posted, published } from '../support/given.ts'

type Outline = { readonly depth: number } & Readonly<Record<string, string | number>>

async function outlines(path = '/feeds.opml'): Promise<Outline[]> {
  const found: Outline[] = []
  const parser = new SaxesParser()
  let depth = 0
  parser.on('opentag', ({ name, attributes }) => {
    if (name === 'outline') found.push({ ...attributes, depth })
    if (name === 'outline') depth++
  })
  parser.on('closetag', ({ name }) => {
    if (name === 'outline') depth--
  })
  parser.on('error', (error) => {
    throw error
  })
  parser.write(await (await get(path)).text()).close()
  return found
}

it('the subscription list has every feed, and each of its addresses is that of a feed', async ({
  expect,
}) => {
  await givenSource('bao', { title: 'Báo <Sông> & "Xanh"' })
  await givenSource('phong')
  await posted(published(item('a', { tags: ['Kinh tế', 'Đô thị'] })))
  await posted(published(item('b', { tags: ['Kinh tế'] })), { source: 'phong' })
  const feeds = (await outlines()).filter((outline) => 'xmlUrl' in outline)
  const paths = [
    '',
    '/sources/bao',
    '/sources/phong',
    '/topics/kinh-te',
    '/topics/do-thi',
    '/sources/bao/topics/kinh-te',
    '/sources/bao/topics/do-thi',
    '/sources/phong/topics/kinh-te',
  ]
  expect(feeds.map((feed) => String(feed['xmlUrl'])).toSorted()).toEqual(
    paths.map((path) => `${origin}${path}/feed.rss`).toSorted()
  )
  for (const feed of feeds) {
    expect(feed['type']).toBe('rss')
    expect(feed['text']).toBeTruthy()
    expect((await get(String(feed['xmlUrl']).slice(origin.length))).status).toBe(200)
    expect((await get(String(feed['htmlUrl']).slice(origin.length))).status).toBe(200)
  }
  expect(feeds.find((feed) => feed['xmlUrl'] === `${origin}/sources/bao/feed.rss`)).toMatchObject({
    text: 'Báo <Sông> & "Xanh"',
    language: 'vi',
    depth: 1,
  })
})

it('there are lists of the sources alone and of the topics alone', async ({ expect }) => {
  await givenSource('bao')
  await posted(published(item('a', { tags: ['Kinh tế'] })))
  const urls = async (path: string) =>
    (await outlines(path)).flatMap((outline) => outline['xmlUrl'] ?? [])
  expect(await urls('/sources.opml')).toEqual([`${origin}/sources/bao/feed.rss`])
  expect(await urls('/topics.opml')).toEqual([`${origin}/topics/kinh-te/feed.rss`])
  const etags = ['/feeds.opml', '/sources.opml', '/topics.opml'].map(async (path) =>
    (await get(path)).headers.get('ETag')
  )
  expect(new Set(await Promise.all(etags)).size).toBe(3)
})

it('the subscription list leaves out what left the wire and what nobody may know yet', async ({
  expect,
}) => {
  await givenSource('bao')
  await givenSource('cu')
  await posted(published(item('a', { tags: ['Bí mật'], date_published: '2099-01-01T00:00:00Z' })))
  await posted(published(item('b', { tags: ['Kinh tế'] })), { source: 'cu' })
  await call('DELETE', '/api/sources/cu')
  const urls = (await outlines()).flatMap((outline) =>
    outline['xmlUrl'] ? [String(outline['xmlUrl'])] : []
  )
  expect(urls.toSorted()).toEqual(
    ['/feed.rss', '/sources/bao/feed.rss', '/topics/kinh-te/feed.rss']
      .map((path) => origin + path)
      .toSorted()
  )
})

it('the subscription list is polled like a feed', async ({ expect }) => {
  await givenSource()
  const first = await get('/feeds.opml')
  expect(first.headers.get('Content-Type')).toBe('text/x-opml; charset=utf-8')
  expect(first.headers.get('Cache-Control')).toBe('public, max-age=300')
  expect(first.headers.get('Access-Control-Allow-Origin')).toBe('*')
  const etag = first.headers.get('ETag') ?? ''
  expect((await get('/feeds.opml', { 'If-None-Match': etag })).status).toBe(304)
  expect((await get('/feeds.opml', { 'If-Modified-Since': new Date().toUTCString() })).status).toBe(
    200
  )
  expect(
    (await get('/feeds.opml', { 'If-Unmodified-Since': 'Thu, 01 Jan 1970 00:00:00 GMT' })).status
  ).toBe(200)
  await givenSource('phong')
  expect((await get('/feeds.opml', { 'If-None-Match': etag })).status).toBe(200)
  expect((await get('/feeds.opml', { 'If-Match': etag })).status).toBe(412)
})
