// The largest wire over as many databases as it takes (docs/scale.md, "Beyond one database"): how it is
// divided, and how its databases fill, day by day. No I/O; chance is the same in every run.

import { bytes, feedsPerPost, keptDays } from './measured.ts'
import { limits } from './prices.ts'
import { normalized, randomFrom, sumOf, zipf } from './random.ts'
import type { Wire } from './wires.ts'

/** How the largest wire came to be, which is assumed, and how it is divided, which is chosen. */
export const plan = {
  years: 5,
  /** Posts of the first day, as a share of those of the last. */
  postsAtFirst: 0.1,
  /** Sources' activity falls a little slower than Zipf's law has it: the first has a sixteenth of all. */
  sourceSkew: 0.9,
  topics: 3000,
  topicsPerArticle: 2,
  topicsPerSource: 9,
  openGroups: 32,
  topicDatabases: 16,
  directoryDatabases: 32,
  readerDatabases: 16,
  /** A database that is so full takes no new articles. */
  fullGb: 0.8 * limits.databaseGb,
  /** What the newest part of a feed takes over from the part before, so that its document is whole. */
  carriedArticles: 150,
  /** Articles in a subscription document: fifty to ninety-nine. */
  documentArticles: 75,
}

export type Part =
  | 'open groups of sources'
  | 'closed groups'
  | 'the feed of everything'
  | 'feeds of topics'
  | 'search'
  | 'directory'
  | 'who reads'

export type Grown = {
  /** What share each has of what is posted. */
  readonly sources: readonly number[]
  readonly topics: readonly number[]
  /** Which source is in which open group, which topic in which database. */
  readonly groups: readonly (readonly number[])[]
  readonly topicDatabases: readonly (readonly number[])[]
  /** How full each database is on the last day, in GB: those that are written to first. */
  readonly sizes: Record<Part, readonly number[]>
}

export function grow(wire: Wire, readersGb: number): Grown {
  const random = randomFrom(1)
  const uneven = (shares: readonly number[]) =>
    normalized(shares.map((share) => share * (0.5 + random())))
  const sources = uneven(zipf(wire.sources, plan.sourceSkew))
  const topics = uneven(zipf(plan.topics, 1))
  const groups = spread(sources)
  const topicDatabases: number[][] = Array.from({ length: plan.topicDatabases }, () => [])
  topics.forEach((_, topic) =>
    topicDatabases[Math.floor(random() * plan.topicDatabases)]?.push(topic)
  )
  const days = postsByDay(wire)
  const filled = groups.map((group) => fillGroup(group, sources, days))
  const everything = fillFeeds(1, 1, days)
  const ofTopics = topicDatabases.map((members) => {
    const share = sumOf(members.map((topic) => topics[topic] ?? 0)) * plan.topicsPerArticle
    return fillFeeds(members.length, share, days)
  })
  const open = (parts: readonly number[][]) => parts.map((each) => each.at(-1) ?? 0)
  const closed = (parts: readonly number[][]) => parts.flatMap((each) => each.slice(0, -1))
  return {
    sources,
    topics,
    groups,
    topicDatabases,
    sizes: {
      'open groups of sources': groups.map(
        (group, index) => (filled[index]?.at(-1) ?? 0) + recentGb(wire, shareOf(group, sources) / 2)
      ),
      'closed groups': closed(filled),
      'the feed of everything': [...open([everything]), ...closed([everything])],
      'feeds of topics': [...open(ofTopics), ...closed(ofTopics)],
      search: [(bytes.searchedArticles * (bytes.searchTerms + bytes.name)) / 1e9],
      directory: evenly((2 * wire.articles * bytes.name) / 1e9, plan.directoryDatabases),
      'who reads': evenly(readersGb, plan.readerDatabases),
    },
  }
}

function evenly(whole: number, count: number): number[] {
  return Array<number>(count).fill(whole / count)
}

export function shareOf(members: readonly number[], shares: readonly number[]): number {
  return sumOf(members.map((member) => shares[member] ?? 0))
}

/** The busiest first, each into the group that has least to do. */
function spread(sources: readonly number[]): number[][] {
  const groups = Array.from({ length: plan.openGroups }, () => ({
    share: 0,
    members: Array<number>(),
  }))
  const order = sources.map((share, source) => ({ share, source }))
  for (const { share, source } of order.toSorted((a, b) => b.share - a.share)) {
    const least = groups.reduce((best, group) => (group.share < best.share ? group : best))
    least.share += share
    least.members.push(source)
  }
  return groups.map((group) => group.members)
}

/** More each day, by the same number. */
function postsByDay({ articles }: Wire): number[] {
  const count = Math.round(plan.years * 365)
  const shape = Array.from(
    { length: count },
    (_, day) => plan.postsAtFirst + ((1 - plan.postsAtFirst) * day) / (count - 1)
  )
  return normalized(shape).map((share) => share * articles)
}

/** The sizes of a group's databases, one after the other; the last is open. */
function fillGroup(
  members: readonly number[],
  sources: readonly number[],
  days: readonly number[]
): number[] {
  const share = shareOf(members, sources)
  const sizes = [0]
  let posted = 0
  for (const posts of days) {
    const last = (sizes.at(-1) ?? 0) + (posts * share * bytes.article) / 1e9
    sizes[sizes.length - 1] = last
    posted += posts
    if (last < plan.fullGb) continue
    const carried = members.map((source) =>
      Math.min(plan.carriedArticles, posted * (sources[source] ?? 0))
    )
    sizes.push((sumOf(carried) * bytes.article) / 1e9)
  }
  return sizes
}

/** The same for feeds of several sources: places and archives, and copies of the newest articles. */
function fillFeeds(feeds: number, placesPerPost: number, days: readonly number[]): number[] {
  const copies = (feeds * plan.documentArticles * bytes.article) / 1e9
  const sizes = [copies]
  for (const posts of days) {
    const last = (sizes.at(-1) ?? 0) + (posts * placesPerPost * bytes.place) / 1e9
    sizes[sizes.length - 1] = last
    if (last >= plan.fullGb) sizes.push(copies)
  }
  return sizes
}

/** What is kept for thirty days of posts and deliveries. */
function recentGb({ postsPerDay, subscribersPerFeed }: Wire, share: number): number {
  const deliveries = feedsPerPost * subscribersPerFeed * keptDays.delivery * bytes.delivery
  const receipts = keptDays.receipt * bytes.receipt
  return (postsPerDay * share * (deliveries + 2 * receipts)) / 1e9
}
