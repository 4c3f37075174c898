// What time alone does to feeds: they stop telling of what was taken back long ago, and what stood here
// before there were archives and a search index comes into them.

import {
  searchTie,
  listSearchDue,
  reindexArticles,
  type SearchDue,
} from '../articles/search-store.ts'
import { filingTerms, indexedWords } from '../articles/search-terms.ts'
import { fromJsonColumn } from '../lib/json.ts'
import { cleanHtml } from '../lib/html.ts'
import { archiveOldest, listFeedsToArchive } from './archive-store.ts'
import { changeOf, reviseFeedsOfSource, reviseFeedsWithDeletions } from './change-store.ts'
import { removeDeletionsBefore } from './deletion-store.ts'
import type { Change } from './edge.ts'

/** What a step of upkeep did: to how many, and to which documents. */
export type Upkept = { readonly count: number; readonly changes: readonly Change[] }

/** Forgets deletions recorded before a moment; the feeds that told of them change. Tells how many. */
export async function forgetDeletions(
  db: D1Database,
  before: number,
  now: number
): Promise<Upkept> {
  const results = await db.batch([
    reviseFeedsWithDeletions(db, before, now),
    removeDeletionsBefore(db, before),
  ])
  return { count: results[1]?.meta.changes ?? 0, changes: [changeOf(results)] }
}

const archivedFeedsMax = 5
const goesMax = 10

/** Puts into archives what feeds have too much of; a commit does so by itself. Tells in how many goes. */
export async function archiveFeeds(db: D1Database, now: number): Promise<number> {
  for (let go = 0; go < goesMax; go++) {
    // Each go begins where the one before it ended.
    // eslint-disable-next-line no-await-in-loop -- see above
    const paths = await listFeedsToArchive(db, archivedFeedsMax)
    if (paths.length === 0) return go
    // eslint-disable-next-line no-await-in-loop -- see above
    await db.batch(archiveOldest(db, paths, now))
  }
  return goesMax
}

const indexedArticlesMax = 200

/**
 * Indexes articles that are not, or not rightly; the feeds of their sources change, since what composed
 * feeds say of them does. Tells how many; more wait for the next minute.
 */
export async function indexArticles(db: D1Database, now: number): Promise<Upkept> {
  const due = await listSearchDue(db, indexedArticlesMax)
  if (due.length === 0) return { count: 0, changes: [] }
  const rows = due.map((article) => {
    const { id, revision, uuid } = article
    return { id, revision, tie: searchTie(uuid, 0), terms: termsOf(article) }
  })
  const sourceIds = [...new Set(due.map((article) => article.sourceId))]
  const results = await db.batch([
    ...reindexArticles(db, rows),
    ...sourceIds.map((sourceId) => reviseFeedsOfSource(db, sourceId, now)),
  ])
  return { count: due.length, changes: [changeOf(results)] }
}

function termsOf(article: SearchDue): string {
  const topics = fromJsonColumn<{ slug: string; name: string }[]>(article.topics)
  const authors = fromJsonColumn<{ name: string }[]>(article.authors)
  const { source, language, title, summary } = article
  const filing = filingTerms({ source, language, topics: topics.map((topic) => topic.slug) })
  const names = [...authors, ...topics].map((each) => each.name)
  // It is clean: this only reads it.
  const body = cleanHtml(article.contentHtml, { base: 'about:blank', embedHosts: [] })
  return `${filing} ${indexedWords([title, summary, ...names, body?.text ?? ''])}`
}
