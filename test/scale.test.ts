// docs/scale.md is worked out from what D1 is asked: scripts/scale/counted.ts has the numbers, and here they
// are counted.

import {
  createExecutionContext,
  createScheduledController,
  waitOnExecutionContext,
} from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeEach, expect, it } from 'vitest'

import { counted } from '../scripts/scale/counted.ts'
import { countReader, newCounter } from '../src/readers/count.ts'
import { closeDays, recordSeen, saltOf } from '../src/readers/store.ts'
import worker from '../src/worker.ts'
import { givenSource, item, posted, published, signedPost } from './support/given.ts'
import { watch, watchedRequest, type Watched } from './support/watched-db.ts'

const many = Array.from({ length: 75 }, (_, index) =>
  item(`a${index}`, { tags: ['Kinh tế', 'Xã hội'] })
)

beforeEach(async () => {
  await givenSource()
  await posted(published(many))
})

type Asked = {
  readonly statements: number
  readonly rowsRead: number
  readonly rowsWritten: number
}

function askedIn(statements: readonly Watched[]): Asked {
  const sum = (of: (each: Watched) => number) => statements.reduce((all, each) => all + of(each), 0)
  return {
    statements: statements.length,
    rowsRead: sum((each) => each.rowsRead),
    rowsWritten: sum((each) => each.rowsWritten),
  }
}

async function asked(path: string, init: RequestInit = {}): Promise<Asked> {
  const { response, statements } = await watchedRequest(path, init)
  expect(response.ok || response.status === 304).toBe(true)
  return askedIn(statements)
}

/** What the model takes is never less than what is asked, nor much more. */
function expectAbout(actual: number, taken: number): void {
  expect(actual).toBeLessThanOrEqual(taken)
  expect(actual).toBeGreaterThan(0.7 * taken)
}

it('a post of one article takes as many statements as docs/scale.md says', async () => {
  const body = published(item('new', { tags: ['Kinh tế', 'Xã hội'] }))
  const post = await asked('/sources/bao/webhook', await signedPost(body))
  expectAbout(post.statements, counted.post.statements)
})

it('so does a document of 75 articles, and the question whether it is still the same', async () => {
  const ofSource = await asked('/sources/bao/feed.rss')
  const ofTopic = await asked('/topics/kinh-te/feed.atom')
  expectAbout(Math.max(ofSource.statements, ofTopic.statements), counted.render.statements)
  expectAbout((ofSource.rowsRead + ofTopic.rowsRead) / 2, counted.render.rowsRead)
  const { response } = await watchedRequest('/sources/bao/feed.rss')
  const headers = { 'If-None-Match': response.headers.get('ETag') ?? '' }
  const { statements } = await asked('/sources/bao/feed.rss', { headers })
  expect(statements).toBe(counted.revalidation.statements)
})

it('so does the page of a feed', async () => {
  const { statements, rowsRead } = await asked('/sources/bao')
  expectAbout(statements, counted.page.statements)
  expectAbout(rowsRead, counted.page.rowsRead)
})

it('so does a reader, once an hour and isolate', async () => {
  const counter = newCounter()
  const hour = 3600
  const readAt = async (userAgent: string, now: number) => {
    const statements: Watched[] = []
    const work: Promise<unknown>[] = []
    const waitUntil = (promise: Promise<unknown>) => void work.push(promise)
    const request = new Request('https://loa.example/feed.rss', {
      headers: { 'User-Agent': userAgent, 'CF-Connecting-IP': '192.0.2.1' },
    })
    countReader(request, '', { counter, db: watch(env.DB, statements), now, waitUntil })
    await Promise.all(work)
    return askedIn(statements)
  }
  const noon = 20_000 * 24 * hour + 12 * hour
  const service = 'Feedbin feed-id:1 - 12 subscribers'
  expect((await readAt(service, noon)).rowsWritten).toBe(counted.program.rowsWritten)
  expectAbout((await readAt(service, noon + hour)).rowsRead, counted.sighting.rowsRead)
  // The first of a day brings the day's salt with it.
  await readAt('NetNewsWire', noon + hour)
  const again = await readAt('NetNewsWire', noon + 2 * hour)
  expect(again.rowsWritten).toBe(0)
  expectAbout(again.rowsRead, counted.sighting.rowsRead)
})

it('so does a reader’s mark, from its writing to its removal', async () => {
  const writtenFor = async (day: number, marks: readonly string[]) => {
    await saltOf(env.DB, day, 'salt')
    const statements: Watched[] = []
    const db = watch(env.DB, statements)
    const seen = marks.map((mark) => ({ day, path: '', agent: 'NetNewsWire', mark }))
    await recordSeen(db, { subscribers: [], marks: seen })
    expect(await closeDays(db, day + 1, 100)).toBe(marks.length)
    return askedIn(statements).rowsWritten
  }
  // The salt and the program's number are those of a day, however many marks it has.
  const ofDay = 1 + counted.program.rowsWritten
  expect(await writtenFor(20_000, ['a'])).toBe(ofDay + counted.mark.rowsWritten)
  expect(await writtenFor(20_001, ['a', 'b', 'c'])).toBe(ofDay + 3 * counted.mark.rowsWritten)
})

it('so does a minute in which nothing is due', async () => {
  const minute = async () => {
    const statements: Watched[] = []
    const context = createExecutionContext()
    // It begins neither an hour nor a day.
    const at = new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000 + 1_800_000)
    const bindings = { ...env, DB: watch(env.DB, statements) }
    const controller = createScheduledController({ scheduledTime: at, cron: '* * * * *' })
    await worker.scheduled(controller, bindings, context)
    await waitOnExecutionContext(context)
    return askedIn(statements)
  }
  // The first one notes how the hub is doing.
  await minute()
  const { statements, rowsRead, rowsWritten } = await minute()
  expectAbout(statements, counted.minute.statements)
  expectAbout(rowsRead, counted.minute.rowsRead)
  expect(rowsWritten).toBe(0)
})
