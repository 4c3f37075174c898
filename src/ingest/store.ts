// All SQL of a post: what must be known to decide it, and the one transaction that stores it.

import type { ArticleChange, Known } from '../articles/article.ts'
import { moveArticles, upsertArticles } from '../articles/change-store.ts'
import { insertIntoSearch, isSearched, removeFromSearch } from '../articles/search-store.ts'
import {
  insertQuarters,
  removeQuarters,
  selectSharingUrl,
  selectSimilar,
  type Neighbour,
} from '../articles/similarity-store.ts'
import { runGroups } from '../lib/d1.ts'
import {
  knownColumns,
  knownFromRow,
  selectKnown,
  type KnownRow,
  type Wanted,
} from '../articles/store.ts'
import { insertDeletions, removeDeletions } from '../feeds/deletion-store.ts'
import { archiveOldest } from '../feeds/archive-store.ts'
import {
  changeOf,
  insertMemberships,
  isAnyFollowed,
  moveMemberships,
  removeMemberships,
  reviseArchives,
  reviseFeeds,
} from '../feeds/change-store.ts'
import type { Change } from '../feeds/edge.ts'
import { ensureFeeds } from '../feeds/store.ts'
import { insertNewTopics, selectAliases, type AliasRow } from '../topics/store.ts'
import type { FeedChanges } from './feed-changes.ts'
import { insertReceipt, selectReceipt, type PostReceipt, type Receipt } from './journal-store.ts'

export type Knowledge = {
  readonly receipt: Receipt | null
  /** By uuid. */
  readonly articles: ReadonlyMap<string, Known>
  /** The uuid of the article that has each of the guids asked for, as far as one has. */
  readonly guids: ReadonlyMap<string, string>
  /** The topic that each of the slugs asked for is another name of. */
  readonly aliases: ReadonlyMap<string, string>
  readonly neighbours: readonly Neighbour[]
}

export type Question = {
  readonly sourceId: number
  readonly webhookId: string
  readonly articles: readonly Wanted[]
  readonly slugs: readonly string[]
  readonly urls: readonly string[]
  readonly simhashes: readonly string[]
}

/** Everything a post's decisions and findings depend on, in one round trip. */
export async function readKnowledge(db: D1Database, question: Question): Promise<Knowledge> {
  const [receipts, articles, aliases, neighbours] = await runGroups(db, [
    [selectReceipt(db, question.sourceId, question.webhookId)],
    selectKnown(db, question.articles),
    selectAliases(db, question.slugs),
    [...selectSharingUrl(db, question.urls), ...selectSimilar(db, question.simhashes)],
  ])
  // eslint-disable-next-line typescript/no-unsafe-type-assertion -- the statements above say what they select
  const rows = <T>(results: readonly unknown[] | undefined) => (results ?? []) as T[]
  const known = rows<KnownRow>(articles)
  return {
    receipt: rows<Receipt>(receipts)[0] ?? null,
    articles: new Map(known.map((row) => [row.uuid, knownFromRow(row)])),
    guids: new Map(known.map((row) => [row.guid, row.uuid])),
    aliases: new Map(rows<AliasRow>(aliases).map((row) => [row.alias, row.topic])),
    neighbours: rows<Neighbour>(neighbours),
  }
}

/** An article whose time has come. */
export type DueArticle = Known & {
  readonly uuid: string
  readonly externalId: string
  readonly expiresAt: number | null
  readonly sourceId: number
  readonly sourceSlug: string
  readonly sourceUuid: string
}

type DueRow = KnownRow & {
  external_id: string
  expires_at: number | null
  source_id: number
  source_slug: string
  source_uuid: string
}

// More wait for the next minute.
const dueMax = 500

/** Scheduled articles whose date has come, and any whose time is over. */
export async function listDue(db: D1Database, now: number): Promise<DueArticle[]> {
  const select = (condition: string) => `SELECT * FROM (SELECT ${knownColumns},
      external_id, expires_at, source_id, sources.slug AS source_slug, sources.uuid AS source_uuid
    FROM articles JOIN sources ON sources.id = source_id WHERE ${condition} LIMIT ?2)`
  const { results } = await db
    .prepare(
      `${select("status = 'scheduled' AND published_at <= ?1")} UNION
      ${select("status IN ('published', 'scheduled') AND expires_at <= ?1")}`
    )
    .bind(now, dueMax)
    .all<DueRow>()
  return results.map((row) => ({
    ...knownFromRow(row),
    uuid: row.uuid,
    externalId: row.external_id,
    expiresAt: row.expires_at,
    sourceId: row.source_id,
    sourceSlug: row.source_slug,
    sourceUuid: row.source_uuid,
  }))
}

export type Commit = FeedChanges & {
  readonly sourceId: number
  readonly articles: readonly ArticleChange[]
  readonly topics: readonly { readonly slug: string; readonly title: string }[]
  readonly receipt: PostReceipt | null
}

/** The documents that a commit changed, and whether the hub has to tell of any. */
export type Committed = { readonly change: Change; readonly isFollowed: boolean }

/**
 * Stores all of a post, or none of it: one transaction, a number of statements that grows with the
 * bytes only. Nothing was stored when the result is 'overtaken' (another was faster, with one of these
 * articles, a guid or this webhook-id: what was known must be read anew) or 'source changed' (or gone).
 */
export async function commitPost(
  db: D1Database,
  commit: Commit,
  now: number
): Promise<Committed | 'overtaken' | 'source changed'> {
  const rewritten = commit.articles.filter((article) => article.content !== null)
  const moved = commit.articles.filter((article) => article.content === null)
  const withdrawn = moved.filter((article) => !isSearched(article))
  // What was not there before cannot have been taken back.
  const known = commit.articles.filter((article) => article.revision > 1)
  const knownUuids = new Set(known.map((article) => article.uuid))
  const paths = commit.byFeed.map((change) => change.path)
  try {
    const results = await db.batch([
      ...(commit.receipt ? [insertReceipt(db, commit.receipt, now)] : []),
      ...insertNewTopics(db, commit.topics, now),
      ...removeQuarters(db, rewritten),
      ...removeFromSearch(db, [...rewritten, ...withdrawn]),
      ...upsertArticles(db, commit.sourceId, rewritten),
      ...insertQuarters(db, rewritten),
      ...insertIntoSearch(db, rewritten),
      ...moveArticles(db, moved),
      ...ensureFeeds(db, commit.feeds),
      ...reviseArchives(db, commit.changed, now),
      ...reviseFeeds(db, commit.byFeed, now),
      ...removeMemberships(db, commit.left),
      ...moveMemberships(db, commit.moved),
      ...insertMemberships(db, commit.joined),
      ...removeDeletions(
        db,
        commit.joined.filter((place) => knownUuids.has(place.uuid))
      ),
      ...insertDeletions(db, commit.deleted, now),
      ...archiveOldest(db, paths, now),
    ])
    // Whether it was seen before, and is not any more.
    const isWithdrawal = known.some((article) => article.status !== 'published')
    const change = changeOf(results, isWithdrawal)
    return { change, isFollowed: isAnyFollowed(results) }
  } catch (error) {
    const message = error instanceof Error ? error.message : ''
    if (overtaken.test(message)) return 'overtaken'
    if (sourceChanged.test(message)) return 'source changed'
    throw error
  }
}

const overtaken =
  /CHECK constraint failed: revision_follows|UNIQUE constraint failed: (?:articles\.(?:guid|search_key)|posts\.)/
const sourceChanged = /NOT NULL constraint failed: posts\.source_id/
