// Which feeds change, and how, when articles come to stand otherwise than they did. No I/O.

import type { Standing } from '../articles/article.ts'
import { feedKeysOf, feedPath, type FeedKey } from '../feeds/feed.ts'
import type { Deletion } from '../feeds/deletion-store.ts'
import type { Membership, NewFeed } from '../feeds/store.ts'
import type { Source } from '../sources/source.ts'

export type FeedChanges = {
  readonly feeds: readonly NewFeed[]
  /** The places that articles leave and take. */
  readonly left: readonly Membership[]
  readonly joined: readonly Membership[]
  /** What readers of the feeds that an article left must be told: that it was taken back. */
  readonly deleted: readonly Deletion[]
  /** The paths of the feeds whose documents change. */
  readonly touched: readonly string[]
}

/** An article that moves from one standing to another. */
export type Move = {
  readonly uuid: string
  readonly guid: string
  /** Why it was retracted. */
  readonly note: string | null
  readonly before: Standing | null
  readonly after: Standing
  /** Whether its content changed, and not only how it stands. */
  readonly isRewritten: boolean
}

type Publisher = Pick<Source, 'slug' | 'uuid'>

export function feedChanges(source: Publisher, moves: readonly Move[], now: number): FeedChanges {
  const deleted: Deletion[] = []
  const left: Place[] = []
  const joined: Place[] = []
  const touched = new Set<string>()
  for (const { uuid, guid, note, before, after, isRewritten } of moves) {
    const earlier = placesOf(source, uuid, before)
    const places = placesOf(source, uuid, after)
    left.push(...without(earlier, places))
    if (after.status === 'retracted' || after.status === 'expired') {
      const deletedAt = after.status === 'retracted' ? after.versionAt : now
      deleted.push(...earlier.map(({ path }) => ({ path, uuid, guid, deletedAt, note })))
    }
    joined.push(...without(places, earlier))
    // A version that says nothing new moves nothing that a reader sees.
    const isSeen =
      isRewritten ||
      before?.status !== after.status ||
      // The same list when nothing was added to it.
      before.corrections !== after.corrections
    for (const { path } of isSeen ? [...earlier, ...places] : []) touched.add(path)
  }
  const feeds = new Map(joined.map((place) => [place.path, newFeed(source, place)]))
  return { feeds: [...feeds.values()], left, joined, deleted, touched: [...touched] }
}

type Place = Membership & FeedKey

function placesOf(source: Publisher, uuid: string, standing: Standing | null): Place[] {
  if (standing?.status !== 'published') return []
  const { publishedAt, topics } = standing
  return feedKeysOf(source.slug, topics).map((key) => ({
    ...key,
    path: feedPath(key),
    publishedAt,
    uuid,
  }))
}

function without(places: readonly Place[], others: readonly Place[]): Place[] {
  return places.filter(
    (place) =>
      !others.some((other) => place.path === other.path && place.publishedAt === other.publishedAt)
  )
}

function newFeed(publisher: Publisher, { path, source, topic }: Place): NewFeed {
  const isOwn = source !== null && topic === null
  return { path, source, topic, uuid: isOwn ? publisher.uuid : crypto.randomUUID() }
}
