import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeEach, describe, it } from 'vitest'

import { upkeep } from '../../src/cron.ts'
import { epochDay } from '../../src/lib/time.ts'
import { countReader, newCounter, type Counter } from '../../src/readers/count.ts'
import { closeDays, recordSeen, saltOf } from '../../src/readers/store.ts'
import worker from '../../src/worker.ts'
import {
  call,
  givenSource,
  item,
  origin,
  posted,
  published,
  withinAnHour,
} from '../support/given.ts'

// The isolate remembers what it has written: each test has a source of its own.
let tests = 0
let slug = ''

async function newSource(): Promise<void> {
  slug = await givenSource(`bao-${++tests}`)
}

beforeEach(async () => {
  await newSource()
  // It remembers the day's salt too, and without it in the database no reader of that day is counted.
  await saltOf(env.DB, epochDay(Math.floor(Date.now() / 1000)), 'salt')
})

const today = () => new Date().toISOString().slice(0, 10)
const netNewsWire = 'NetNewsWire (RSS Reader; https://netnewswire.com/)'

/** A poll, and whatever is left to do after its answer. */
async function poll(
  path: string,
  userAgent: string,
  headers: Record<string, string> = {},
  method = 'GET'
) {
  const context = createExecutionContext()
  const request = new Request(`${origin}${path}`, {
    method,
    headers: { 'User-Agent': userAgent, ...headers },
  })
  const response = await worker.fetch(request, env, context)
  await waitOnExecutionContext(context)
  return response
}

type Readers = {
  days: {
    day: string
    readers: number
    agents: { name: string; kind: string; readers: number }[]
  }[]
}

async function readersOf(path: string, query = ''): Promise<Readers['days']> {
  const response = await call('GET', `/api/feeds${path}/readers${query}`)
  return (await response.json<Readers>()).days
}

/** A poll at another time, by an isolate of its own or a given one. */
async function countAt(
  now: number,
  userAgent: string,
  { ip = '', counter = newCounter(), db = env.DB, feed = `/sources/${slug}` } = {}
) {
  const work: Promise<unknown>[] = []
  const headers = { 'User-Agent': userAgent, 'CF-Connecting-IP': ip }
  countReader(new Request(origin, { headers }), feed, {
    counter,
    db,
    now,
    waitUntil: (each) => work.push(each),
  })
  await Promise.all(work)
}

async function rowsOf(table: string): Promise<Record<string, unknown>[]> {
  const { results } = await env.DB.prepare(`SELECT * FROM ${table}`).all()
  return results
}

/** A D1 that counts how often it is asked to write or read, and what it reads. */
function countingDb(batch = (statements: D1PreparedStatement[]) => env.DB.batch(statements)) {
  const asked = { batches: 0, rowsRead: 0 }
  const db = Object.assign(Object.create(env.DB) as D1Database, {
    prepare: env.DB.prepare.bind(env.DB),
    batch: async (statements: D1PreparedStatement[]) => {
      asked.batches++
      const results = await batch(statements)
      for (const { meta } of results) asked.rowsRead += meta.rows_read
      return results
    },
  })
  return { db, asked }
}

const gone = () => Promise.reject(new Error('D1_ERROR: gone'))

describe('a feed’s readers', () => {
  it('are those the services say, and each program that asks for itself', async ({ expect }) => {
    const feedly = 'Feedly/1.0 (+http://www.feedly.com/fetcher.html; 3 subscribers; )'
    const { day, days } = await withinAnHour(async () => {
      await newSource()
      const feed = `/sources/${slug}`
      await poll(`${feed}/feed.rss`, 'Feedbin feed-id:17 - 12 subscribers')
      await poll(`${feed}/feed.atom`, feedly)
      await poll(`${feed}/feed.json`, netNewsWire, { 'CF-Connecting-IP': '192.0.2.1' })
      await poll(`${feed}/feed.rss`, 'Mozilla/5.0 (X11; Linux x86_64) Firefox/151.0')
      return { day: today(), days: await readersOf(feed) }
    })
    expect(days).toEqual([
      {
        day,
        readers: 16,
        agents: [
          { name: 'Feedbin', kind: 'service', readers: 12 },
          { name: 'Feedly', kind: 'service', readers: 3 },
          { name: 'NetNewsWire', kind: 'app', readers: 1 },
          { name: 'Other', kind: 'other', readers: 1 },
        ],
      },
    ])
  })

  it('are counted when they are told that nothing is new', async ({ expect }) => {
    const days = await withinAnHour(async () => {
      await newSource()
      const feed = `/sources/${slug}`
      const { headers } = await poll(`${feed}/feed.rss`, 'curl/8')
      const held = { 'If-None-Match': headers.get('ETag') ?? '' }
      for (const userAgent of ['Feedbin feed-id:1 - 5 subscribers', netNewsWire])
        expect((await poll(`${feed}/feed.rss`, userAgent, held)).status).toBe(304)
      return readersOf(feed)
    })
    expect(days.map(({ readers }) => readers)).toEqual([6])
  })

  it('are those of each feed: of all, a source, a topic and a source’s topic', async ({
    expect,
  }) => {
    await posted(published(item('a', { tags: ['Đô thị'] })), { source: slug })
    const feeds = ['', `/sources/${slug}`, '/topics/do-thi', `/sources/${slug}/topics/do-thi`]
    for (const [index, feed] of feeds.entries()) {
      const userAgent = `Inoreader/1.0 (+http://www.inoreader.com/feed-fetcher; ${index + 1} subscribers; )`
      expect((await poll(`${feed}/feed.rss`, userAgent)).status).toBe(200)
    }
    for (const [index, feed] of feeds.entries()) {
      const agents = (await readersOf(feed))[0]?.agents
      expect(agents, feed).toContainEqual({
        name: 'Inoreader',
        kind: 'service',
        readers: index + 1,
      })
    }
  })

  it('are found however the address of the feed is written', async ({ expect }) => {
    await poll(`/sources/%62ao-${tests}/feed.rss`, 'Feedbin feed-id:1 - 4 subscribers')
    expect((await readersOf(`/sources/${slug}`))[0]?.readers).toBe(4)
  })

  it('are told as CSV', async ({ expect }) => {
    const { day, response } = await withinAnHour(async () => {
      await newSource()
      await poll(`/sources/${slug}/feed.rss`, 'Feedbin feed-id:17 - 12 subscribers')
      const told = await call('GET', `/api/feeds/sources/${slug}/readers.csv`)
      return { day: today(), response: told }
    })
    expect(response.headers.get('Content-Type')).toBe('text/csv; charset=utf-8; header=present')
    expect(await response.text()).toBe(
      `day,feed,agent,kind,readers\r\n${day},/sources/${slug},Feedbin,service,12\r\n`
    )
  })
})

describe('readers of one day', () => {
  const noon = Date.UTC(2026, 4, 17, 12) / 1000
  const may = '?from=2026-05-17&to=2026-05-17'
  const counted = async () => (await readersOf(`/sources/${slug}`, may))[0]?.readers ?? 0

  it('are distinct: whoever asks all day is one', async ({ expect }) => {
    for (let hour = 0; hour < 12; hour++) {
      await countAt(noon + hour * 3599, netNewsWire, { ip: '192.0.2.1' })
      await countAt(noon + hour * 3599, netNewsWire, { ip: '192.0.2.2' })
    }
    expect(await counted()).toBe(2)
  })

  it('are one in a household, whose machines change their IPv6 addresses', async ({ expect }) => {
    for (const ip of ['2001:db8:1:2:aaaa::1', '2001:db8:1:2:b:c:d:e', '2001:db8:1:2::']) {
      await countAt(noon, netNewsWire, { ip })
    }
    await countAt(noon, netNewsWire, { ip: '2001:db8:1:3::1' })
    await countAt(noon, netNewsWire, { ip: '2001:db8::1' })
    await countAt(noon, netNewsWire, { ip: '2001:db8:0:0:0:0:0:2' })
    expect(await counted()).toBe(3)
  })

  it('are the greatest number a service said, of each feed it keeps', async ({ expect }) => {
    for (const said of ['1 - 12', '1 - 9', '2 - 3']) {
      await countAt(noon, `Feedbin feed-id:${said} subscribers`)
    }
    expect(await counted()).toBe(15)
  })

  it('stay counted when the day is over; what told them apart does not', async ({ expect }) => {
    await countAt(noon, netNewsWire, { ip: '192.0.2.1' })
    await countAt(noon, netNewsWire, { ip: '192.0.2.2' })
    expect(await rowsOf('reader_marks')).toHaveLength(2)
    const midnight = Date.UTC(2026, 4, 18) / 1000
    // Isolates write what they saw of it until an hour after it.
    await upkeep(env, midnight + 3660)
    expect(await rowsOf('reader_marks')).toHaveLength(2)
    await upkeep(env, midnight + 4500)
    expect(await rowsOf('reader_marks')).toEqual([])
    const salts = await rowsOf('reader_salts')
    expect(salts.filter(({ day }) => Number(day) < midnight / 86_400)).toEqual([])
    expect(await counted()).toBe(2)
    // Running again, or an isolate that comes late, changes nothing.
    await upkeep(env, midnight + 4560)
    expect(await counted()).toBe(2)
  })

  it('are counted on it when the isolate writes them in the hour after', async ({ expect }) => {
    const counter = newCounter()
    const midnight = Date.UTC(2026, 4, 18) / 1000
    await countAt(midnight - 60, netNewsWire, { ip: '192.0.2.1', counter })
    await countAt(midnight - 30, netNewsWire, { ip: '192.0.2.2', counter })
    await countAt(midnight + 30, netNewsWire, { ip: '192.0.2.3', counter })
    await countAt(midnight + 3600, netNewsWire, { ip: '192.0.2.3', counter })
    await upkeep(env, midnight + 4500)
    expect(await counted()).toBe(2)
    const next = await readersOf(`/sources/${slug}`, '?from=2026-05-18&to=2026-05-18')
    expect(next[0]?.readers).toBe(1)
  })

  it('become a number in as many minutes as it takes, at each of which it is whole', async ({
    expect,
  }) => {
    const ofAll = async () => (await readersOf('', may))[0]?.readers ?? 0
    const before = await ofAll()
    for (let n = 0; n < 7; n++) {
      const userAgent = n % 2 === 0 ? netNewsWire : 'newsboat/2.13 (Linux x86_64)'
      await countAt(noon, userAgent, { ip: `192.0.2.${n}` })
      await countAt(noon, userAgent, { ip: `192.0.2.${n}`, feed: '' })
    }
    const tomorrow = epochDay(noon) + 1
    const closed: number[] = []
    for (let minute = 0; minute < 6; minute++) {
      closed.push(await closeDays(env.DB, tomorrow, 3))
      expect([await counted(), await ofAll()], `minute ${minute}`).toEqual([7, before + 7])
      // The salt goes first, so that nobody who was counted already is counted again.
      expect((await rowsOf('reader_salts')).filter(({ day }) => Number(day) < tomorrow)).toEqual([])
      await recordSeen(env.DB, {
        subscribers: [],
        marks: [{ day: tomorrow - 1, path: '', agent: 'NetNewsWire', mark: 'late' }],
      })
    }
    expect(closed).toEqual([3, 3, 3, 3, 2, 0])
    expect(await rowsOf('reader_marks')).toEqual([])
  })

  for (const crash of ['BEFORE INSERT ON feed_readers', 'BEFORE DELETE ON reader_marks']) {
    it(`stay counted when closing it fails ${crash.toLowerCase()}`, async ({ expect }) => {
      await countAt(noon, netNewsWire, { ip: '192.0.2.1' })
      await countAt(noon, netNewsWire, { ip: '192.0.2.2' })
      await env.DB.prepare(
        `CREATE TRIGGER crash ${crash} BEGIN SELECT RAISE(ABORT, 'crash'); END`
      ).run()
      await upkeep(env, noon + 86_400)
      expect(await counted()).toBe(2)
      expect(await rowsOf(`feed_readers WHERE day = ${epochDay(noon)}`)).toEqual([])
      await env.DB.prepare('DROP TRIGGER crash').run()
      await upkeep(env, noon + 86_460)
      expect(await counted()).toBe(2)
      expect(await rowsOf('reader_marks')).toEqual([])
    })
  }

  it('are counted in work that is bounded, whatever is left', async ({ expect }) => {
    for (let n = 0; n < 40; n++) await countAt(noon, netNewsWire, { ip: `192.0.2.${n}` })
    const { db, asked } = countingDb()
    await closeDays(db, epochDay(noon) + 1, 5)
    // Each is looked for, counted and removed; not once are all of them read.
    expect(asked.rowsRead).toBeLessThan(40)
    await closeDays(env.DB, epochDay(noon) + 1, 100)
  })

  it('are forgotten after 800 days', async ({ expect }) => {
    await countAt(noon, 'Feedbin feed-id:1 - 12 subscribers')
    await upkeep(env, noon + 800 * 86_400)
    expect(await counted()).toBe(12)
    await upkeep(env, noon + 801 * 86_400)
    expect(await counted()).toBe(0)
  })
})

describe('counting', () => {
  const noon = Date.UTC(2026, 5, 17, 12) / 1000

  async function pollOften(counter: Counter, db: D1Database, userAgent: string) {
    const work: Promise<unknown>[] = []
    for (let second = 0; second < 3600; second += 10) {
      const headers = { 'User-Agent': userAgent, 'CF-Connecting-IP': `192.0.2.${second % 250}` }
      countReader(new Request(origin, { headers }), `/sources/${slug}`, {
        counter,
        db,
        now: noon + second,
        waitUntil: (each) => work.push(each),
      })
      await Promise.all(work)
    }
  }

  it('writes once an hour for a feed and a service, however often it asks', async ({ expect }) => {
    const { db, asked } = countingDb()
    await pollOften(newCounter(), db, 'Feedbin feed-id:1 - 12 subscribers')
    expect(asked.batches).toBe(1)
  })

  it('writes once an hour for a feed and a program, however many use it', async ({ expect }) => {
    const { db, asked } = countingDb()
    await pollOften(newCounter(), db, netNewsWire)
    // And once for the salt of the day.
    expect(asked.batches).toBe(2)
  })

  it('asks for the salt of the day once, however many come before it is there', async ({
    expect,
  }) => {
    const { db, asked } = countingDb()
    const counter = newCounter()
    const polls = Array.from({ length: 200 }, (_, n) =>
      countAt(noon, netNewsWire, { ip: `192.0.2.${n}`, counter, db })
    )
    await Promise.all(polls)
    // And what the first of them wrote.
    expect(asked.batches).toBe(2)
    await countAt(noon + 1, netNewsWire, { ip: '192.0.2.1', counter, db })
    expect(counter.tally.held).toBe(1)
  })

  it('asks a database that fails once a minute, not for each poll, and counts when it is back', async ({
    expect,
  }) => {
    const broken = countingDb(gone)
    const counter = newCounter()
    for (let second = 0; second < 600; second += 3) {
      await countAt(noon + second, netNewsWire, { counter, db: broken.db })
    }
    expect(broken.asked.batches).toBe(10)
    await countAt(noon + 600, netNewsWire, { counter })
    const [day] = await readersOf(`/sources/${slug}`, '?from=2026-06-17&to=2026-06-17')
    expect(day?.readers).toBe(1)
  })

  it('asks again when the request that asked was ended', async ({ expect }) => {
    const counter = newCounter()
    const { db } = countingDb(() => new Promise(() => {}))
    void countAt(noon, netNewsWire, { counter, db })
    await countAt(noon + 30, netNewsWire, { counter })
    expect(counter.salt?.text).toBeNull()
    await countAt(noon + 60, netNewsWire, { counter })
    expect(counter.salt?.text).toBeTruthy()
  })

  it('does not try again for each poll what the database failed to write', async ({ expect }) => {
    for (const userAgent of ['Feedbin feed-id:1 - 12 subscribers', netNewsWire]) {
      const counter = newCounter()
      // It has the salt already.
      await countAt(noon, netNewsWire, { counter, feed: '' })
      const { db, asked } = countingDb(gone)
      await pollOften(counter, db, userAgent)
      expect(asked.batches, userAgent).toBe(1)
    }
  })

  it('writes no more often at midnight than at any other hour', async ({ expect }) => {
    const { db, asked } = countingDb()
    const counter = newCounter()
    const before = Date.UTC(2026, 5, 17, 23, 30) / 1000
    for (let second = 0; second < 3600; second += 10) {
      await countAt(before + second, 'Feedbin feed-id:1 - 12 subscribers', { counter, db })
    }
    expect(asked.batches).toBe(1)
    await countAt(before + 3660, 'Feedbin feed-id:1 - 12 subscribers', { counter, db })
    expect(asked.batches).toBe(2)
    const days = await readersOf(`/sources/${slug}`, '?from=2026-06-17&to=2026-06-18')
    expect(days.map(({ readers }) => readers)).toEqual([12, 12])
  })

  it('is of those who read: not of a HEAD, nor of whoever shows a token', async ({ expect }) => {
    const feed = `/sources/${slug}/feed.rss`
    const feedbin = 'Feedbin feed-id:1 - 12 subscribers'
    const head = await poll(feed, feedbin, {}, 'HEAD')
    const token = await poll(feed, feedbin, { Authorization: 'Bearer whatever' })
    expect([head.status, token.status]).toEqual([200, 200])
    expect(await readersOf(`/sources/${slug}`)).toEqual([])
    await poll(feed, feedbin)
    expect((await readersOf(`/sources/${slug}`))[0]?.readers).toBe(12)
  })

  it('keeps no address, and nothing that an address can be compared with tomorrow', async ({
    expect,
  }) => {
    await countAt(noon, netNewsWire, { ip: '192.0.2.77' })
    await countAt(noon + 86_400, netNewsWire, { ip: '192.0.2.77' })
    const marks = await rowsOf('reader_marks')
    const stored = JSON.stringify([
      marks,
      await rowsOf('feed_readers'),
      await rowsOf('reader_salts'),
    ])
    expect(stored).not.toContain('192.0.2')
    expect(new Set(marks.map(({ mark }) => mark)).size).toBe(marks.length)
  })

  it('sets no cookie and changes nothing of the answer', async ({ expect }) => {
    const feed = `/sources/${slug}/feed.rss`
    // The edge has it then, and says so to both.
    await poll(feed, '')
    const [one, other] = [await poll(feed, netNewsWire), await poll(feed, 'GPTBot/1.2')]
    expect([...one.headers]).toEqual([...other.headers])
    expect(one.headers.get('Set-Cookie')).toBeNull()
    expect(await one.text()).toBe(await other.text())
  })

  it('does not fail an answer when the database fails it', async ({ expect }) => {
    const { db: broken } = countingDb(gone)
    const context = createExecutionContext()
    const request = new Request(`${origin}/sources/${slug}/feed.rss`, {
      headers: { 'User-Agent': 'Feedbin feed-id:1 - 12 subscribers' },
    })
    const response = await worker.fetch(request, { ...env, DB: broken }, context)
    await waitOnExecutionContext(context)
    expect(response.status).toBe(200)
  })

  it('does not take the reader of a composed feed for one of the feeds it is composed of', async ({
    expect,
  }) => {
    const composed = await poll(
      `/sources/${slug}/feed.rss?lang=vi`,
      'Feedbin feed-id:1 - 12 subscribers'
    )
    expect(composed.status).toBe(200)
    expect(await readersOf(`/sources/${slug}`)).toEqual([])
  })

  it('stores nothing of what does not exist, of crawlers and of other pages', async ({
    expect,
  }) => {
    const before = await rowsOf('feed_readers')
    const userAgent = 'Feedbin feed-id:1 - 12 subscribers'
    expect((await poll('/sources/niemand/feed.rss', userAgent)).status).toBe(404)
    expect((await poll('/sources/%E4/feed.rss', userAgent)).status).toBeLessThan(500)
    await poll(`/sources/${slug}`, userAgent)
    await poll(`/sources/${slug}/feed.rss`, 'Mozilla/5.0 (compatible; Googlebot/2.1)')
    await poll('/api/sources', userAgent)
    expect(await rowsOf('feed_readers')).toEqual(before)
    expect(await readersOf(`/sources/${slug}`)).toEqual([])
  })

  it('takes no harm from what a User-Agent may hold', async ({ expect }) => {
    for (const userAgent of [
      'Feedbin '.repeat(1300),
      'Feedbin feed-id:1 - 999999999999 subscribers',
      `Feedly/1.0 (<script>alert(1)</script>; '; DROP TABLE feeds; --; 7 subscribers)`,
      '=HYPERLINK("https://boese.example") Feedbin feed-id:"x",,, - 3 subscribers',
    ]) {
      await countAt(noon, userAgent)
    }
    for (let id = 0; id < 60; id++)
      await countAt(noon, `Feedbin feed-id:made-up-${id} - 1 subscribers`)
    const response = await call(
      'GET',
      `/api/feeds/sources/${slug}/readers.csv?from=2026-06-17&to=2026-06-17`
    )
    const [, ...lines] = (await response.text()).trim().split('\r\n')
    expect(lines).toHaveLength(2)
    for (const line of lines)
      expect(line).toMatch(/^2026-06-17,\/sources\/bao-\d+,Feed\w+,service,\d+$/)
    // Twenty feeds of a service at most, whoever makes them up.
    expect(Number(lines[0]?.split(',').at(-1))).toBeLessThanOrEqual(23)
  })
})

describe('GET /api/feeds/{feed}/readers', () => {
  it('is for the operator', async ({ expect }) => {
    const response = await poll(`/api/feeds/sources/${slug}/readers`, 'curl/8')
    expect(response.status).toBe(401)
  })

  it('answers 404 for a feed that does not exist', async ({ expect }) => {
    expect((await call('GET', '/api/feeds/topics/nichts/readers')).status).toBe(404)
  })

  it('tells the last 30 days unless asked otherwise', async ({ expect }) => {
    const { day, response } = await withinAnHour(async () => {
      const told = await call('GET', '/api/feeds/readers')
      return { day: today(), response: told }
    })
    const { feed, from, to } = await response.json<Record<string, string>>()
    expect({ feed, to }).toEqual({ feed: '/', to: day })
    expect((Date.parse(to ?? '') - Date.parse(from ?? '')) / 86_400_000).toBe(29)
  })

  it('refuses what is no period, with pointers', async ({ expect }) => {
    for (const query of [
      'from=gestern',
      'to=2026-02-30',
      'from=2026-05-02&to=2026-05-01',
      'from=2020-01-01&to=2026-01-01',
      'from=2026-1-1',
      `to=${'9'.repeat(5000)}`,
    ]) {
      const response = await call('GET', `/api/feeds/readers?${query}`)
      expect(response.status, query).toBe(422)
      const { errors } = await response.json<{ errors: { pointer: string }[] }>()
      expect(errors[0]?.pointer).toMatch(/^\/(?:from|to)$/)
    }
  })
})
