// Which feeds change, and how, when articles come to stand otherwise than they did. No I/O.

import type { Standing } from '../articles/article.ts'
import type { FeedChange, Membership, Move as PlaceMove } from '../feeds/change-store.ts'
import { feedKeysOf, feedPath, type FeedKey } from '../feeds/feed.ts'
import type { Deletion } from '../feeds/deletion-store.ts'
import type { NewFeed } from '../feeds/store.ts'
import type { Source } from '../sources/source.ts'

export type FeedChanges = {
  readonly feeds: readonly NewFeed[]
  /** The places that articles leave, change for another date, and take. */
  readonly left: readonly Membership[]
  readonly moved: readonly PlaceMove[]
  readonly joined: readonly Membership[]
  /** The places whose articles say something else now, or leave: as they were. */
  readonly changed: readonly Membership[]
  /** What readers of the feeds that an article left must be told: that it was taken back. */
  readonly deleted: readonly Deletion[]
  /** The same for each feed. */
  readonly byFeed: readonly FeedChange[]
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
  const left: Place[] = []
  const moved: PlaceMove[] = []
  const joined: Place[] = []
  const changed: Place[] = []
  const deleted: Deletion[] = []
  for (const move of moves) {
    const { uuid, guid, note, before, after } = move
    const earlier = placesOf(source, uuid, before)
    const places = placesOf(source, uuid, after)
    const isTaken = after.status === 'retracted' || after.status === 'expired'
    const deletedAt = after.status === 'retracted' ? after.versionAt : now
    for (const place of earlier) {
      const stays = places.find(({ path }) => path === place.path)
      if (!stays) left.push(place)
      else if (stays.publishedAt !== place.publishedAt)
        moved.push({ ...place, movedTo: stays.publishedAt })
      if (!stays || isSeen(move)) changed.push({ ...place, sizeBytes: stays?.sizeBytes ?? 0 })
      if (isTaken) deleted.push({ path: place.path, uuid, guid, deletedAt, note })
    }
    joined.push(...places.filter(({ path }) => !earlier.some((place) => place.path === path)))
  }
  const feeds = new Map(joined.map((place) => [place.path, newFeed(source, place)]))
  const byFeed = groupByFeed({ left, joined, changed, deleted })
  return { feeds: [...feeds.values()], left, moved, joined, changed, deleted, byFeed }
}

// A version that says nothing new moves nothing that a reader sees.
function isSeen({ before, after, isRewritten }: Move): boolean {
  // The same list when nothing was added to it.
  return isRewritten || before?.corrections !== after.corrections
}

type Place = Membership & FeedKey & { readonly sizeBytes: number }

function placesOf(source: Publisher, uuid: string, standing: Standing | null): Place[] {
  if (standing?.status !== 'published') return []
  const { publishedAt, topics, sizeBytes, corrections } = standing
  const correctionBytes = new TextEncoder().encode(JSON.stringify(corrections)).length
  return feedKeysOf(source.slug, topics).map((key) => ({
    ...key,
    path: feedPath(key),
    publishedAt,
    uuid,
    // As src/feeds/archive-store.ts counts it.
    sizeBytes: sizeBytes + 4 * correctionBytes,
  }))
}

type ByKind = {
  readonly left: readonly Place[]
  readonly joined: readonly Place[]
  readonly changed: readonly Place[]
  readonly deleted: readonly Deletion[]
}

function groupByFeed({ left, joined, changed, deleted }: ByKind): FeedChange[] {
  const of = <T extends { path: string }>(places: readonly T[]) =>
    Map.groupBy(places, (place) => place.path)
  const [leftOf, joinedOf, changedOf, deletedOf] = [of(left), of(joined), of(changed), of(deleted)]
  const paths = new Set([...joinedOf.keys(), ...changedOf.keys(), ...deletedOf.keys()])
  return Array.from(paths, (path) => {
    const added = [...(joinedOf.get(path) ?? []), ...(changedOf.get(path) ?? [])]
    return {
      path,
      left: (leftOf.get(path) ?? []).map((place) => place.uuid),
      joined: (joinedOf.get(path) ?? []).map((place) => place.uuid),
      changed: (changedOf.get(path) ?? []).map(({ publishedAt, uuid }) => ({ publishedAt, uuid })),
      isTold: deletedOf.has(path),
      addedBytes: added.reduce((sum, place) => sum + place.sizeBytes, 0),
    }
  })
}

function newFeed(publisher: Publisher, { path, source, topic }: Place): NewFeed {
  const isOwn = source !== null && topic === null
  return { path, source, topic, uuid: isOwn ? publisher.uuid : crypto.randomUUID() }
}
