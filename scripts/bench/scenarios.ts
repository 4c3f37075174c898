// What is measured. Each scenario says which requests it is made of, and what it is compared with.

import type { Load } from './drive.ts'
import { signer } from './posts.ts'
import { hosts, type Sent, type Stage } from './stage.ts'
import { sampleItem } from './text.ts'

export type Scenario = {
  readonly name: string
  /** The scenario whose requests per second its own are divided by; null for a baseline. */
  readonly against: 'hello' | 'rows' | 'insert' | null
  /** Made anew for each run: more requests than can be answered in so many seconds. */
  readonly prepare: (stage: Stage, seconds: number) => Promise<Load>
  readonly statuses: readonly number[]
  /** How many articles a request stores. */
  readonly articles?: number
  /** Whether it is Loa that answers, so that there are rows of its own to count. */
  readonly runsLoa: boolean
  /** What others do: nothing of ours depends on it. */
  readonly isAside?: boolean
  /** Where requests differ: over how many the rows are counted. */
  readonly countedOver?: number
}

const connections = 16

// The document that is read: fifty articles of a source that posts nothing in the meantime.
const quietFeed = '/sources/nguon-0'
const firstPosting = 1

// What a program of one person says: the dearest kind of reader to count.
const agent = { 'User-Agent': 'NetNewsWire (RSS Reader; https://netnewswire.com/)' }
const gzip = { ...agent, 'Accept-Encoding': 'gzip' }

const read = (host: string, path: string, headers: Record<string, string>): Sent => {
  return { method: 'GET', host, path, headers }
}

const onLoa = { runsLoa: true, statuses: [200] }
const onBaseline = { runsLoa: false, statuses: [200], against: null }

export const scenarios: readonly Scenario[] = [
  {
    ...onBaseline,
    name: 'hello',
    prepare: async () => again(read(hosts.hello, '/', agent)),
  },
  {
    ...onBaseline,
    isAside: true,
    name: 'bytes',
    against: 'hello',
    prepare: (stage) => bytes(stage, '/bytes'),
  },
  {
    ...onBaseline,
    isAside: true,
    name: 'Cache API',
    against: 'hello',
    prepare: (stage) => bytes(stage, '/cached'),
  },
  ...(['rss', 'atom', 'json'] as const).map((extension): Scenario => {
    const poll = read(hosts.loa, `${quietFeed}/feed.${extension}`, gzip)
    return {
      ...onLoa,
      name: `hit ${extension}`,
      against: 'hello',
      prepare: async () => again(poll),
    }
  }),
  {
    ...onLoa,
    name: '304',
    against: 'hello',
    prepare: (stage) => held(stage, hosts.loa),
    statuses: [304],
  },
  {
    ...onLoa,
    name: 'revalidation',
    against: 'hello',
    prepare: (stage) => held(stage, hosts.stale),
    statuses: [304],
  },
  {
    ...onLoa,
    name: 'mixed day',
    against: 'hello',
    prepare: mixedDay,
    statuses: [200, 201, 304],
    countedOver: 100,
  },
  {
    ...onBaseline,
    name: 'rows',
    prepare: async () => again(read(hosts.baselines, `/rows?of=${quietFeed}`, agent)),
  },
  { ...onLoa, name: 'miss', against: 'rows', prepare: missed },
  {
    ...onBaseline,
    isAside: true,
    name: '`feed` 6.0.0',
    against: 'rows',
    prepare: async () => again(read(hosts.baselines, `/package?of=${quietFeed}`, agent)),
  },
  { ...onBaseline, name: 'insert', prepare: inserted, statuses: [201] },
  {
    ...onLoa,
    name: 'post',
    against: 'insert',
    prepare: (stage, seconds) => posted(stage, 1, 600 * seconds),
    statuses: [201],
    countedOver: 25,
    articles: 1,
  },
  {
    ...onLoa,
    name: 'post of 100',
    against: 'insert',
    prepare: async (stage, seconds) => {
      return { ...(await posted(stage, 100, 20 * seconds)), connections: 4 }
    },
    articles: 100,
  },
]

function again(sent: Sent): Load {
  return { connections, requests: [sent], mode: 'again' }
}

// What a hit gives, from a Worker that does nothing else.
async function bytes({ send }: Stage, path: string): Promise<Load> {
  const { headers, body } = await send(read(hosts.loa, `${quietFeed}/feed.rss`, gzip))
  const hopByHop = new Set(['content-length', 'connection', 'date', 'transfer-encoding'])
  const fields = Object.entries(headers).filter(([name]) => !hopByHop.has(name))
  await send({
    method: 'PUT',
    host: hosts.baselines,
    path: '/bytes',
    headers: Object.fromEntries(fields) as Record<string, string>,
    body,
  })
  return again(read(hosts.baselines, path, gzip))
}

// The edge has it, and so has the reader.
async function held({ send }: Stage, host: string): Promise<Load> {
  const poll = read(host, `${quietFeed}/feed.atom`, gzip)
  const etag = String((await send(poll)).headers['etag'])
  return again({ ...poll, headers: { ...gzip, 'If-None-Match': etag } })
}

// Every host has documents of its own, since they name it: at a host that was never asked for, nothing
// can be kept.
let hostsSpent = 0

async function missed(_stage: Stage, seconds: number): Promise<Load> {
  const requests = Array.from({ length: 500 * seconds }, () =>
    read(`n${++hostsSpent}.example`, `${quietFeed}/feed.atom`, agent)
  )
  return { connections, requests, mode: 'once' }
}

const polledSources = 6

// 90 polls by readers that keep what they have, 9 by those that do not, and a post, over and over.
async function mixedDay(stage: Stage, seconds: number): Promise<Load> {
  const sign = await signer(stage, firstPosting)
  const feeds = Array.from({ length: polledSources }, (_, n) => `/sources/nguon-${n}`)
  const paths = ['', ...feeds].flatMap((feed) =>
    ['rss', 'atom', 'json'].map((extension) => `${feed}/feed.${extension}`)
  )
  const etags = new Map<string, string>()
  for (const path of paths) {
    const { headers } = await stage.send(read(hosts.loa, path, gzip))
    etags.set(path, String(headers['etag']))
  }
  const requests = Array.from({ length: 2500 * seconds }, (_, n) => {
    if (n % 100 === 99) return sign([freshItem()])
    const path = paths[n % paths.length] ?? ''
    const known = { 'If-None-Match': etags.get(path) ?? '' }
    return read(hosts.loa, path, n % 100 < 9 ? gzip : { ...gzip, ...known })
  })
  return { connections, requests, mode: 'learn' }
}

async function inserted(_stage: Stage, seconds: number): Promise<Load> {
  const requests = Array.from({ length: 2000 * seconds }, () => ({
    method: 'POST',
    host: hosts.baselines,
    path: '/insert',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(freshItem()),
  }))
  return { connections, requests, mode: 'once' }
}

async function posted(stage: Stage, articles: number, amount: number): Promise<Load> {
  const sign = await signer(stage, firstPosting)
  const post = () => sign(Array.from({ length: articles }, freshItem))
  return { connections, requests: Array.from({ length: amount }, post), mode: 'once' }
}

// Never the same article twice, in any run over one database.
let itemsSpent = 0
const series = `moi-${Date.now()}`

function freshItem() {
  return sampleItem(++itemsSpent, series)
}
