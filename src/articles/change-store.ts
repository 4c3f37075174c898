// How articles are written.

import { jsonParameters } from '../lib/json.ts'
import type { ArticleChange, ArticleContent } from './article.ts'
import { isSearched, searchKeySql } from './search-store.ts'

// The revision must follow the stored one; where it does not, 0 breaks the CHECK of that name and
// takes the whole batch back.
function followingRevision(table: string): string {
  return `iif(articles.revision = ${table}.revision - 1, ${table}.revision, 0)`
}

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

type StoredArticle = Record<(typeof insertedColumns)[number] | 'search_tie', string | number | null>

// Null without a tie: an article that is not to be found has no key.
const searchKey = searchKeySql("value ->> 'published_at'", "value ->> 'search_tie'")

const upsertSql = `INSERT INTO articles
    (source_id, search_key, is_search_due, ${insertedColumns.join(', ')})
  SELECT ?2, ${searchKey}, 0, ${insertedColumns.map((column) => `value ->> '${column}'`).join(', ')}
  FROM json_each(?1) WHERE true
  ON CONFLICT (uuid) DO UPDATE SET revision = ${followingRevision('excluded')},
    search_key = excluded.search_key, is_search_due = 0,
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
    search_tie: isSearched(article) ? article.searchTie : null,
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
          revision = ${followingRevision('moved')}
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
