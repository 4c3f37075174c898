// What the last day of the largest wire asks of each of its databases. No I/O.

import { counted } from './counted.ts'
import { plan, shareOf, type Grown, type Part } from './growth.ts'
import {
  added,
  edgeWorkOf,
  hubLoad,
  loadsOf,
  nothing,
  postLoad,
  renderLoad,
  revalidationLoad,
  times,
  type Load,
} from './loads.ts'
import { minuteCpuMs, pageMisses } from './measured.ts'
import { sumOf, zipf } from './random.ts'
import type { Wire } from './wires.ts'

/** Of all polls, assumed. */
const polled = { everything: 0.05, topics: 0.3, sources: 0.45, topicsOfSources: 0.2 }
/** Pages are mostly of new articles, which stand in open groups. */
const pagesOfOpenGroups = 0.8

// None of this exists yet; rows are counted from the tables as they are.
/** An article in a feed whose database is not its own: its row in and out, its place, the feed's row. */
const copied = {
  requests: 0.1,
  cpuMs: 2,
  rowsRead: 20,
  rowsWritten: 9,
  queueOperations: 3,
  statements: 10,
}
const searched = { ...copied, rowsWritten: 5 }
/** The message that is to be sent, written with the post and removed when it has arrived. */
const outbox = { rowsRead: 2, rowsWritten: 2, statements: 2 }
/** Uuid and guid of an article. */
const claimed = { rowsRead: 4, rowsWritten: 2, statements: 2 }
const looked = { rowsRead: 1, statements: 1 }

export const grownKinds = [
  'polls',
  'posts',
  'renders and revalidations',
  'pages',
  'who reads',
  'the hub',
  'upkeep',
  'copies',
  'directory',
] as const

export type GrownLoads = {
  readonly byPart: Record<Part, readonly Load[]>
  readonly byKind: Record<(typeof grownKinds)[number], Load>
}

export function grownLoads(wire: Wire, grown: Grown): GrownLoads {
  const all = loadsOf(wire)
  const { sources, topics, groups, topicDatabases, sizes } = grown
  const { postsPerDay, pagesPerDay, subscribersPerFeed } = wire
  const perSource = sources.map((share) => askedOfSource(wire, share))
  const perTopic = topics.map((share) =>
    askedOf(wire, polled.topics * share, plan.topicsPerArticle * share)
  )
  const everything = askedOf(wire, polled.everything, 1)
  const pick = (loads: readonly Load[], members: readonly number[]) =>
    members.map((member) => loads[member] ?? nothing)
  const page = (share: number) => times(pagesPerDay * pageMisses * share, counted.page)
  const told = (places: number) => hubLoad(postsPerDay * places, subscribersPerFeed)
  const copies = (places: number) => times(postsPerDay * places, copied)
  const minutes = times(24 * 60, counted.minute)
  const closed = sizes['closed groups']
  const asked = added([...perSource, ...perTopic, everything])
  const directory = added([
    times(postsPerDay, claimed),
    times(asked.asked + pagesPerDay * pageMisses, looked),
  ])
  // Half of a post's feeds are its source's.
  const group = (members: readonly number[]) => {
    const share = shareOf(members, sources)
    const post = times(postsPerDay * share, outbox)
    const own = [
      postLoad(postsPerDay * share),
      post,
      page(share * pagesOfOpenGroups),
      told(3 * share),
    ]
    return added([...own, ...pick(perSource, members), minutes])
  }
  const topicLoad = (members: readonly number[]) => {
    const places = shareOf(members, topics) * plan.topicsPerArticle
    return added([copies(places), told(places), ...pick(perTopic, members), minutes])
  }
  const databases = sumOf(Object.values(sizes).map((each) => each.length))
  return {
    byPart: {
      'open groups of sources': groups.map(group),
      'closed groups': closed.map(() =>
        added([page((1 - pagesOfOpenGroups) / closed.length), minutes])
      ),
      'the feed of everything': [added([copies(1), told(1), everything, minutes])],
      'feeds of topics': topicDatabases.map(topicLoad),
      search: [times(postsPerDay, searched)],
      directory: [times(1 / plan.directoryDatabases, directory)],
      'who reads': [times(1 / plan.readerDatabases, all['who reads'])],
    },
    byKind: {
      polls: all.polls,
      posts: added([all.posts, times(postsPerDay, outbox)]),
      'renders and revalidations': asked,
      pages: all.pages,
      'who reads': all['who reads'],
      'the hub': all['the hub'],
      // A message for each: all together would be more statements than an invocation may make.
      upkeep: times(24 * 60 * databases, {
        ...counted.minute,
        requests: 1,
        cpuMs: minuteCpuMs,
        queueOperations: 3,
      }),
      copies: added([copies(1 + plan.topicsPerArticle), times(postsPerDay, searched)]),
      directory,
    },
  }
}

/** What comes through the edge to a feed that has a share of all polls, and changes with a share of posts. */
function askedOf({ pollsPerDay, postsPerDay, upperTiers }: Wire, share: number, of: number): Load {
  const polls = pollsPerDay * share
  const changes = postsPerDay * Math.min(1, of)
  const { renders, revalidations } = edgeWorkOf({ polls, changes, upperTiers })
  return added([renderLoad(renders), revalidationLoad(revalidations)])
}

const topicsOfSource = zipf(plan.topicsPerSource, 1)

function askedOfSource(wire: Wire, share: number): Load {
  const own = askedOf(wire, polled.sources * share, share)
  const ofTopics = topicsOfSource.map((part) =>
    askedOf(wire, polled.topicsOfSources * share * part, plan.topicsPerArticle * share * part)
  )
  return added([own, ...ofTopics])
}
