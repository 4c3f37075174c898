// All SQL of what is remembered of posts: the answers to those that were stored, and refusals.

import type { Source } from '../sources/source.ts'

/** What is kept of a post that was stored. */
export type PostReceipt = {
  /** As the post was decided on. */
  readonly source: Source
  readonly webhookId: string
  readonly clockOffset: number
  readonly bodyHash: string
  readonly status: number
  readonly answer: string
}

/** The answer given to an earlier post with the same webhook-id. */
export type Receipt = Pick<PostReceipt, 'answer' | 'bodyHash'>

export function selectReceipt(
  db: D1Database,
  sourceId: number,
  webhookId: string
): D1PreparedStatement {
  return db
    .prepare(
      'SELECT answer, body_hash AS bodyHash FROM posts WHERE source_id = ?1 AND webhook_id = ?2'
    )
    .bind(sourceId, webhookId)
}

/**
 * Breaks NOT NULL, and takes its batch back, when the source was removed in the meantime or is otherwise
 * not what the post was decided on (src/sources/recent.ts#isSameSource).
 */
export function insertReceipt(
  db: D1Database,
  { source, webhookId, clockOffset, bodyHash, status, answer }: PostReceipt,
  now: number
): D1PreparedStatement {
  const { id, uuid, language, secretGeneration, secretRotatedAt } = source
  return db
    .prepare(
      `INSERT INTO posts
        (source_id, webhook_id, received_at, clock_offset, body_hash, status, answer)
      VALUES ((SELECT id FROM sources WHERE id = ?1 AND removed_at IS NULL AND uuid = ?8
        AND language IS ?9 AND secret_generation = ?10 AND secret_rotated_at IS ?11),
        ?2, ?3, ?4, ?5, ?6, ?7)`
    )
    .bind(
      id,
      webhookId,
      now,
      clockOffset,
      bodyHash,
      status,
      answer,
      uuid,
      language,
      secretGeneration,
      secretRotatedAt
    )
}

export type Refusal = {
  readonly webhookId: string
  readonly receivedAt: number
  readonly code: string
  readonly status: number
  readonly detail: string
}

/** Keeps a refusal, or counts one more of its kind; does nothing when there is no such source. */
export async function insertRefusal(
  db: D1Database,
  refusal: Refusal & { readonly sourceSlug: string }
): Promise<void> {
  const { sourceSlug, receivedAt, webhookId, code, status, detail } = refusal
  await db
    .prepare(
      `INSERT INTO refusals (source_id, received_at, webhook_id, code, status, detail, count)
      SELECT id, ?2, ?3, ?4, ?5, ?6, 1 FROM sources WHERE slug = ?1 AND removed_at IS NULL
      ON CONFLICT (source_id, received_at, webhook_id, code)
      DO UPDATE SET count = count + 1, detail = excluded.detail`
    )
    .bind(sourceSlug, receivedAt, webhookId, code, status, detail)
    .run()
}

/** A post as it is remembered: stored, with its answer, or refused, with the reason. */
export type LoggedPost = PostCursor & {
  readonly webhookId: string
  readonly status: number
  /** JSON; null when the post was refused. */
  readonly answer: string | null
  readonly clockOffset: number | null
  readonly code: string | null
  readonly detail: string | null
  readonly count: number
}

/** The place of a post in the list: what comes after is older, or has a smaller key in that second. */
export type PostCursor = { readonly receivedAt: number; readonly key: string }

/** A source's posts, stored and refused, newest first, after a place in this list. */
export async function listPosts(
  db: D1Database,
  sourceId: number,
  { after, limit }: { readonly after: PostCursor; readonly limit: number }
): Promise<LoggedPost[]> {
  const page = (key: string) => `source_id = ?1 AND received_at <= ?2
    AND (received_at < ?2 OR ${key} < ?3) ORDER BY received_at DESC, key DESC LIMIT ?4`
  const refusalKey = "webhook_id || ' ' || code"
  const { results } = await db
    .prepare(
      `SELECT * FROM (SELECT webhook_id AS webhookId, received_at AS receivedAt, webhook_id AS key,
          status, answer, clock_offset AS clockOffset, NULL AS code, NULL AS detail, 1 AS count
        FROM posts WHERE ${page('webhook_id')})
      UNION ALL
      SELECT * FROM (SELECT webhook_id, received_at, ${refusalKey} AS key, status, NULL, NULL, code,
          detail, count
        FROM refusals WHERE ${page(refusalKey)})
      ORDER BY receivedAt DESC, key DESC LIMIT ?4`
    )
    .bind(sourceId, after.receivedAt, after.key, limit)
    .all<LoggedPost>()
  return results
}

export type SourceHealth = {
  readonly lastPostAt: number | null
  /** What its clock said at its last post, less ours, in seconds. */
  readonly clockOffset: number | null
  /** What was refused since the last post that was stored, by kind. */
  readonly refusedSince: readonly {
    readonly code: string
    readonly count: number
    readonly lastAt: number
    readonly detail: string
  }[]
}

export async function readSourceHealth(db: D1Database, sourceId: number): Promise<SourceHealth> {
  const last = await db
    .prepare(
      `SELECT received_at AS receivedAt, clock_offset AS clockOffset FROM posts
      WHERE source_id = ?1 ORDER BY received_at DESC LIMIT 1`
    )
    .bind(sourceId)
    .first<{ receivedAt: number; clockOffset: number }>()
  // Strangers' refusals are filed under the beginning of their hour. SQLite takes `detail` from the row
  // that has the maximum.
  const { results } = await db
    .prepare(
      `SELECT code, sum(count) AS count, max(received_at) AS lastAt, detail FROM refusals
      WHERE source_id = ?1 AND received_at >= iif(webhook_id = '', ?2 - ?2 % 3600, ?2 + 1)
      GROUP BY code ORDER BY lastAt DESC`
    )
    .bind(sourceId, last?.receivedAt ?? 0)
    .all<SourceHealth['refusedSince'][number]>()
  return {
    lastPostAt: last?.receivedAt ?? null,
    clockOffset: last?.clockOffset ?? null,
    refusedSince: results,
  }
}

/** Forgets posts and refusals from before a moment, and tells how many. */
export async function forgetPosts(db: D1Database, before: number): Promise<number> {
  const results = await db.batch([
    db.prepare('DELETE FROM posts WHERE received_at < ?1').bind(before),
    db.prepare('DELETE FROM refusals WHERE received_at < ?1').bind(before),
  ])
  return results.reduce((sum, result) => sum + result.meta.changes, 0)
}
