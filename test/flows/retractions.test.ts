// Invariant 7: a retraction reaches everyone who may hold the article.

import { describe, it } from 'vitest'

import {
  call,
  get,
  givenSource,
  item,
  jsonFeed,
  posted,
  published,
  retracted,
  snapshot,
  upkeepIn,
} from '../support/given.ts'
import { watchedRequest } from '../support/watched-db.ts'

const paths = ['', '/sources/bao', '/topics/kinh-te', '/sources/bao/topics/kinh-te']
const daySeconds = 86_400

type Told = { id: string; date_retracted: string; note?: string }

async function toldIn(path: string): Promise<Told[]> {
  const feed = await jsonFeed(path)
  return (feed['_loa'] as { retracted?: Told[] } | undefined)?.retracted ?? []
}

describe('a retraction', () => {
  it('is told in every feed the article was in: Atom and JSON Feed say which, when and why', async ({
    expect,
  }) => {
    await givenSource()
    const [report] = await posted(published(item('a', { tags: ['Kinh tế'] })))
    await posted(published(item('b', { tags: ['Y tế'] })))
    const other = await snapshot('/topics/y-te')
    const data = { id: 'a', _loa: { note: 'Sai <số liệu>' } }
    await posted({ type: 'article.retracted', timestamp: '2026-11-21T09:00:00Z', data })
    for (const path of paths) {
      const [rss, atom] = await snapshot(path)
      expect(atom?.text, path).toContain(
        `<at:deleted-entry ref="${report?.guid}" when="2026-11-21T09:00:00Z">\n<at:comment>Sai &lt;số liệu&gt;</at:comment>\n</at:deleted-entry>`
      )
      expect(await toldIn(path), path).toEqual([
        { id: report?.guid, date_retracted: '2026-11-21T09:00:00Z', note: 'Sai <số liệu>' },
      ])
      expect(rss?.text, path).not.toContain(report?.guid)
      expect(atom?.text, path).not.toContain(`<id>${report?.guid}</id>`)
    }
    expect(await snapshot('/topics/y-te')).toEqual(other)
  })

  it('is told for 30 days after we learned of it, and then the feeds change once more', async ({
    expect,
  }) => {
    await givenSource()
    await posted(published(item('a', { tags: ['Kinh tế'] })))
    // Long ago by the publisher's clock, but no reader has heard of it.
    await posted(retracted('a', { timestamp: '2026-01-01T00:00:00Z' }))
    await posted(published(item('b')))
    await upkeepIn(30 * daySeconds - 120)
    for (const path of ['', '/topics/kinh-te']) expect(await toldIn(path), path).toHaveLength(1)
    const before = (await snapshot(''))[1]
    await upkeepIn(30 * daySeconds + 120)
    for (const path of ['', '/topics/kinh-te']) expect(await toldIn(path), path).toEqual([])
    expect((await snapshot(''))[1]?.validators[0]).not.toBe(before?.validators[0])
    expect((await jsonFeed('')).items.map((entry) => entry.title)).toEqual(['Tin b'])
  })

  it('is taken back where the article is published again', async ({ expect }) => {
    await givenSource()
    await posted(published(item('a', { tags: ['Kinh tế', 'Y tế'] })))
    await posted(retracted('a', { timestamp: '2026-11-21T09:00:00Z' }))
    await posted(published(item('a', { tags: ['Kinh tế'], date_modified: '2026-11-21T10:00:00Z' })))
    for (const path of paths) expect(await toldIn(path), path).toEqual([])
    // On the topic it did not come back to, it is still gone.
    expect(await toldIn('/topics/y-te')).toHaveLength(1)
  })

  it('of an article that nobody ever saw is told to nobody', async ({ expect }) => {
    await givenSource()
    await posted(published(item('b')))
    const before = await snapshot('')
    await posted(retracted('never'))
    await posted(published(item('waiting', { date_published: '2099-01-01T00:00:00Z' })))
    await posted(retracted('waiting'))
    expect(await snapshot('')).toEqual(before)
  })

  it('is told of the newest fifty, however many there are', async ({ expect }) => {
    await givenSource()
    const ids = Array.from({ length: 60 }, (_, index) => `a${index}`)
    await posted(published(ids.map((id) => item(id))))
    await posted({ type: 'article.retracted', data: ids.map((id) => ({ id })) })
    expect(await toldIn('')).toHaveLength(50)
  })
})

it('an article that only moved to another topic is not said to be deleted', async ({ expect }) => {
  await givenSource()
  await posted(published(item('a', { tags: ['Kinh tế'] })))
  await posted(published(item('a', { tags: ['Y tế'], date_modified: '2026-11-21T00:00:00Z' })))
  expect(await toldIn('/topics/kinh-te')).toEqual([])
})

it('an article whose time is over is told like a retraction', async ({ expect }) => {
  await givenSource()
  const expires = new Date(Date.now() + 3_600_000).toISOString()
  const [report] = await posted(published(item('a', { _loa: { expires } })))
  await upkeepIn(3700)
  expect((await toldIn('')).map((told) => told.id)).toEqual([report?.guid])
})

it('the articles of a source that left are told in the feeds of others', async ({ expect }) => {
  await givenSource('bao')
  await givenSource('phong')
  const [gone] = await posted(published(item('a', { tags: ['Kinh tế'] })))
  await posted(published(item('b', { tags: ['Kinh tế', 'Y tế'] })), { source: 'phong' })
  await call('DELETE', '/api/sources/bao')
  for (const path of ['', '/topics/kinh-te']) {
    expect(
      (await toldIn(path)).map((told) => told.id),
      path
    ).toEqual([gone?.guid])
  }
  for (const path of ['/topics/y-te', '/sources/phong'])
    expect(await toldIn(path), path).toEqual([])
  expect((await get('/sources/bao/feed.atom')).status).toBe(410)
})

it('a feed that has nothing to tell of costs no row more', async ({ expect }) => {
  await givenSource()
  await posted(published(item('a')))
  expect((await watchedRequest('/sources/bao/feed.atom')).rowsRead).toBe(1 + 2 + 1)
})
