// Embargo and expiry, to the minute, by the cron.

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
  posted,
  published,
  retracted,
  snapshot,
  upkeepAt,
} from '../support/given.ts'

const now = Math.floor(Date.now() / 1000)
const at = (seconds: number) => new Date((now + seconds) * 1000).toISOString()
const hour = 3600

const minuteAt = (seconds: number) => upkeepAt(new Date((now + seconds) * 1000))

const paths = ['', '/sources/bao', '/topics/kinh-te', '/sources/bao/topics/kinh-te']

async function titles(): Promise<string[][]> {
  return Promise.all(
    paths.map(async (path) => {
      const response = await get(`${path}/feed.json`)
      if (response.status !== 200) return []
      return (await response.json<{ items: { title: string }[] }>()).items.map(
        (entry) => entry.title
      )
    })
  )
}

describe('an article whose date_published lies ahead', () => {
  it('is in no feed and on no page until then, and then enters as new, to the minute', async ({
    expect,
  }) => {
    await givenSource()
    const [report] = await posted(
      published(item('a', { date_published: at(hour), tags: ['Kinh tế'] }))
    )
    expect(report?.outcome).toBe('created')
    expect(foundIn(report, 'date-future')).toMatchObject({
      level: 'warning',
      pointer: '/data/date_published',
    })
    const page = report?.url.slice(origin.length) ?? ''
    expect(await titles()).toEqual([[], [], [], []])
    expect((await get(page)).status).toBe(404)
    await minuteAt(hour - 60)
    expect(await titles()).toEqual([[], [], [], []])
    expect((await get(page)).status).toBe(404)
    const before = (await snapshot(''))[0]
    await minuteAt(hour)
    expect(await titles()).toEqual([['Tin a'], ['Tin a'], ['Tin a'], ['Tin a']])
    expect((await get(page)).status).toBe(200)
    expect((await snapshot(''))[0]?.validators[0]).not.toBe(before?.validators[0])
    const [entry] = (await jsonFeed('')).items
    expect(entry?.id).toBe(report?.guid)
    // Nobody saw it before: it was not updated before it was published.
    expect(Date.parse(String(entry?.['date_modified']))).toBe(Date.parse(at(hour)))
  })

  it('moves no feed while it waits, whatever is changed in it', async ({ expect }) => {
    await givenSource()
    await posted(published(item('b')))
    const before = await snapshot('')
    await posted(published(item('a', { date_published: at(hour) })))
    await posted(published(item('a', { date_published: at(hour), title: 'Khác' })))
    await posted(retracted('a'))
    expect(await snapshot('')).toEqual(before)
    await minuteAt(hour)
    expect(await snapshot('')).toEqual(before)
  })

  it('may be brought forward or put off', async ({ expect }) => {
    await givenSource()
    await posted(published(item('a', { date_published: at(hour) })))
    await posted(published(item('a', { date_published: at(-hour) })))
    expect((await titles())[0]).toEqual(['Tin a'])
    await posted(published(item('a', { date_published: at(2 * hour) })))
    expect((await titles())[0]).toEqual([])
    await minuteAt(2 * hour + 30)
    expect((await titles())[0]).toEqual(['Tin a'])
  })

  it('does not appear once its source has left', async ({ expect }) => {
    await givenSource()
    await posted(published(item('a', { date_published: at(hour) })))
    await call('DELETE', '/api/sources/bao')
    await minuteAt(2 * hour)
    expect((await titles())[0]).toEqual([])
  })
})

describe('an article with _loa.expires', () => {
  it('leaves every feed then, and its page says so', async ({ expect }) => {
    await givenSource()
    const [report] = await posted(
      published(item('a', { tags: ['Kinh tế'], _loa: { expires: at(hour) } }))
    )
    expect((await titles())[0]).toEqual(['Tin a'])
    await minuteAt(hour - 60)
    expect((await titles())[0]).toEqual(['Tin a'])
    await minuteAt(hour)
    expect(await titles()).toEqual([[], [], [], []])
    const page = await get(report?.url.slice(origin.length) ?? '')
    expect(page.status).toBe(410)
    expect(await page.text()).toContain('expired')
  })

  it('that has passed already is in no feed, and the publisher is told', async ({ expect }) => {
    await givenSource()
    const [report] = await posted(published(item('a', { _loa: { expires: at(-60) } })))
    expect(foundIn(report, 'expires-past')).toMatchObject({ pointer: '/data/_loa/expires' })
    expect((await titles())[0]).toEqual([])
  })

  it('comes back when a newer revision gives it more time', async ({ expect }) => {
    await givenSource()
    await posted(published(item('a', { _loa: { expires: at(-60) } })))
    const [report] = await posted(published(item('a', { _loa: { expires: at(hour) } })))
    expect(report?.outcome).toBe('updated')
    expect((await titles())[0]).toEqual(['Tin a'])
  })

  it('may be given before it is published', async ({ expect }) => {
    await givenSource()
    await posted(
      published(item('a', { date_published: at(hour), _loa: { expires: at(2 * hour) } }))
    )
    await posted(
      published(item('b', { date_published: at(hour), _loa: { expires: at(2 * hour) } }))
    )
    await minuteAt(hour)
    expect((await titles())[0]).toHaveLength(2)
    await minuteAt(2 * hour)
    expect((await titles())[0]).toEqual([])
  })

  it('that runs out while it waits is never seen', async ({ expect }) => {
    await givenSource()
    await posted(
      published(item('a', { date_published: at(2 * hour), _loa: { expires: at(hour) } }))
    )
    await minuteAt(hour)
    await minuteAt(3 * hour)
    expect((await titles())[0]).toEqual([])
  })
})

it('a minute in which nothing is due reads next to nothing and writes nothing', async ({
  expect,
}) => {
  await givenSource()
  await posted(published(Array.from({ length: 50 }, (_, index) => item(`a${index}`))))
  const before = await snapshot('')
  await minuteAt(0)
  expect(await snapshot('')).toEqual(before)
})

it('many that are due at once all appear', async ({ expect }) => {
  await givenSource()
  const items = Array.from({ length: 60 }, (_, index) =>
    item(`a${index}`, { date_published: at(hour + index), tags: ['Kinh tế'] })
  )
  await posted(published(items))
  await minuteAt(2 * hour)
  const rows = await env.DB.prepare(
    "SELECT count(*) AS n FROM articles WHERE status = 'published'"
  ).first<{ n: number }>()
  expect(rows?.n).toBe(60)
  expect((await titles())[2]).toHaveLength(60)
})
