// How articles are read. What writes them is the commit of a post: src/ingest/store.ts.

import { fromJsonColumn } from '../lib/json.ts'
import type { Article, ArticleTopic, Attachment, Image, Person, Via } from './article.ts'

export type ArticleRow = {
  uuid: string
  guid: string
  source_id: number
  published_at: number
  utc_offset_minutes: number
  updated_at: number
  url: string
  title: string
  summary: string
  language: string | null
  authors: string
  topics: string
  image: string | null
  attachments: string
  via: string | null
  rights: string | null
  license: string | null
  content_html: string
}

/** The columns of an ArticleRow but for the body. */
export const articleColumns = `articles.uuid, articles.guid, articles.source_id,
  articles.published_at, articles.utc_offset_minutes, articles.updated_at, articles.url,
  articles.title, articles.summary, articles.language, articles.authors, articles.topics,
  articles.image, articles.attachments, articles.via, articles.rights, articles.license`

export function articleFromRow(row: ArticleRow): Article {
  return {
    uuid: row.uuid,
    guid: row.guid,
    sourceId: row.source_id,
    publishedAt: row.published_at,
    utcOffsetMinutes: row.utc_offset_minutes,
    updatedAt: row.updated_at,
    url: row.url,
    title: row.title,
    summary: row.summary,
    contentHtml: row.content_html,
    language: row.language,
    authors: fromJsonColumn<Person[]>(row.authors),
    topics: fromJsonColumn<ArticleTopic[]>(row.topics),
    image: row.image === null ? null : fromJsonColumn<Image>(row.image),
    attachments: fromJsonColumn<Attachment[]>(row.attachments),
    via: row.via === null ? null : fromJsonColumn<Via>(row.via),
    rights: row.rights,
    license: row.license,
  }
}

/** That an article was taken back, when and, if the publisher said, why. */
export type Retraction = {
  readonly retractedAt: number
  readonly note: string | null
}

type StatusRow = ArticleRow & {
  retracted_at: number | null
  retraction_note: string | null
}

/** An article for its page: itself, or that it was retracted, or null. */
export async function findArticle(
  db: D1Database,
  uuid: string
): Promise<Article | Retraction | null> {
  const statement = db.prepare(
    `SELECT ${articleColumns}, retracted_at, retraction_note, content_html
    FROM articles WHERE uuid = ?1`
  )
  const row = await statement.bind(uuid).first<StatusRow>()
  if (!row) return null
  if (row.retracted_at === null) return articleFromRow(row)
  return { retractedAt: row.retracted_at, note: row.retraction_note }
}

/**
 * Retracts every published article of a source. Run before its feeds are removed: their rows are
 * what finds the articles.
 */
export function retractArticlesOfSource(
  db: D1Database,
  sourceId: number,
  now: number
): D1PreparedStatement {
  return db
    .prepare(
      `UPDATE articles SET status = 'retracted', retracted_at = ?2, version_at = ?2,
        revision = revision + 1
      WHERE status = 'published' AND id IN (
        SELECT feed_articles.article_id FROM feeds
        JOIN feed_articles ON feed_articles.feed_id = feeds.id
        WHERE feeds.source_id = ?1 AND feeds.topic_id IS NULL)`
    )
    .bind(sourceId, now)
}
