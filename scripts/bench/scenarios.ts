// What is measured. Each scenario says which requests it is made of, and what it is compared with.

import type { Load } from './drive.ts'
import { signer } from './posts.ts'
import { hosts, type Sent, type Stage } from './stage.ts'
import { sampleItem } from './text.ts'

export type Scenario = {
  readonly name: string
  /** The scenario whose requests per second its own are divided by; null for a baseline. */
  readonly against: 'hello' | 'hello from Node' | 'rows' | 'rows gzip' | 'insert' | null
  /** The least that this ratio is meant to be. */
  readonly target?: number
  /** The most rows that one request is meant to read. */
  readonly rowsTarget?: number
  /** Made anew for each run: so many requests, or a single one that is sent over and over. */
  readonly prepare: (stage: Stage, amount: number) => Promise<Load>
  /** How many requests a run has: about a second's, where each is sent once. */
  readonly amount: number
  /** How many articles a request stores. */
  readonly articles?: number
  /** Whether it is Loa as a whole that answers, so that there are rows of its own to count. */
  readonly runsLoa: boolean
  /** Nothing of ours depends on it, nor it on how many articles there are: once is enough. */
  readonly isAside?: boolean
  /** Left out of a quick look: it takes long, or is much like another. */
  readonly isExtra?: boolean
  /** Where requests differ: over how many the rows are counted. */
  readonly countedOver?: number
}

const connections = 16

// The document that is read: fifty articles of a source that posts nothing in the meantime.
const quietSource = 'nguon-0'
const quietFeed = `/sources/${quietSource}`
const firstPosting = 1

// What a program of one person says: the dearest kind of reader to count.
const agent = { 'User-Agent': 'NetNewsWire (RSS Reader; https://netnewswire.com/)' }
const gzip = { ...agent, 'Accept-Encoding': 'gzip' }

const read = (host: string, path: string, headers: Record<string, string>): Sent => {
  return { method: 'GET', host, path, headers, statuses: [200] }
}

const baseline = { runsLoa: false, amount: 1, against: null }
const aside = { ...baseline, isAside: true }
const fromEdge = { runsLoa: true, amount: 1, against: 'hello', target: 0.8, rowsTarget: 0 } as const
// The row of a feed, of each of its articles, and one for each article's source where they have several.
const fromRows = { runsLoa: true, rowsTarget: 2 * 50 + 2 }

export const scenarios: readonly Scenario[] = [
  { ...baseline, name: 'hello', prepare: async () => single(read(hosts.hello, '/', agent)) },
  { ...aside, name: 'bytes', against: 'hello', prepare: (stage) => bytes(stage, '/bytes') },
  { ...aside, name: 'Cache API', against: 'hello', prepare: (stage) => bytes(stage, '/cached') },
  ...(['rss', 'atom', 'json'] as const).map((extension): Scenario => {
    const poll = read(hosts.loa, `${quietFeed}/feed.${extension}`, gzip)
    const isExtra = extension !== 'rss'
    return { ...fromEdge, name: `hit ${extension}`, isExtra, prepare: (stage) => kept(stage, poll) }
  }),
  {
    ...fromEdge,
    name: 'hit through Feeds',
    // A stand-in answers where rows would be read.
    runsLoa: false,
    prepare: (stage) => kept(stage, read(hosts.through, `${quietFeed}/feed.atom`, gzip)),
  },
  { ...fromEdge, name: '304', prepare: (stage) => held(stage, hosts.loa) },
  {
    ...fromEdge,
    name: '304 through Feeds',
    runsLoa: false,
    prepare: (stage) => held(stage, hosts.through),
  },
  {
    runsLoa: true,
    amount: 1,
    name: 'revalidation',
    against: 'hello',
    rowsTarget: 1,
    prepare: (stage) => held(stage, hosts.stale),
  },
  { ...baseline, name: 'hello from Node', amount: 1500, prepare: helloEach },
  {
    runsLoa: true,
    amount: 600,
    name: 'mixed day',
    against: 'hello from Node',
    prepare: mixedDay,
    countedOver: 2000,
  },
  { ...baseline, name: 'rows', amount: 100, prepare: rowsAt('/rows') },
  {
    ...fromRows,
    name: 'miss',
    against: 'rows',
    amount: 80,
    target: 0.7,
    prepare: (_, amount) => missed(amount, agent),
  },
  {
    ...aside,
    name: '`feed` 6.0.0',
    against: 'rows',
    amount: 80,
    prepare: rowsAt('/package'),
  },
  { ...baseline, name: 'rows gzip', amount: 50, isExtra: true, prepare: rowsAt('/rows/gzip') },
  {
    ...fromRows,
    name: 'miss gzip',
    against: 'rows gzip',
    amount: 40,
    isExtra: true,
    prepare: (_, amount) => missed(amount, gzip),
  },
  { ...baseline, name: 'insert', amount: 600, prepare: inserted },
  {
    runsLoa: true,
    name: 'post',
    against: 'insert',
    target: 0.4,
    prepare: (stage, amount) => posted(stage, 1, amount),
    amount: 100,
    countedOver: 300,
    articles: 1,
  },
  {
    runsLoa: true,
    name: 'post of 100',
    against: 'insert',
    prepare: async (stage, amount) => ({ ...(await posted(stage, 100, amount)), connections: 4 }),
    amount: 12,
    countedOver: 10,
    articles: 100,
    isExtra: true,
  },
]

function single(sent: Sent): Load {
  return { connections, requests: [sent] }
}

function several(amount: number, request: () => Sent): Load {
  return { connections, requests: Array.from({ length: amount }, request) }
}

async function helloEach(_stage: Stage, amount: number): Promise<Load> {
  return several(amount, () => read(hosts.hello, '/', agent))
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
    statuses: [200],
  })
  return single(read(hosts.baselines, path, gzip))
}

// The edge has it: what other work drove out of memory comes back first.
async function kept({ send }: Stage, poll: Sent): Promise<Load> {
  await send(poll)
  return single(poll)
}

// The edge has it, and so has the reader.
async function held({ send }: Stage, host: string): Promise<Load> {
  const poll = read(host, `${quietFeed}/feed.atom`, gzip)
  const etag = String((await send(poll)).headers['etag'])
  return single({ ...poll, headers: { ...gzip, 'If-None-Match': etag }, statuses: [304] })
}

function rowsAt(path: string): Scenario['prepare'] {
  const request = read(hosts.baselines, `${path}?of=${quietSource}`, agent)
  return async (_, amount) => several(amount, () => request)
}

// Every host has documents of its own, since they name it: at a host that was never asked for, nothing
// can be kept.
let hostsSpent = 0

async function missed(amount: number, headers: Record<string, string>): Promise<Load> {
  return several(amount, () => read(`n${++hostsSpent}.example`, `${quietFeed}/feed.atom`, headers))
}

const polledSources = 6

// 90 polls by readers that keep what they have, 9 by those that do not, and a post, over and over.
async function mixedDay(stage: Stage, amount: number): Promise<Load> {
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
  const requests = Array.from({ length: amount }, (_, n): Sent => {
    if (n % 100 === 99) return sign([freshItem()])
    const path = paths[n % paths.length] ?? ''
    if (n % 100 < 9) return read(hosts.loa, path, gzip)
    const known = { ...gzip, 'If-None-Match': etags.get(path) ?? '' }
    return { ...read(hosts.loa, path, known), statuses: [200, 304] }
  })
  return { connections, requests }
}

async function inserted(_stage: Stage, amount: number): Promise<Load> {
  return several(amount, () => ({
    method: 'POST',
    host: hosts.baselines,
    path: '/insert',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(freshItem()),
    statuses: [201],
  }))
}

async function posted(stage: Stage, articles: number, amount: number): Promise<Load> {
  const sign = await signer(stage, firstPosting)
  return several(amount, () => sign(Array.from({ length: articles }, freshItem)))
}

// Never the same article twice.
let itemsSpent = 0

function freshItem() {
  return sampleItem(++itemsSpent, 'fresh')
}
