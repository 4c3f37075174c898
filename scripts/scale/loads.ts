// What a wire's day asks of Cloudflare, kind by kind. No I/O beyond the table of the benchmarks.

import { edgeSeconds } from '../../src/feeds/edge.ts'
import { entriesMax } from '../../src/readers/tally.ts'
import { counted } from './counted.ts'
import {
  bytes,
  delivery,
  documentsPerFeed,
  feedsPerPost,
  followed,
  keptDays,
  measured,
  minuteCpuMs,
  pageMisses,
  wholePolls,
} from './measured.ts'
import { limits, type Usage } from './prices.ts'
import { distinct, sumOf, zipf } from './random.ts'
import type { Wire } from './wires.ts'

/** Of a day. */
export type Load = Omit<Usage, 'storageGb'> & {
  readonly statements: number
  /** Polls that the edge does not answer alone. */
  readonly asked: number
}

export const nothing: Load = {
  requests: 0,
  cpuMs: 0,
  rowsRead: 0,
  rowsWritten: 0,
  queueOperations: 0,
  statements: 0,
  asked: 0,
}

export const kinds = [
  'polls',
  'posts',
  'renders',
  'revalidations',
  'pages',
  'who reads',
  'the hub',
  'upkeep',
] as const
export type Kind = (typeof kinds)[number]

export function loadsOf(wire: Wire): Record<Kind, Load> {
  const { renders, revalidations } = edgeWork(wire)
  return {
    polls: pollLoad(wire.pollsPerDay),
    posts: postLoad(wire.postsPerDay),
    renders: renderLoad(renders),
    revalidations: revalidationLoad(revalidations),
    pages: pageLoad(wire.pagesPerDay),
    'who reads': readerLoad(wire),
    'the hub': hubLoad(wire.postsPerDay * feedsPerPost, wire.subscribersPerFeed),
    upkeep: times(24 * 60, { ...counted.minute, requests: 1, cpuMs: minuteCpuMs }),
  }
}

export function times(count: number, one: Partial<Load>): Load {
  return each((name) => count * (one[name] ?? 0))
}

export function added(loads: readonly Load[]): Load {
  return each((name) => sumOf(loads.map((load) => load[name])))
}

const names = Object.keys(nothing) as (keyof Load)[]

function each(amountOf: (name: keyof Load) => number): Load {
  return Object.fromEntries(names.map((name) => [name, amountOf(name)])) as Load
}

/** As the edge answers them. */
function pollLoad(count: number): Load {
  const { hit, notModified } = measured
  const cpuMs = wholePolls * hit.cpuMs + (1 - wholePolls) * notModified.cpuMs
  return times(count, { requests: 1, cpuMs })
}

/** One article each; a message gathers what the edge lets go of: three operations. */
export function postLoad(count: number): Load {
  return times(count, { ...measured.post, ...counted.post, requests: 1, queueOperations: 3 })
}

export function renderLoad(count: number): Load {
  return times(count, { ...measured.render, ...counted.render, asked: 1 })
}

export function revalidationLoad(count: number): Load {
  return times(count, { ...measured.revalidation, ...counted.revalidation, asked: 1 })
}

// Pages were not measured: that of a feed is taken to cost what a document does, which is more.
function pageLoad(count: number): Load {
  const kept = times(count * (1 - pageMisses), { requests: 1, cpuMs: measured.hit.cpuMs })
  const page = { ...counted.page, requests: 1, cpuMs: measured.render.cpuMs }
  return added([kept, times(count * pageMisses, page)])
}

function edgeWork({ feeds, pollsPerDay, postsPerDay, upperTiers }: Wire) {
  const work = zipf(feeds, 1).map((share) => {
    const changes = Math.min(postsPerDay, share * postsPerDay * feedsPerPost)
    return edgeWorkOf({ polls: share * pollsPerDay, changes, upperTiers })
  })
  return {
    renders: sumOf(work.map(({ renders }) => renders)),
    revalidations: sumOf(work.map(({ revalidations }) => revalidations)),
  }
}

type Feed = { readonly polls: number; readonly changes: number; readonly upperTiers: number }

/**
 * What a feed's polls of a day come to behind the edge: each of its documents is asked for once a tier after
 * each change, and once a lifetime where it did not change, if anybody polls it in between. What changes more
 * often than the queue tells the edge is rendered as often as that.
 */
export function edgeWorkOf({ polls, changes, upperTiers }: Feed) {
  const keys = documentsPerFeed * upperTiers
  const told = Math.min(changes, limits.callsPerMinute * 24 * 60)
  const asked = (often: number) => (often === 0 ? 0 : often * distinct(polls / often, keys))
  const lifetimes = (24 * 3600) / edgeSeconds
  const renders = asked(told)
  return { renders, revalidations: Math.max(0, asked(Math.max(told, lifetimes)) - renders) }
}

// A call is one statement where it is of one feed and program, and two at most.
function readerLoad(wire: Wire): Load {
  const { feeds, programsPerFeed, peoplePerFeed, isolates } = wire
  const { told, atOnce } = toldInAnHour(wire)
  // Once a minute.
  const sweeps = 60
  const written =
    programsPerFeed * counted.program.rowsWritten + peoplePerFeed * counted.mark.rowsWritten
  return {
    ...nothing,
    rowsRead: 24 * isolates * told * counted.sighting.rowsRead,
    rowsWritten: feeds * written,
    statements: 24 * isolates * Math.min(told, atOnce + sweeps),
  }
}

/**
 * How often an isolate tells of a feed's readers with a program, in an hour. An hour after it told, it tells
 * again of who came in between, with others; when nobody did, of the next who comes, at once.
 */
function toldInAnHour({ feeds, pollsPerDay, programsPerFeed, isolates }: Wire) {
  const polls = pollsPerDay / 24 / programsPerFeed / isolates
  const pairs = zipf(feeds, 1).map((share) => {
    const nobody = Math.exp(-share * polls)
    const often = 1 / (1 + nobody / (share * polls))
    return { often, atOnce: often * nobody }
  })
  const ofAll = (rates: readonly number[]) => Math.min(entriesMax, programsPerFeed * sumOf(rates))
  return {
    told: ofAll(pairs.map(({ often }) => often)),
    atOnce: ofAll(pairs.map(({ atOnce }) => atOnce)),
  }
}

/** Statements of the minute after a deployment, if all isolates begin anew with it and know nobody. */
export function readersMetAnew({ feeds, pollsPerDay, programsPerFeed, isolates }: Wire): number {
  const polls = pollsPerDay / (24 * 60) / programsPerFeed / isolates
  const met = programsPerFeed * sumOf(zipf(feeds, 1).map((share) => distinct(share * polls, 1)))
  return isolates * Math.min(entriesMax, met)
}

/** A message is three operations, and an invocation. */
export function hubLoad(changes: number, subscribers: number): Load {
  const documents = changes * Math.min(followed.documentsPerFeed, subscribers)
  const { render } = measured
  const look = {
    requests: followed.messages,
    queueOperations: 3 * followed.messages,
    statements: followed.statements,
    rowsRead: counted.render.rowsRead,
    rowsWritten: followed.rowsWritten,
    cpuMs: render.cpuMs,
  }
  return added([times(documents, look), times(changes * subscribers, delivery)])
}

export type Storage = Record<'articles' | 'receipts and deliveries' | 'who reads', number>

/** In GB. */
export function storageOf(wire: Wire): Storage {
  const { articles, postsPerDay, subscribersPerFeed, feeds, programsPerFeed, peoplePerFeed } = wire
  const deliveries = postsPerDay * feedsPerPost * subscribersPerFeed
  const gb = (count: number) => count / 1e9
  return {
    articles: gb(
      articles * bytes.article + Math.min(articles, bytes.searchedArticles) * bytes.searchTerms
    ),
    'receipts and deliveries': gb(
      postsPerDay * keptDays.receipt * bytes.receipt +
        deliveries * keptDays.delivery * bytes.delivery
    ),
    'who reads': gb(
      feeds * programsPerFeed * keptDays.program * bytes.program +
        feeds * peoplePerFeed * keptDays.mark * bytes.mark
    ),
  }
}

export const daysPerMonth = 30

/** What a month of such days comes to. */
export function monthOf(loads: readonly Load[], storageGb: number): Usage {
  const { statements: _, asked: _asked, ...usage } = times(daysPerMonth, added(loads))
  return { ...usage, storageGb }
}
