// npm run scale: what a deployment costs a month, at three sizes, and which limits it meets. Prices and
// limits are Cloudflare's of November 2026 (docs/scale.md says where they stand); the work each request
// makes is what docs/benchmarks.md says; what a wire does in a day is assumed, and stands in `wires`.
//
//   npm run scale                       prints the tables of docs/scale.md
//   npm run scale -- --polls 1e8        the largest wire with so many polls a day

import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'

import { edgeSeconds } from '../src/feeds/edge.ts'
import { table } from './bench/report.ts'

// Workers Paid, US dollars; what is included each month comes off before the price applies.
const prices = {
  base: 5,
  requests: { included: 10e6, perMillion: 0.3 },
  cpuMs: { included: 30e6, perMillion: 0.02 },
  rowsRead: { included: 25e9, perMillion: 0.001 },
  rowsWritten: { included: 50e6, perMillion: 1 },
  storageGb: { included: 5, perMillion: 0.75e6 },
  queueOperations: { included: 1e6, perMillion: 0.4 },
} as const

type Metered = Exclude<keyof typeof prices, 'base'>

const limits = { databaseGb: 10, tagsPerCall: 100, callsPerMinute: 5, statementsPerPost: 16 }

// CPU is that of the whole local workerd, D1 and HTTP with it, of which Cloudflare bills only the Worker's
// part: it is an upper bound.
const measured = {
  poll: workOf('304'),
  revalidation: workOf('revalidation'),
  miss: workOf('miss'),
  post: workOf('post'),
  // A database with a million articles of 6 kB, on two topics each, had 8.77 GB; the terms for search, which
  // the newest 200,000 have, come on top.
  bytesPerArticle: 8770,
  feedsPerPost: 6,
  // RSS, Atom and JSON Feed, each with gzip and without.
  documentsPerFeed: 6,
}

type Work = { readonly cpuMs: number; readonly rowsRead: number; readonly rowsWritten: number }

/** What one request of a kind takes, as the largest of the tables in docs/benchmarks.md says. */
function workOf(kind: string): Work {
  const lines = readFileSync('docs/benchmarks.md', 'utf8').split('\n')
  const line = lines.findLast((each) => each.split('|')[1]?.trim() === kind)
  const cells = line?.split('|').map((cell) => Number(cell.replaceAll(',', ''))) ?? []
  const [cpuMs, , rowsRead, rowsWritten] = cells.slice(5, 9)
  if (!cpuMs || rowsRead === undefined || rowsWritten === undefined)
    throw new Error(`docs/benchmarks.md does not say what this takes: ${kind}`)
  return { cpuMs, rowsRead, rowsWritten }
}

type Wire = {
  readonly name: string
  readonly sources: number
  readonly articles: number
  readonly pollsPerDay: number
  readonly postsPerDay: number
  /** Feeds that anybody polls: those of all, of sources, of topics, of sources' topics. */
  readonly feeds: number
  /** Programs that read a feed, and people who read it with a program of their own. */
  readonly agentsPerFeed: number
  readonly peoplePerFeed: number
}

const wires: readonly Wire[] = [
  {
    name: 'a town',
    sources: 10,
    articles: 10_000,
    pollsPerDay: 100_000,
    postsPerDay: 50,
    feeds: 100,
    agentsPerFeed: 10,
    peoplePerFeed: 30,
  },
  {
    name: 'a country',
    sources: 500,
    articles: 1_000_000,
    pollsPerDay: 20e6,
    postsPerDay: 5000,
    feeds: 5000,
    agentsPerFeed: 15,
    peoplePerFeed: 100,
  },
  {
    name: 'the world',
    sources: 10_000,
    articles: 100_000_000,
    pollsPerDay: 1e9,
    postsPerDay: 100_000,
    feeds: 100_000,
    agentsPerFeed: 15,
    peoplePerFeed: 200,
  },
]

const daysPerMonth = 30

const names: Record<Metered, string> = {
  requests: 'requests',
  cpuMs: 'CPU, ms',
  rowsRead: 'rows read',
  rowsWritten: 'rows written',
  storageGb: 'storage, GB',
  queueOperations: 'queue operations',
}

const { values: options } = parseArgs({ options: { polls: { type: 'string' } } })
const simulated = wires.map((wire, index) =>
  options.polls && index === wires.length - 1
    ? { ...wire, pollsPerDay: Number(options.polls) }
    : wire
)

console.log(`${unitCosts()}\n`)
console.log(`${monthly()}\n`)
console.log(walls())

type Usage = Record<Metered, number>

function usageOf(wire: Wire): Usage {
  const days = daysPerMonth
  const { renders, revalidations } = edgeWork(wire)
  const writes = readerWrites(wire)
  return {
    requests: (wire.pollsPerDay + wire.postsPerDay) * days,
    cpuMs:
      days *
      (wire.pollsPerDay * measured.poll.cpuMs +
        renders * measured.miss.cpuMs +
        revalidations * measured.revalidation.cpuMs +
        wire.postsPerDay * measured.post.cpuMs),
    rowsRead:
      days *
      (renders * measured.miss.rowsRead +
        revalidations * measured.revalidation.rowsRead +
        wire.postsPerDay * measured.post.rowsRead +
        writes.read),
    rowsWritten: days * (wire.postsPerDay * measured.post.rowsWritten + writes.written),
    storageGb: (wire.articles * measured.bytesPerArticle) / 1e9,
    // A message is written, read and deleted; one tells the edge of each post.
    queueOperations: days * wire.postsPerDay * 3,
  }
}

// Each document that is polled is rendered once for each change of its feed, and asked for again when
// its lifetime is over. A document nobody polls in between costs nothing: polls are the upper bound.
function edgeWork({ postsPerDay, pollsPerDay, feeds }: Wire) {
  const { feedsPerPost, documentsPerFeed } = measured
  const renders = Math.min(postsPerDay * feedsPerPost * documentsPerFeed, pollsPerDay)
  const lifetimes = (24 * 3600) / edgeSeconds
  const revalidations = Math.min(feeds * documentsPerFeed * lifetimes, pollsPerDay)
  return { renders, revalidations }
}

// Once a day a number for each program, in table and index; a mark for each person, and its removal.
function readerWrites({ feeds, agentsPerFeed, peoplePerFeed }: Wire) {
  const hourly = feeds * agentsPerFeed * 24
  return {
    written: feeds * agentsPerFeed * 2 + feeds * peoplePerFeed * 2,
    // Found, compared, and mostly left as it is.
    read: hourly * 4,
  }
}

function costOf(usage: Usage): Record<Metered, number> {
  return Object.fromEntries(
    Object.entries(usage).map(([name, amount]) => {
      const { included, perMillion } = prices[name as Metered]
      return [name, (Math.max(0, amount - included) / 1e6) * perMillion]
    })
  ) as Record<Metered, number>
}

function unitCosts(): string {
  const price = (name: Metered, amount: number) => (amount / 1e6) * prices[name].perMillion
  const row = (name: string, times: number, usage: Partial<Usage>) => {
    const dollars = Object.entries(usage)
      .map(([each, amount]) => price(each as Metered, amount * times))
      .reduce((sum, each) => sum + each, 0)
    return [name, `${dollars.toFixed(2)} $`]
  }
  const { poll, revalidation, miss, post } = measured
  return table(
    ['beyond what is included', 'costs'],
    [
      row('1,000,000 polls, answered by the edge', 1e6, { requests: 1, cpuMs: poll.cpuMs }),
      row('1,000,000 revalidations', 1e6, {
        cpuMs: revalidation.cpuMs,
        rowsRead: revalidation.rowsRead,
      }),
      row('1,000,000 documents rendered', 1e6, { cpuMs: miss.cpuMs, rowsRead: miss.rowsRead }),
      row('1,000 posts', 1000, {
        requests: 1,
        cpuMs: post.cpuMs,
        rowsRead: post.rowsRead,
        rowsWritten: post.rowsWritten,
        queueOperations: 3,
      }),
      row('1,000,000 articles kept for a month', 1e6, {
        storageGb: measured.bytesPerArticle / 1e9,
      }),
    ]
  )
}

function monthly(): string {
  const costs = simulated.map((wire) => ({ usage: usageOf(wire), cost: costOf(usageOf(wire)) }))
  const metered = Object.keys(prices).filter((name) => name !== 'base') as Metered[]
  const rows = metered.map((name) => [
    names[name],
    ...costs.map(({ usage, cost }) => `${round(usage[name])} → ${cost[name].toFixed(2)} $`),
  ])
  const totals = costs.map(({ cost }) => {
    const sum = Object.values(cost).reduce((total, each) => total + each, prices.base)
    return `${sum.toFixed(2)} $`
  })
  const titles = ['a month', ...simulated.map((wire) => wire.name)]
  return table(titles, [
    ['sources', ...simulated.map((wire) => round(wire.sources))],
    ['articles', ...simulated.map((wire) => round(wire.articles))],
    ['polls a day', ...simulated.map((wire) => round(wire.pollsPerDay))],
    ['posts a day', ...simulated.map((wire) => round(wire.postsPerDay))],
    ...rows,
    ['all, with 5 $ for the plan', ...totals],
  ])
}

function walls(): string {
  const perWire = (value: (wire: Wire) => string) => simulated.map(value)
  const tagsPossible = limits.tagsPerCall * limits.callsPerMinute
  return table(
    ['limits', ...simulated.map((wire) => wire.name)],
    [
      [
        `databases of ${limits.databaseGb} GB, four fifths full`,
        ...perWire((wire) => round(Math.ceil(usageOf(wire).storageGb / (limits.databaseGb * 0.8)))),
      ],
      ['posts a second, the mean of a day', ...perWire((wire) => round(wire.postsPerDay / 86_400))],
      [
        `statements a second, ${limits.statementsPerPost} a post`,
        ...perWire((wire) => round((wire.postsPerDay * limits.statementsPerPost) / 86_400)),
      ],
      [
        `tags to invalidate a minute, of ${tagsPossible}`,
        ...perWire((wire) => round((wire.postsPerDay * measured.feedsPerPost) / 1440)),
      ],
      ['polls a second', ...perWire((wire) => round(wire.pollsPerDay / 86_400))],
    ]
  )
}

function round(value: number): string {
  const units = [
    [1e12, ' T'],
    [1e9, ' G'],
    [1e6, ' M'],
    [1e3, ' k'],
  ] as const
  const [unit, letter] = units.find(([size]) => value >= size) ?? [1, '']
  return `${Number((value / unit).toPrecision(2))}${letter}`
}
