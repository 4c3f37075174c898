// All SQL of a post: what must be known to decide it, and the one transaction that stores it.

import type { ArticleContent } from '../articles/article.ts'
import {
  insertMissingFeeds,
  insertMemberships,
  removeMemberships,
  touchFeeds,
} from '../feeds/store.ts'
import type { Membership, NewFeed } from '../feeds/store.ts'
import { fromJsonColumn, jsonParameters } from '../lib/json.ts'
import { insertNewTopics, selectAliases, type AliasRow } from '../topics/store.ts'
import type { Known } from './decide.ts'

/** The answer given to an earlier post with the same webhook-id. */
type Receipt = { readonly answer: string; readonly bodyHash: string }

export type Knowledge = {
  readonly receipt: Receipt | null
  /** By uuid. */
  readonly articles: ReadonlyMap<string, Known>
  /** The uuid of the article that has each of the guids asked for. */
  readonly guids: ReadonlyMap<string, string>
  /** The topic that each of the slugs asked for is another name of. */
  readonly aliases: ReadonlyMap<string, string>
}

type Question = {
  readonly sourceId: number
  readonly webhookId: string
  readonly uuids: readonly string[]
  readonly guids: readonly string[]
  readonly slugs: readonly string[]
}

type KnownRow = {
  uuid: string
  guid: string
  revision: number
  version_at: number
  updated_at: number
  fingerprint: string
  published_at: number
  topics: string
  retracted_at: number | null
}

/** Everything a post's decisions depend on, in one round trip. */
export async function readKnowledge(db: D1Database, question: Question): Promise<Knowledge> {
  const [receipts, articles, guids, aliases] = await db.batch([
    db
      .prepare(
        'SELECT answer, body_hash AS bodyHash FROM posts WHERE source_id = ?1 AND webhook_id = ?2'
      )
      .bind(question.sourceId, question.webhookId),
    db
      .prepare(
        `SELECT uuid, guid, revision, version_at, updated_at, fingerprint, published_at, topics,
          retracted_at
        FROM articles WHERE uuid IN (SELECT value FROM json_each(?1))`
      )
      .bind(JSON.stringify(question.uuids)),
    db
      .prepare('SELECT guid, uuid FROM articles WHERE guid IN (SELECT value FROM json_each(?1))')
      .bind(JSON.stringify(question.guids)),
    selectAliases(db, question.slugs),
  ])
  const rows = <T>(result: D1Result | undefined) =>
    // eslint-disable-next-line typescript/no-unsafe-type-assertion -- the statement above it says what it selects
    (result?.results ?? []) as T[]
  return {
    receipt: rows<Receipt>(receipts)[0] ?? null,
    articles: new Map(rows<KnownRow>(articles).map((row) => [row.uuid, knownFromRow(row)])),
    guids: new Map(rows<{ guid: string; uuid: string }>(guids).map((row) => [row.guid, row.uuid])),
    aliases: new Map(rows<AliasRow>(aliases).map((row) => [row.alias, row.topic])),
  }
}

function knownFromRow(row: KnownRow): Known {
  return {
    guid: row.guid,
    revision: row.revision,
    versionAt: row.version_at,
    updatedAt: row.updated_at,
    fingerprint: row.fingerprint,
    publishedAt: row.published_at,
    topics: fromJsonColumn<{ slug: string }[]>(row.topics).map((topic) => topic.slug),
    retractedAt: row.retracted_at,
  }
}

/** An article as a post leaves it. */
export type ArticleState = Known & {
  readonly uuid: string
  readonly externalId: string
  readonly retractionNote: string | null
  /** Null where the stored content stays: a retraction, or a version that says nothing new. */
  readonly content: ArticleContent | null
  /** Of the content. */
  readonly sizeBytes: number
}

export type Commit = {
  readonly sourceId: number
  readonly webhookId: string
  readonly bodyHash: string
  readonly answer: string
  readonly articles: readonly ArticleState[]
  readonly topics: readonly { readonly slug: string; readonly title: string }[]
  readonly feeds: readonly NewFeed[]
  /** The places that articles leave and take. */
  readonly left: readonly Membership[]
  readonly joined: readonly Membership[]
  /** The paths of the feeds whose documents change. */
  readonly touched: readonly string[]
}

/**
 * Stores all of a post, or none of it: one transaction, a number of statements that grows with the
 * bytes only. False when another post was faster, with one of these articles, a guid or this
 * webhook-id: then nothing was stored, and what was known must be read anew.
 */
export async function commitPost(db: D1Database, commit: Commit, now: number): Promise<boolean> {
  const contents = commit.articles.filter((article) => article.content !== null)
  const states = commit.articles.filter((article) => article.content === null)
  try {
    await db.batch([
      insertReceipt(db, commit, now),
      ...(commit.topics.length > 0 ? [insertNewTopics(db, commit.topics, now)] : []),
      ...upsertArticles(db, commit.sourceId, contents),
      ...moveStates(db, states),
      ...insertMissingFeeds(db, commit.feeds),
      ...removeMemberships(db, commit.left),
      ...insertMemberships(db, commit.joined),
      ...touchFeeds(db, commit.touched, now),
    ])
    return true
  } catch (error) {
    if (isLostRace(error)) return false
    throw error
  }
}

function isLostRace(error: unknown): boolean {
  const message = error instanceof Error ? error.message : ''
  return /CHECK constraint failed: revision_follows|UNIQUE constraint failed: (?:articles\.guid|posts\.)/.test(
    message
  )
}

function insertReceipt(db: D1Database, commit: Commit, now: number): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO posts (source_id, webhook_id, received_at, body_hash, answer)
      VALUES (?1, ?2, ?3, ?4, ?5)`
    )
    .bind(commit.sourceId, commit.webhookId, now, commit.bodyHash, commit.answer)
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
  'retracted_at',
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
  'content_html',
] as const

const insertedColumns = ['uuid', 'guid', 'external_id', 'revision', ...contentColumns] as const

type StoredArticle = Record<(typeof insertedColumns)[number], string | number | null>

const upsertSql = `INSERT INTO articles (source_id, ${insertedColumns.join(', ')})
  SELECT ?2, ${insertedColumns.map((column) => `value ->> '${column}'`).join(', ')}
  FROM json_each(?1) WHERE true
  ON CONFLICT (uuid) DO UPDATE SET revision = ${followingRevision},
    ${contentColumns.map((column) => `${column} = excluded.${column}`).join(', ')}`

function upsertArticles(
  db: D1Database,
  sourceId: number,
  articles: readonly ArticleState[]
): D1PreparedStatement[] {
  return jsonParameters(articles.map(rowOf)).map((parameter) =>
    db.prepare(upsertSql).bind(parameter, sourceId)
  )
}

function rowOf(article: ArticleState): StoredArticle {
  const content = article.content
  if (!content) throw new Error(`article ${article.uuid} has no content to store`)
  return {
    uuid: article.uuid,
    guid: article.guid,
    external_id: article.externalId,
    revision: article.revision,
    status: article.retractedAt === null ? 'published' : 'retracted',
    published_at: content.publishedAt,
    utc_offset_minutes: content.utcOffsetMinutes,
    updated_at: article.updatedAt,
    version_at: article.versionAt,
    fingerprint: article.fingerprint,
    size_bytes: article.sizeBytes,
    retracted_at: article.retractedAt,
    retraction_note: article.retractionNote,
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
    content_html: content.contentHtml,
  }
}

function moveStates(db: D1Database, articles: readonly ArticleState[]): D1PreparedStatement[] {
  const rows = articles.map(({ uuid, revision, versionAt, retractedAt, retractionNote }) => {
    return { uuid, revision, versionAt, retractedAt, retractionNote }
  })
  return jsonParameters(rows).map((parameter) =>
    db
      .prepare(
        `UPDATE articles SET version_at = moved.version_at, retracted_at = moved.retracted_at,
          retraction_note = moved.retraction_note,
          status = iif(moved.retracted_at IS NULL, 'published', 'retracted'),
          revision = iif(articles.revision = moved.revision - 1, moved.revision, 0)
        FROM (SELECT value ->> 'uuid' AS uuid, value ->> 'revision' AS revision,
          value ->> 'versionAt' AS version_at, value ->> 'retractedAt' AS retracted_at,
          value ->> 'retractionNote' AS retraction_note FROM json_each(?1)) AS moved
        WHERE articles.uuid = moved.uuid`
      )
      .bind(parameter)
  )
}
