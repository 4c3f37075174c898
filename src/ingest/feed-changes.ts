// Which feeds change, and how, when articles come to be what they are. No I/O.

import { feedKeysOf, feedPath, type FeedKey } from '../feeds/feed.ts'
import type { Membership, NewFeed } from '../feeds/store.ts'
import type { Source } from '../sources/source.ts'
import type { Known } from './decide.ts'
import type { ArticleState, Commit } from './store.ts'

type FeedChanges = Pick<Commit, 'topics' | 'feeds' | 'left' | 'joined' | 'touched'>

/** `before` are the articles as they are stored, by uuid; `after` those that a post changes. */
export function feedChanges(
  source: Source,
  after: readonly ArticleState[],
  before: ReadonlyMap<string, Known>
): FeedChanges {
  const left: Place[] = []
  const joined: Place[] = []
  const touched = new Set<string>()
  for (const article of after) {
    const places = placesOf(source, article.uuid, article)
    const earlier = placesOf(source, article.uuid, before.get(article.uuid))
    left.push(...without(earlier, places))
    joined.push(...without(places, earlier))
    // A version that says nothing new moves nothing that a reader sees.
    const isSeen = article.content !== null || article.retractedAt !== null
    for (const { path } of isSeen ? [...earlier, ...places] : []) touched.add(path)
  }
  const feeds = new Map(joined.map((place) => [place.path, newFeed(source, place)]))
  return {
    topics: topicsOf(after),
    feeds: [...feeds.values()],
    left,
    joined,
    touched: [...touched],
  }
}

type Place = Membership & FeedKey

function placesOf(
  source: Source,
  uuid: string,
  article: Pick<Known, 'publishedAt' | 'topics' | 'retractedAt'> | undefined
): Place[] {
  if (!article || article.retractedAt !== null) return []
  const { publishedAt, topics } = article
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

function newFeed(publisher: Source, { path, source, topic }: Place): NewFeed {
  const isOwn = source !== null && topic === null
  return { path, source, topic, uuid: isOwn ? publisher.uuid : crypto.randomUUID() }
}

/** The topics these articles name, each by the first tag that does. */
function topicsOf(articles: readonly ArticleState[]): Commit['topics'] {
  const titles = new Map<string, string>()
  for (const { slug, name } of articles.flatMap((article) => article.content?.topics ?? [])) {
    if (!titles.has(slug)) titles.set(slug, name)
  }
  return [...titles].map(([slug, title]) => ({ slug, title }))
}
