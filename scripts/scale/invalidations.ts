// How many tags have to be let go of, against how many may. No I/O.

import { edgeSeconds } from '../../src/feeds/edge.ts'
import { plan, type Grown } from './growth.ts'
import { feedsPerPost } from './measured.ts'
import { limits } from './prices.ts'
import { distinct, drawFrom, randomFrom, sumOf, zipf } from './random.ts'
import type { Wire } from './wires.ts'

const callSeconds = 60 / limits.callsPerMinute

/** How many different tags the posts of a quarter of a minute have. */
export function tagsPerCall({ feeds, postsPerDay }: Wire): number {
  const changes = (postsPerDay * feedsPerPost * callSeconds) / 86_400
  return sumOf(zipf(feeds, 1).map((share) => distinct(share * changes, 1)))
}

// The busiest hours of a day, and the quiet ones: 24 h of the mean together.
const hours = [4, 4, 2, 2, 2, 2, ...Array<number>(18).fill(8 / 18)]

type TagsOf = (source: number, topics: readonly number[]) => string[]

/** As src/feeds/edge.ts has it: everything, the source, its topics, the topics. */
export const tagOfEachFeed: TagsOf = (source, topics) => [
  ...tagOfEachSource(source, topics),
  ...topics.map((topic) => `s${source}t${topic}`),
]

export const tagOfEachSource: TagsOf = (source, topics) => [
  '',
  `s${source}`,
  ...topics.map((topic) => `t${topic}`),
]

export type Invalidations = {
  readonly gathered: number
  readonly withinAMinute: number
  /** Those that waited for longer than the edge keeps anything: its lifetime was faster. */
  readonly outlived: number
}

/** A day's posts one by one, and a call every quarter of a minute, for those hundred tags that wait longest. */
export function invalidationsOf(wire: Wire, grown: Grown, tagsOf: TagsOf): Invalidations {
  const random = randomFrom(2)
  const drawSource = drawFrom(grown.sources, random)
  const drawTopic = drawFrom(grown.topics, random)
  const waiting = new Map<string, number>()
  let [gathered, withinAMinute, outlived, now, owed] = [0, 0, 0, 0, 0]
  for (const factor of hours) {
    for (let second = 0; second < 3600; second += callSeconds) {
      now += callSeconds
      owed += (wire.postsPerDay * factor * callSeconds) / 86_400
      for (; owed >= 1; owed--) {
        const topics = Array.from({ length: plan.topicsPerArticle }, drawTopic)
        for (const tag of tagsOf(drawSource(), topics)) {
          if (!waiting.has(tag)) waiting.set(tag, now)
        }
      }
      for (const [tag, since] of [...waiting].slice(0, limits.tagsPerCall)) {
        waiting.delete(tag)
        gathered++
        if (now - since <= 60) withinAMinute++
        if (now - since > edgeSeconds) outlived++
      }
    }
  }
  return { gathered, withinAMinute, outlived }
}
