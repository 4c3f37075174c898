// How articles are read. What they have in common is in similarity-store.ts, how they are written in
// change-store.ts.

import { fromJsonColumn, jsonParameters } from '../lib/json.ts'
import type {
  Article,
  ArticleTopic,
  Attachment,
  Correction,
  Image,
  Known,
  Person,
  Status,
  Via,
} from './article.ts'

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
  expires_at: number | null
  corrections: string
  content_html: string
}

/** The columns of an ArticleRow but for the body. */
export const articleColumns = `articles.uuid, articles.guid, articles.source_id,
  articles.published_at, articles.utc_offset_minutes, articles.updated_at, articles.url,
  articles.title, articles.summary, articles.language, articles.authors, articles.topics,
  articles.image, articles.attachments, articles.via, articles.rights, articles.license,
  articles.expires_at, articles.corrections`

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
    expiresAt: row.expires_at,
    corrections: fromJsonColumn<Correction[]>(row.corrections),
  }
}

/** That an article is not to be seen any more: since when and, if the publisher said, why. */
export type Withdrawn = {
  readonly status: 'expired' | 'retracted'
  readonly since: number
  readonly note: string | null
}

type StatusRow = ArticleRow & {
  status: Status
  version_at: number
  retraction_note: string | null
}

/** An article for its page: itself, or that it was withdrawn, or null; null too before its time. */
export async function findArticle(
  db: D1Database,
  uuid: string
): Promise<Article | Withdrawn | null> {
  const statement = db.prepare(
    `SELECT ${articleColumns}, status, version_at, retraction_note, content_html
    FROM articles WHERE uuid = ?1`
  )
  const row = await statement.bind(uuid).first<StatusRow>()
  switch (row?.status) {
    case undefined:
    case 'scheduled':
      return null
    case 'published':
      return articleFromRow(row)
    case 'expired':
      return { status: 'expired', since: row.expires_at ?? 0, note: null }
    case 'retracted':
      return { status: 'retracted', since: row.version_at, note: row.retraction_note }
  }
}

/** Which revision of a published article there is, and what else its page says: of its source. */
export type ArticleRevision = {
  readonly revision: number
  readonly versionAt: number
  readonly credit: string
  readonly sourceSlug: string
}

/** Two rows read: all that a reader who has the page costs. Null unless it is published. */
export function findArticleRevision(db: D1Database, uuid: string): Promise<ArticleRevision | null> {
  return db
    .prepare(
      `SELECT articles.revision, articles.version_at AS versionAt, sources.slug AS sourceSlug,
        json_array(sources.slug, sources.title, sources.home_page_url, sources.language,
          sources.icon, sources.rights, sources.license) AS credit
      FROM articles JOIN sources ON sources.id = articles.source_id
      WHERE articles.uuid = ?1 AND articles.status = 'published'`
    )
    .bind(uuid)
    .first<ArticleRevision>()
}

export const knownColumns = `articles.uuid, articles.guid, articles.revision, articles.status,
  articles.version_at, articles.updated_at, articles.fingerprint, articles.published_at,
  articles.topics, articles.corrections, articles.simhash, articles.size_bytes`

export type KnownRow = {
  uuid: string
  guid: string
  revision: number
  status: Status
  version_at: number
  updated_at: number
  fingerprint: string
  published_at: number
  topics: string
  corrections: string
  simhash: string | null
  size_bytes: number
}

/** An article that is asked for: itself, and whichever has one of the guids that it may take. */
export type Wanted = { readonly uuid: string; readonly guids: readonly string[] }

/** What is known of articles, and of those that have the guids. */
export function selectKnown(db: D1Database, wanted: readonly Wanted[]): D1PreparedStatement[] {
  return jsonParameters(wanted).map((parameter) =>
    db
      .prepare(
        `SELECT ${knownColumns} FROM articles
        WHERE uuid IN (SELECT value ->> 'uuid' FROM json_each(?1))
          OR guid IN (SELECT guid.value
            FROM json_each(?1) AS wanted CROSS JOIN json_each(wanted.value, '$.guids') AS guid)`
      )
      .bind(parameter)
  )
}

export function knownFromRow(row: KnownRow): Known {
  return {
    guid: row.guid,
    revision: row.revision,
    status: row.status,
    versionAt: row.version_at,
    updatedAt: row.updated_at,
    fingerprint: row.fingerprint,
    publishedAt: row.published_at,
    topics: fromJsonColumn<{ slug: string }[]>(row.topics).map((topic) => topic.slug),
    corrections: fromJsonColumn<Correction[]>(row.corrections),
    simhash: row.simhash,
    sizeBytes: row.size_bytes,
  }
}
