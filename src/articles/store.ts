// All SQL of articles, but for what they have in common: src/articles/similarity-store.ts.

import { fromJsonColumn, jsonParameters } from '../lib/json.ts'
import type {
  Article,
  ArticleChange,
  ArticleContent,
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

export const knownColumns = `articles.uuid, articles.guid, articles.revision, articles.status,
  articles.version_at, articles.updated_at, articles.fingerprint, articles.published_at,
  articles.topics, articles.corrections, articles.simhash`

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
}

/** What is known of the articles with these uuids. */
export function selectKnown(db: D1Database, uuids: readonly string[]): D1PreparedStatement[] {
  return jsonParameters(uuids).map((parameter) =>
    db
      .prepare(
        `SELECT ${knownColumns} FROM articles WHERE uuid IN (SELECT value FROM json_each(?1))`
      )
      .bind(parameter)
  )
}

/** Which article has each of these guids. */
export function selectGuids(db: D1Database, guids: readonly string[]): D1PreparedStatement[] {
  return jsonParameters(guids).map((parameter) =>
    db
      .prepare('SELECT guid, uuid FROM articles WHERE guid IN (SELECT value FROM json_each(?1))')
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
  }
}

// The revision must follow the stored one; where it does not, 0 breaks the CHECK of that name and
// takes the whole batch back.
const followingRevision = 'iif(articles.revision = excluded.revision - 1, excluded.revision, 0)'

const contentColumns = [
  'status',
  'published_at',
  'utc_offset_minutes',
  'updated_at',
  'version_at',
  'fingerprint',
  'size_bytes',
  'expires_at',
  'retraction_note',
  'url',
  'title',
  'summary',
  'language',
  'authors',
  'topics',
  'image',
  'attachments',
  'via',
  'rights',
  'license',
  'corrections',
  'simhash',
  'content_html',
] as const

const insertedColumns = ['uuid', 'guid', 'external_id', 'revision', ...contentColumns] as const

type StoredArticle = Record<(typeof insertedColumns)[number], string | number | null>

const upsertSql = `INSERT INTO articles (source_id, ${insertedColumns.join(', ')})
  SELECT ?2, ${insertedColumns.map((column) => `value ->> '${column}'`).join(', ')}
  FROM json_each(?1) WHERE true
  ON CONFLICT (uuid) DO UPDATE SET revision = ${followingRevision},
    ${contentColumns.map((column) => `${column} = excluded.${column}`).join(', ')}`

/**
 * Stores articles whose content is new. The revision of each must follow the stored one: else the
 * statement breaks the constraint `revision_follows`.
 */
export function upsertArticles(
  db: D1Database,
  sourceId: number,
  articles: readonly ArticleChange[]
): D1PreparedStatement[] {
  const rows = articles.map((article) => article.content && rowOf(article, article.content))
  return jsonParameters(rows).map((parameter) => db.prepare(upsertSql).bind(parameter, sourceId))
}

function rowOf(article: ArticleChange, content: ArticleContent): StoredArticle {
  return {
    uuid: article.uuid,
    guid: article.guid,
    external_id: article.externalId,
    revision: article.revision,
    status: article.status,
    published_at: content.publishedAt,
    utc_offset_minutes: content.utcOffsetMinutes,
    updated_at: article.updatedAt,
    version_at: article.versionAt,
    fingerprint: article.fingerprint,
    size_bytes: article.sizeBytes,
    expires_at: content.expiresAt,
    retraction_note: article.note,
    url: content.url,
    title: content.title,
    summary: content.summary,
    language: content.language,
    authors: JSON.stringify(content.authors),
    topics: JSON.stringify(content.topics),
    image: content.image && JSON.stringify(content.image),
    attachments: JSON.stringify(content.attachments),
    via: content.via && JSON.stringify(content.via),
    rights: content.rights,
    license: content.license,
    corrections: JSON.stringify(article.corrections),
    simhash: article.simhash,
    content_html: content.contentHtml,
  }
}

/** Changes how articles stand; their content stays. The same holds for their revisions. */
export function moveArticles(
  db: D1Database,
  articles: readonly ArticleChange[]
): D1PreparedStatement[] {
  const rows = articles.map(({ uuid, revision, status, versionAt, note, corrections }) => {
    return { uuid, revision, status, versionAt, note, corrections: JSON.stringify(corrections) }
  })
  return jsonParameters(rows).map((parameter) =>
    db
      .prepare(
        `UPDATE articles SET version_at = moved.version_at, status = moved.status,
          retraction_note = coalesce(moved.note, retraction_note),
          corrections = moved.corrections,
          revision = iif(articles.revision = moved.revision - 1, moved.revision, 0)
        FROM (SELECT value ->> 'uuid' AS uuid, value ->> 'revision' AS revision,
          value ->> 'status' AS status, value ->> 'versionAt' AS version_at,
          value ->> 'note' AS note,
          value ->> 'corrections' AS corrections FROM json_each(?1)) AS moved
        WHERE articles.uuid = moved.uuid`
      )
      .bind(parameter)
  )
}

/**
 * Retracts every published article of a source. Run before its feeds are removed: their rows are
 * what finds the articles.
 */
export function retractArticlesOfSource(
  db: D1Database,
  sourceId: number,
  now: number
): D1PreparedStatement[] {
  const retract = `UPDATE articles SET status = 'retracted', version_at = max(version_at, ?2),
    revision = revision + 1`
  return [
    db
      .prepare(
        `${retract}
      WHERE status = 'published' AND id IN (
        SELECT feed_articles.article_id FROM feeds
        JOIN feed_articles ON feed_articles.feed_id = feeds.id
        WHERE feeds.source_id = ?1 AND feeds.topic_id IS NULL)`
      )
      .bind(sourceId, now),
    // These stand in no feed.
    db
      .prepare(`${retract} WHERE status IN ('scheduled', 'expired') AND source_id = ?1`)
      .bind(sourceId, now),
  ]
}
