// What a document says, read in as few round trips as can be.

import type { Article } from '../articles/article.ts'
import { matchExpression } from '../articles/search-terms.ts'
import { runGroups } from '../lib/d1.ts'
import type { Credit } from '../sources/source.ts'
import { selectSource, selectSources, sourcesFromRows } from '../sources/store.ts'
import { selectTopic, selectTopics, topicsFromRows } from '../topics/store.ts'
import { documentArticles, documentBytesMax } from './archive-store.ts'
import { deletionsFromRows, selectDeletions, selectDeletionsOf } from './deletion-store.ts'
import type { Owners } from './describe.ts'
import type { DocumentState } from './document.ts'
import { deletionsMax, feedPath, type DeletedEntry } from './feed.ts'
import {
  listedFromRows,
  listFound,
  listNewest,
  selectArchived,
  selectUnarchived,
  selectUnarchivedAt,
} from './list-store.ts'
import { feedKeyOf } from './selection.ts'
import { selectTellingFeed, tellingFeedFromRows, type FeedState } from './store.ts'

export type Contents = Owners & {
  readonly articles: readonly Article[]
  /** The sources they are known to come from, by id. */
  readonly credits: ReadonlyMap<number, Credit>
  readonly deleted: readonly DeletedEntry[]
}

/** What a subscription document of one source says, and its feed, in one round trip. */
export async function readFeedWithContents(
  db: D1Database,
  source: string,
  topic: string | null
): Promise<{ readonly feed: FeedState; readonly contents: Contents } | null> {
  const path = feedPath({ source, topic })
  const [telling = [], listed = [], sourceRows = [], topicRows = []] = await runGroups(db, [
    [selectTellingFeed(db, path, deletionsMax)],
    [selectUnarchivedAt(db, path)],
    [selectSource(db, source)],
    topic === null ? [] : [selectTopic(db, topic)],
  ])
  const found = tellingFeedFromRows(telling)
  if (!found) return null
  const { feed, deleted } = found
  const sources = sourcesFromRows(sourceRows)
  const { articles } = listedFromRows(listed)
  const topics = topicsFromRows(topicRows)
  return { feed, contents: { articles, credits: sources, deleted, sources, topics } }
}

/** What it says, in one round trip; of a composed or a cut one, the articles beside it. */
export async function readContents(db: D1Database, state: DocumentState): Promise<Contents> {
  const { named } = state
  const [[listed = [], deletions = [], sourceRows = [], topicRows = []], found] = await Promise.all(
    [
      runGroups(db, [
        selectListed(db, state),
        selectDeleted(db, state),
        selectSources(db, idsOf(named.map(({ sourceId }) => sourceId))),
        selectTopics(db, idsOf(named.map(({ topicId }) => topicId))),
      ]),
      findArticles(db, state),
    ]
  )
  const sources = sourcesFromRows(sourceRows)
  const { articles, credits } = listedFromRows(listed)
  return {
    articles: found ?? articles,
    credits: new Map<number, Credit>([...credits, ...sources]),
    deleted: deletionsFromRows(deletions),
    sources,
    topics: topicsFromRows(topicRows),
  }
}

function idsOf(ids: readonly (number | null)[]): number[] {
  return [...new Set(ids)].filter((id) => id !== null)
}

/** Selects the articles of a document that knows which they are. */
function selectListed(db: D1Database, { address, feed, articleIds }: DocumentState) {
  const { selection, archive, limit } = address
  if (!feedKeyOf(selection) || limit !== null) return []
  const listing = { ids: articleIds, isCredited: feed.sourceId === null }
  return archive === null
    ? selectUnarchived(db, listing)
    : selectArchived(db, { feedId: feed.id, number: archive }, listing)
}

/** The articles of one that does not; null where `selectListed` has them. */
async function findArticles(
  db: D1Database,
  { address: { selection, limit }, feed }: DocumentState
): Promise<Article[] | null> {
  const bounds = { articlesMax: limit ?? documentArticles, bytesMax: documentBytesMax }
  if (!feedKeyOf(selection)) return listFound(db, matchExpression(selection), bounds)
  return limit === null ? null : listNewest(db, feed.id, bounds)
}

// An archive tells of none: whoever polls a feed learns of them there.
function selectDeleted(db: D1Database, { address, feed, drawn }: DocumentState) {
  if (address.archive !== null) return []
  if (feedKeyOf(address.selection)) return [selectDeletions(db, feed.id, deletionsMax)]
  const drawnIds = drawn.map(({ id }) => id)
  return [selectDeletionsOf(db, drawnIds, deletionsMax)]
}
