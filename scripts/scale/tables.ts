// The tables of docs/scale.md.

import { edgeSeconds } from '../../src/feeds/edge.ts'
import { table, whole } from '../bench/report.ts'
import { grownKinds, grownLoads } from './growth-load.ts'
import { grow, type Grown, type Part } from './growth.ts'
import {
  invalidationsOf,
  tagOfEachFeed,
  tagOfEachSource,
  tagsPerCall,
  type Invalidations,
} from './invalidations.ts'
import {
  added,
  daysPerMonth,
  kinds,
  loadsOf,
  monthOf,
  readersMetAnew,
  storageOf,
  times,
  type Load,
} from './loads.ts'
import { bytes, feedsPerPost } from './measured.ts'
import {
  basePrice,
  billed,
  billOf,
  limits,
  metered,
  priceOf,
  prices,
  type Usage,
} from './prices.ts'
import { sumOf } from './random.ts'
import { busiest, type Wire } from './wires.ts'

const secondsPerDay = 86_400

export function wireTable(wires: readonly Wire[]): string {
  const row = (name: string, value: (wire: Wire) => number) => [
    name,
    ...wires.map((wire) => round(value(wire))),
  ]
  const months = wires.map((wire) => usageOf(wire))
  return table(
    ['a month', ...wires.map((wire) => wire.name)],
    [
      row('sources', (wire) => wire.sources),
      row('articles', (wire) => wire.articles),
      row('posts a day', (wire) => wire.postsPerDay),
      row('polls a day', (wire) => wire.pollsPerDay),
      [
        'of them answered by the edge alone',
        ...wires.map((wire) => edgeShare(added(Object.values(loadsOf(wire))), wire)),
      ],
      row('pages a day', (wire) => wire.pagesPerDay),
      row(
        'deliveries of the hub a day',
        (wire) => wire.postsPerDay * feedsPerPost * wire.subscribersPerFeed
      ),
      ...metered.map((name) => [
        prices[name].name,
        ...months.map((usage) => `${round(usage[name])} → ${dollars(billed(name, usage[name]))}`),
      ]),
      [
        `**all, with ${basePrice} $ for the plan**`,
        ...months.map((usage) => `**${dollars(billOf(usage))}**`),
      ],
    ]
  )
}

function usageOf(wire: Wire): Usage {
  return monthOf(Object.values(loadsOf(wire)), sumOf(Object.values(storageOf(wire))))
}

function edgeShare({ asked }: Load, { pollsPerDay }: Wire): string {
  return `${Math.round(100 * (1 - asked / pollsPerDay))} %`
}

const usd = (load: Load) =>
  sumOf(metered.map((name) => (name === 'storageGb' ? 0 : priceOf(name, load[name]))))

/** Beyond what is included. */
export function unitTable(wire: Wire): string {
  const loads = loadsOf(wire)
  const row = (name: string, amount: number) => [name, dollars(amount)]
  const polls = 1e6 / wire.pollsPerDay
  const ofPolls = added([loads.polls, loads.renders, loads.revalidations, loads['who reads']])
  const posts = 1000 / wire.postsPerDay
  return table(
    ['beyond what is included', 'costs'],
    [
      row('1,000,000 polls, answered by the edge', usd(loads.polls) * polls),
      row('the same with what they bring: documents, questions, who reads', usd(ofPolls) * polls),
      row('1,000,000 pages', (usd(loads.pages) * 1e6) / wire.pagesPerDay),
      row('1,000 posts', usd(loads.posts) * posts),
      row(
        'the same with deliveries to 5 subscribers a feed',
        usd(added([loads.posts, loads['the hub']])) * posts
      ),
      row('a month of upkeep, whatever happens', usd(loads.upkeep) * daysPerMonth),
      row('1,000,000 articles kept for a month', priceOf('storageGb', (bytes.article * 1e6) / 1e9)),
    ]
  )
}

/** What one database would have to bear. */
export function limitTable(wires: readonly Wire[]): string {
  const loads = wires.map(loadsOf)
  const allOf = (wire: Wire) => added(Object.values(loadsOf(wire)))
  const all = wires.map(allOf)
  const storage = wires.map(storageOf)
  const ofAll = (name: keyof Load, days = all) =>
    days.map((load) => round(load[name] / secondsPerDay))
  const stored = (name: keyof (typeof storage)[number]) => storage.map((each) => round(each[name]))
  return table(
    ['one database', ...wires.map((wire) => wire.name)],
    [
      ...kinds
        .filter((kind) => kind !== 'polls')
        .map((kind) => [
          `statements a second: ${kind}`,
          ...loads.map((each) => round(each[kind].statements / secondsPerDay)),
        ]),
      ['all, the mean of a day', ...ofAll('statements')],
      [
        `all, in the busiest hour, of some ${whole(limits.statementsPerSecond)}`,
        ...ofAll(
          'statements',
          wires.map((wire) => allOf(busiest(wire)))
        ),
      ],
      [
        'who reads, in the minute after a deployment, at worst',
        ...wires.map((wire) => round(readersMetAnew(wire) / 60)),
      ],
      ['rows read a second', ...ofAll('rowsRead')],
      ['rows written a second', ...ofAll('rowsWritten')],
      ['GB of articles, places, terms for search', ...stored('articles')],
      ['GB of receipts and deliveries of 30 days', ...stored('receipts and deliveries')],
      ['GB of who reads, of 800 days', ...stored('who reads')],
      [
        `**GB together, of ${limits.databaseGb}**`,
        ...storage.map((each) => `**${round(sumOf(Object.values(each)))}**`),
      ],
      [
        `tags in a call, the mean of a day, of ${limits.tagsPerCall}`,
        ...wires.map((wire) => round(tagsPerCall(wire))),
      ],
      [
        'tags in a call, in the busiest hour',
        ...wires.map((wire) => round(tagsPerCall(busiest(wire)))),
      ],
    ]
  )
}

/** The largest wire, over many databases: what each kind of them bears, and what it all costs. */
export function growthTables(wire: Wire): { databases: string; bill: string; edge: string } {
  const grown = grow(wire, storageOf(wire)['who reads'])
  const { byKind } = grownLoads(wire, grown)
  const { byPart } = grownLoads(busiest(wire), grown)
  const parts = Object.keys(grown.sizes) as Part[]
  const most = (part: Part, name: keyof Load) =>
    round(Math.max(...byPart[part].map((load) => load[name])) / secondsPerDay)
  const databases = table(
    [
      'databases',
      'how many',
      'the fullest, GB',
      'the busiest: statements/s',
      'rows read/s',
      'rows written/s',
    ],
    parts.map((part) => [
      part,
      String(grown.sizes[part].length),
      round(Math.max(...grown.sizes[part])),
      most(part, 'statements'),
      most(part, 'rowsRead'),
      most(part, 'rowsWritten'),
    ])
  )
  const gb = sumOf(parts.flatMap((part) => grown.sizes[part]))
  const month = monthOf(Object.values(byKind), gb)
  const included = sumOf(
    metered.map((name) => priceOf(name, month[name]) - billed(name, month[name]))
  )
  const bill = table(
    ['a month', 'requests', 'rows read', 'rows written', 'queue operations', 'costs'],
    [
      ...grownKinds.map((kind) => billRow(kind, times(daysPerMonth, byKind[kind]))),
      [`${round(gb)} GB stored`, '', '', '', '', dollars(priceOf('storageGb', gb))],
      ['the plan, less what it includes', '', '', '', '', dollars(basePrice - included)],
      ['**all**', '', '', '', '', `**${dollars(billOf(month))}**`],
      [
        'of polls, answered by the edge alone',
        '',
        '',
        '',
        '',
        edgeShare(added(Object.values(byKind)), wire),
      ],
    ]
  )
  return { databases, bill, edge: edgeTable(wire, grown) }
}

function billRow(kind: string, load: Load): string[] {
  const { requests, rowsRead, rowsWritten, queueOperations } = load
  const amounts = [requests, rowsRead, rowsWritten, queueOperations]
  return [kind, ...amounts.map((amount) => (amount === 0 ? '' : round(amount))), dollars(usd(load))]
}

function edgeTable(wire: Wire, grown: Grown): string {
  const ways = [tagOfEachFeed, tagOfEachSource].map((way) => invalidationsOf(wire, grown, way))
  const row = (name: string, of: (way: Invalidations) => string) => [name, ...ways.map(of)]
  const share = (part: number, { gathered }: Invalidations) =>
    `${Math.round((100 * part) / gathered)} %`
  const possible = limits.tagsPerCall * limits.callsPerMinute * 24 * 60
  return table(
    ['invalidations of a day', 'a tag for each feed, as now', 'one for all feeds of a source'],
    [
      row(`tags, of at most ${round(possible)}`, (way) => round(way.gathered)),
      row('let go of within a minute', (way) => share(way.withinAMinute, way)),
      row(`after more than ${edgeSeconds} s, when their lifetime was over`, (way) =>
        share(way.outlived, way)
      ),
    ]
  )
}

function dollars(amount: number): string {
  return `${Math.abs(amount) < 100 ? amount.toFixed(2) : whole(amount)} $`
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
