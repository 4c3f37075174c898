// What is measured. Each scenario says how its requests come about, and what it is compared with.

import type { Load, Reader } from './drive.ts'
import { signer } from './posts.ts'
import { hosts, type Sent, type Stage } from './stage.ts'
import { sampleItem } from './text.ts'

export type Scenario = {
  readonly name: string
  /** The scenario whose requests per second its own are divided by; null for a baseline. */
  readonly against: 'hello' | 'rows' | 'insert' | null
  /** Made anew for each run: what a client knows before it begins. */
  readonly prepare: (stage: Stage) => Promise<Load>
  /** How many articles a request stores. */
  readonly articles?: number
  /** Whether it is Loa that answers, so that there are rows of its own to count. */
  readonly runsLoa: boolean
  /** Where requests differ: over how many the rows are counted. */
  readonly countedOver?: number
}

const connections = 16
const gzip = { 'Accept-Encoding': 'gzip' }
const feed = '/feed.atom'

export const scenarios: readonly Scenario[] = [
  {
    name: 'hello',
    against: null,
    runsLoa: false,
    prepare: () => same({ method: 'GET', host: hosts.hello, path: '/', headers: {} }),
  },
  { name: 'hit RSS', against: 'hello', runsLoa: true, prepare: (stage) => hit(stage, '/feed.rss') },
  {
    name: 'hit Atom',
    against: 'hello',
    runsLoa: true,
    prepare: (stage) => hit(stage, '/feed.atom'),
  },
  {
    name: 'hit JSON',
    against: 'hello',
    runsLoa: true,
    prepare: (stage) => hit(stage, '/feed.json'),
  },
  { name: '304', against: 'hello', runsLoa: true, prepare: held },
  { name: 'revalidation', against: 'hello', runsLoa: true, prepare: revalidated },
  { name: 'mixed day', against: 'hello', runsLoa: true, prepare: mixedDay, countedOver: 100 },
  {
    name: 'rows',
    against: null,
    runsLoa: false,
    prepare: (stage) => rowsOf(stage, '/rows'),
  },
  { name: 'miss', against: 'rows', runsLoa: true, prepare: missed },
  {
    name: '`feed` 6.0.0',
    against: 'rows',
    runsLoa: false,
    prepare: (stage) => rowsOf(stage, '/package'),
  },
  { name: 'insert', against: null, runsLoa: false, prepare: inserted },
  {
    name: 'post',
    against: 'insert',
    runsLoa: true,
    prepare: (stage) => posted(stage, 1),
    articles: 1,
  },
  {
    name: 'post of 100',
    against: 'insert',
    runsLoa: true,
    prepare: (stage) => posted(stage, 100),
    articles: 100,
  },
]

async function same(sent: Sent, statuses: readonly number[] = [200]): Promise<Load> {
  return { connections, statuses, reader: () => ({ next: () => sent }) }
}

// As many rows as the document lists by now.
async function rowsOf({ send }: Stage, path: string): Promise<Load> {
  const { body } = await send({ method: 'GET', host: hosts.loa, path: '/feed.json', headers: {} })
  const { items } = JSON.parse(body.toString()) as { items: unknown[] }
  const limited = `${path}?limit=${items.length}`
  return same({ method: 'GET', host: hosts.baselines, path: limited, headers: {} })
}

// The edge has it, the reader has nothing.
async function hit({ send }: Stage, path: string): Promise<Load> {
  const sent = { method: 'GET', host: hosts.loa, path, headers: gzip }
  await send(sent)
  return same(sent)
}

// The edge has it, and so has the reader.
async function held({ send }: Stage): Promise<Load> {
  const sent = { method: 'GET', host: hosts.loa, path: feed, headers: gzip }
  const etag = String((await send(sent)).headers['etag'])
  return same({ ...sent, headers: { ...gzip, 'If-None-Match': etag } }, [304])
}

// Every host has documents of its own, since they name it: at a host that was never asked for, nothing
// can be cached, whatever keeps bytes on the way.
let hostsSpent = 0

function freshHost(): string {
  return `n${++hostsSpent}.example`
}

// The reader has it, the edge does not know that it is current: one row tells. Another copy of Loa says
// what the validator is, so that the one which is measured was never asked for it.
async function revalidated(stage: Stage): Promise<Load> {
  const polls: Sent[] = []
  const prepare = async () => {
    while (polls.length < revalidationsPerRun) {
      const host = freshHost()
      const poll = { method: 'GET', host, path: feed, headers: gzip }
      // Every validator there is matches it (RFC 9110 §13.1.2); the answer names the current one.
      const any = { ...poll, headers: { 'If-None-Match': '*' } }
      const etag = (await stage.ask(any)).get('ETag') ?? ''
      polls.push({ ...poll, headers: { ...gzip, 'If-None-Match': etag } })
    }
  }
  await Promise.all(Array.from({ length: connections }, prepare))
  const next = () => {
    const poll = polls.pop()
    if (!poll) throw new Error('more polls than were prepared')
    return poll
  }
  return { connections, statuses: [304], amount: revalidationsPerRun, reader: () => ({ next }) }
}

const revalidationsPerRun = 300

// Neither has it.
async function missed(): Promise<Load> {
  const next = () => ({ method: 'GET', host: freshHost(), path: feed, headers: {} })
  return { connections, statuses: [200], reader: () => ({ next }) }
}

const polledSources = 6

// 90 polls by readers that keep what they have, 9 by those that do not, and a post, over and over.
async function mixedDay(stage: Stage): Promise<Load> {
  const sign = await signer(stage)
  const extensions = ['rss', 'atom', 'json']
  const paths = Array.from({ length: polledSources + 1 }, (_, n) =>
    n === 0 ? '' : `/sources/nguon-${n - 1}`
  ).flatMap((path) => extensions.map((extension) => `${path}/feed.${extension}`))
  const known = new Map<string, string>()
  for (const path of paths) {
    const { headers } = await stage.send({ method: 'GET', host: hosts.loa, path, headers: gzip })
    known.set(path, String(headers['etag']))
  }
  let begun = 0
  return {
    connections,
    statuses: [200, 201, 304],
    reader: () => dayOf(begun++ * 37, new Map(known)),
  }

  // Each connection is a reader that takes up the day at another point.
  function dayOf(from: number, kept: Map<string, string>): Reader {
    let n = from
    const next = (): Sent => {
      n++
      if (n % 100 === 0) return sign([freshItem()])
      const path = paths[n % paths.length] ?? ''
      const etag = kept.get(path)
      const isPolite = n % 100 > 9 && etag !== undefined
      const headers = isPolite ? { ...gzip, 'If-None-Match': etag } : gzip
      return { method: 'GET', host: hosts.loa, path, headers }
    }
    const learn: Reader['learn'] = ({ path }, headers) => {
      const etag = headers['etag'] ?? headers['ETag']
      if (etag !== undefined) kept.set(path, etag)
    }
    return { next, learn }
  }
}

async function inserted(): Promise<Load> {
  const next = (): Sent => ({
    method: 'POST',
    host: hosts.baselines,
    path: '/insert',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(freshItem()),
  })
  return { connections, statuses: [201], reader: () => ({ next }) }
}

async function posted(stage: Stage, articles: number): Promise<Load> {
  const sign = await signer(stage)
  const next = () => sign(Array.from({ length: articles }, freshItem))
  const reader = () => ({ next })
  // Large posts would not be done when the time is.
  return articles === 1
    ? { connections, statuses: [201], reader }
    : { connections: 4, statuses: [200], amount: 6, reader }
}

// Never the same article twice, in any run over one database.
let itemsSpent = 0
const series = `moi-${Date.now()}`

function freshItem() {
  return sampleItem(++itemsSpent, series)
}
