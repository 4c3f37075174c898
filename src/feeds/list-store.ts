// All SQL of which articles a document lists. Always newest first, ties by uuid.

import type { Article } from '../articles/article.ts'
import { articleColumns, articleFromRow, type ArticleRow } from '../articles/store.ts'
import { articleBytes, documentArticles } from './archive-store.ts'

const columns = `${articleColumns}, articles.content_html`

/** The articles of a subscription document: two rows are read for each. */
export async function listUnarchived(db: D1Database, ids: readonly number[]): Promise<Article[]> {
  const { results } = await db
    .prepare(
      `SELECT ${columns} FROM json_each(?1)
      CROSS JOIN articles ON articles.id = json_each.value
      WHERE articles.status = 'published'`
    )
    // More only in a feed from before there were archives, until upkeep puts it in order.
    .bind(JSON.stringify(ids.slice(-2 * documentArticles)))
    .all<ArticleRow>()
  return newestFirst(results)
}

type ArchiveKey = {
  readonly feedId: number
  readonly number: number
  readonly articles: readonly number[]
}

/** Those of its articles that an archive still has: three rows are read for each. */
export async function listArchived(
  db: D1Database,
  { feedId, number, articles }: ArchiveKey
): Promise<Article[]> {
  const { results } = await db
    .prepare(
      `SELECT ${columns} FROM json_each(?3)
      CROSS JOIN articles ON articles.id = json_each.value
      CROSS JOIN feed_articles ON feed_articles.feed_id = ?1
        AND feed_articles.published_at = articles.published_at
        AND feed_articles.uuid = articles.uuid AND feed_articles.archive = ?2`
    )
    .bind(feedId, number, JSON.stringify(articles))
    .all<ArticleRow>()
  return newestFirst(results)
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
      FROM json_each(?1) JOIN articles ON articles.id = json_each.value`
    )
    .bind(JSON.stringify(ids))
    .all<{ id: number; content_html: string }>()
  return new Map(results.map((row) => [row.id, row.content_html]))
}
