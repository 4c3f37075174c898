// All SQL of which articles a document lists. Always newest first, ties by uuid.

import type { Article } from '../articles/article.ts'
import { articleColumns, articleFromRow, type ArticleRow } from '../articles/store.ts'
import { creditColumns, creditFromRow, type CreditRow } from '../sources/store.ts'
import type { Credit } from '../sources/source.ts'
import { elementsOf } from '../lib/d1.ts'
import { articleBytes, documentArticles } from './archive-store.ts'

const columns = `${articleColumns}, articles.content_html`

/** Articles by their ids, and whether the source of each is read with it: not where all have one. */
export type Listing = { readonly ids: readonly number[]; readonly isCredited: boolean }

/** The articles of a subscription document: one row is read for each, and one for its source if credited. */
export function selectUnarchived(db: D1Database, listing: Listing): D1PreparedStatement[] {
  // More only in a feed from before there were archives, until upkeep puts it in order.
  const ids = listing.ids.slice(-2 * documentArticles)
  if (ids.length === 0) return []
  const statement = db.prepare(
    `${selectionOf({ ...listing, ids }, '?1')} WHERE articles.status = 'published'`
  )
  return [statement.bind(JSON.stringify(ids))]
}

/**
 * The same by the path of a feed whose articles are of one source, for who does not know yet which they
 * are: one row is read for each, and one for the feed.
 */
export function selectUnarchivedAt(db: D1Database, path: string): D1PreparedStatement {
  const places = Array.from({ length: 2 * documentArticles }, (_, index) => `(${index + 1})`)
  return (
    db
      // Places are counted from the end: what came last is there.
      .prepare(
        `SELECT ${columns} FROM (VALUES ${places.join(', ')}) AS place
      CROSS JOIN articles ON articles.id =
        (SELECT unarchived FROM feeds WHERE path = ?1) ->> ('$[#-' || place.column1 || ']')
      WHERE articles.status = 'published'`
      )
      .bind(path)
  )
}

type ArchiveKey = { readonly feedId: number; readonly number: number }

/** Those of its articles that an archive still has: a row more is read for each. */
export function selectArchived(
  db: D1Database,
  { feedId, number }: ArchiveKey,
  listing: Listing
): D1PreparedStatement[] {
  if (listing.ids.length === 0) return []
  const statement = db.prepare(
    `${selectionOf(listing, '?3')}
    CROSS JOIN feed_articles ON feed_articles.feed_id = ?1
      AND feed_articles.published_at = articles.published_at
      AND feed_articles.uuid = articles.uuid AND feed_articles.archive = ?2`
  )
  return [statement.bind(feedId, number, JSON.stringify(listing.ids))]
}

function selectionOf({ ids, isCredited }: Listing, parameter: string): string {
  const [credit, join] = isCredited
    ? [`, ${creditColumns}`, 'CROSS JOIN sources ON sources.id = articles.source_id']
    : ['', '']
  return `SELECT ${columns}${credit}
    FROM ${elementsOf(parameter, ids.length)} AS listed
    CROSS JOIN articles ON articles.id = listed.column1 ${join}`
}

/** What these found: the articles, and the sources that were read with them, by id. */
export function listedFromRows(rows: readonly unknown[]) {
  // eslint-disable-next-line typescript/no-unsafe-type-assertion -- the statements say what they select
  const listed = rows as (ArticleRow & Partial<CreditRow>)[]
  const credits = new Map<number, Credit>()
  for (const row of listed) if (hasCredit(row)) credits.set(row.source_id, creditFromRow(row))
  return { articles: newestFirst(listed), credits }
}

function hasCredit(row: Partial<CreditRow>): row is CreditRow {
  return row.source_uuid !== undefined
}

// Sorted here, since D1 counts the rows of a sort as read.
function newestFirst(rows: readonly ArticleRow[]): Article[] {
  return rows
    .map(articleFromRow)
    .toSorted((a, b) => b.publishedAt - a.publishedAt || (a.uuid < b.uuid ? -1 : 1))
}

/** How many articles, and how many bytes of them: as many as fit into both, at least one. */
export type Bounds = { readonly articlesMax: number; readonly bytesMax: number }

/** The newest articles of a feed. Two rows are read for each. */
export async function listNewest(
  db: D1Database,
  feedId: number,
  bounds: Bounds
): Promise<Article[]> {
  const { results } = await db
    .prepare(
      `SELECT ${boundedColumns('?3')}
      FROM feed_articles JOIN articles ON articles.id = feed_articles.article_id
      WHERE feed_articles.feed_id = ?1
      ORDER BY feed_articles.published_at DESC, feed_articles.uuid LIMIT ?2`
    )
    .bind(feedId, bounds.articlesMax, inlineBytes(bounds))
    .all<BoundedRow>()
  return readFitting(db, results, bounds)
}

// The index also knows articles that wait for their date; so many are looked over.
const waitingMax = 200

/**
 * The newest articles that an FTS5 expression finds (src/articles/search-terms.ts). Two rows are read for
 * each, and up to two hundred for those whose date lies ahead.
 */
export async function listFound(
  db: D1Database,
  expression: string,
  bounds: Bounds
): Promise<Article[]> {
  const { results } = await db
    .prepare(
      `SELECT ${boundedColumns('?3')}
      FROM (SELECT rowid AS search_key FROM article_search
        WHERE article_search MATCH ?1 ORDER BY rowid DESC LIMIT ?4) AS found
      CROSS JOIN articles ON articles.search_key = found.search_key
      WHERE articles.status = 'published' LIMIT ?2`
    )
    .bind(expression, bounds.articlesMax, inlineBytes(bounds), bounds.articlesMax + waitingMax)
    .all<BoundedRow>()
  return readFitting(db, results, bounds)
}

type BoundedRow = Omit<ArticleRow, 'content_html'> & {
  id: number
  bytes: number
  content_html: string | null
}

// Larger bodies are read only once it is known that there is room for them.
function inlineBytes({ articlesMax, bytesMax }: Bounds): number {
  return Math.floor(bytesMax / articlesMax)
}

function boundedColumns(inlineBytesMax: string): string {
  return `${articleColumns}, articles.id, ${articleBytes} AS bytes,
    iif(articles.size_bytes <= ${inlineBytesMax}, articles.content_html, NULL) AS content_html`
}

async function readFitting(
  db: D1Database,
  rows: readonly BoundedRow[],
  { bytesMax }: Bounds
): Promise<Article[]> {
  let bytes = 0
  const end = rows.findIndex((row, index) => {
    bytes += row.bytes
    return bytes > bytesMax && index > 0
  })
  const fitting = end < 0 ? rows : rows.slice(0, end)
  const bodies = await readBodies(db, fitting)
  return newestFirst(
    fitting.map((row) => ({ ...row, content_html: row.content_html ?? bodies.get(row.id) ?? '' }))
  )
}

async function readBodies(
  db: D1Database,
  rows: readonly BoundedRow[]
): Promise<Map<number, string>> {
  const ids = rows.filter((row) => row.content_html === null).map((row) => row.id)
  if (ids.length === 0) return new Map()
  const { results } = await db
    .prepare(
      `SELECT articles.id, content_html
      FROM ${elementsOf('?1', ids.length)} AS listed
      CROSS JOIN articles ON articles.id = listed.column1`
    )
    .bind(JSON.stringify(ids))
    .all<{ id: number; content_html: string }>()
  return new Map(results.map((row) => [row.id, row.content_html]))
}
