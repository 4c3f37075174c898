// How many read a feed: /api/feeds/{feed}/readers, and the same as CSV.

import { Hono, type Context } from 'hono'

import { feedPath, type FeedKey } from '../feeds/feed.ts'
import { findFeed } from '../feeds/store.ts'
import { Problem, type PointedError } from '../lib/problem.ts'
import { epochDay, epochSeconds } from '../lib/time.ts'
import { kindOf } from '../readers/agent.ts'
import { listReaders, type DailyReaders } from '../readers/store.ts'

export const operatorReaderRoutes = new Hono<{ Bindings: Env }>()

const list = ':list{readers(?:\\.csv)?}'

operatorReaderRoutes.get(`/${list}`, (c) => answer(c, { source: null, topic: null }))
operatorReaderRoutes.get(`/sources/:source/${list}`, (c) =>
  answer(c, { source: c.req.param('source'), topic: null })
)
operatorReaderRoutes.get(`/topics/:topic/${list}`, (c) =>
  answer(c, { source: null, topic: c.req.param('topic') })
)
operatorReaderRoutes.get(`/sources/:source/topics/:topic/${list}`, (c) =>
  answer(c, { source: c.req.param('source'), topic: c.req.param('topic') })
)

async function answer(c: Context<{ Bindings: Env }>, key: FeedKey): Promise<Response> {
  const path = feedPath(key)
  const feed = await findFeed(c.env.DB, path)
  if (!feed) throw new Problem('not-found', `There is no feed ${path || '/'}.`)
  const period = readPeriod(c.req.query('from'), c.req.query('to'), epochDay(epochSeconds()))
  const readers = await listReaders(c.env.DB, feed.id, period)
  if (c.req.param('list') === 'readers.csv') return csv(path, readers)
  const days = [...Map.groupBy(readers, ({ day }) => day)].map(([day, agents]) => ({
    day: dateOf(day),
    readers: total(agents),
    agents: agents.map((each) => ({
      name: each.agent,
      kind: kindOf(each.agent),
      readers: each.readers,
    })),
  }))
  return c.json({ feed: path || '/', from: dateOf(period.from), to: dateOf(period.to), days })
}

// Those of whom nobody knows whether they read are told and not counted.
function total(agents: readonly DailyReaders[]): number {
  return agents
    .filter(({ agent }) => kindOf(agent) !== 'other')
    .reduce((sum, { readers }) => sum + readers, 0)
}

// Neither a path nor a name of ours needs quotes: a path is percent-encoded.
function csv(path: string, readers: readonly DailyReaders[]): Response {
  const rows = readers.map(({ day, agent, readers: count }) =>
    [dateOf(day), path || '/', agent, kindOf(agent), count].join(',')
  )
  return new Response(['day,feed,agent,kind,readers', ...rows, ''].join('\r\n'), {
    headers: {
      'Content-Type': 'text/csv; charset=utf-8; header=present',
      'Content-Disposition': 'attachment; filename="readers.csv"',
    },
  })
}

const daysDefault = 30
const daysMax = 400

/** Days from and to, both included; the last 30 when nothing is said. */
function readPeriod(from: string | undefined, to: string | undefined, today: number) {
  const errors: PointedError[] = []
  const read = (name: string, text: string | undefined, otherwise: number) => {
    if (text === undefined) return otherwise
    const day = parseDay(text)
    if (day === null) errors.push({ pointer: `/${name}`, detail: 'is no day like 2026-11-22' })
    return day ?? otherwise
  }
  const last = read('to', to, today)
  const first = read('from', from, last - daysDefault + 1)
  if (errors.length === 0 && (first > last || last - first >= daysMax)) {
    errors.push({ pointer: '/from', detail: `must be 0 to ${daysMax - 1} days before "to"` })
  }
  if (errors.length > 0) throw new Problem('invalid', 'The period cannot be read.', { errors })
  return { from: first, to: last }
}

function parseDay(text: string): number | null {
  const milliseconds = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN
  const day = epochDay(milliseconds / 1000)
  // What does not exist, such as 30 February, may be read as another day.
  return Number.isFinite(day) && dateOf(day) === text ? day : null
}

function dateOf(day: number): string {
  return new Date(day * 24 * 3600 * 1000).toISOString().slice(0, 10)
}
