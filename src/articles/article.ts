// The article and its identity. No I/O.

import { uuidV5 } from '../lib/uuid.ts'

export type Person = {
  readonly name: string
  readonly url?: string
  readonly avatar?: string
}

/** A topic as an article carries it: the topic's slug, and the publisher's own word for it. */
export type ArticleTopic = {
  readonly slug: string
  readonly name: string
}

export type Image = {
  readonly url: string
  readonly alt?: string
  readonly caption?: string
  readonly credit?: string
  readonly width?: number
  readonly height?: number
  readonly mimeType?: string
  readonly sizeBytes?: number
}

export type Attachment = {
  readonly url: string
  readonly mimeType: string
  readonly title?: string
  readonly sizeBytes?: number
  readonly durationSeconds?: number
}

/** Where a source took an article from. */
export type Via = {
  readonly title: string
  readonly url: string
}

/** What was wrong in an earlier revision, in the publisher's words, and when it was put right. */
export type Correction = {
  readonly correctedAt: number
  readonly text: string
}

/**
 * Only what is published stands in feeds. Scheduled: its date of publication lies ahead. Expired: the
 * publisher said until when, and that has passed. Retracted: the publisher took it back.
 */
export type Status = 'published' | 'scheduled' | 'expired' | 'retracted'

/** What a publisher says in an article, clean. */
export type ArticleContent = {
  readonly url: string
  readonly title: string
  /** Plain text; made from the body when the publisher gave none. */
  readonly summary: string
  readonly contentHtml: string
  readonly language: string | null
  readonly publishedAt: number
  /** The offset of the clock that `publishedAt` was read from. */
  readonly utcOffsetMinutes: number
  /** Until when it may be shown. */
  readonly expiresAt: number | null
  readonly authors: readonly Person[]
  readonly topics: readonly ArticleTopic[]
  readonly image: Image | null
  readonly attachments: readonly Attachment[]
  readonly via: Via | null
  readonly rights: string | null
  readonly license: string | null
}

/** A published article as it is stored. */
export type Article = ArticleContent & {
  readonly uuid: string
  readonly guid: string
  readonly sourceId: number
  readonly updatedAt: number
  /** Oldest first. */
  readonly corrections: readonly Correction[]
}

/** How an article stands: what decisions and feeds depend on. */
export type Standing = {
  readonly status: Status
  /** The newest version the publisher told us of; of a retracted article, its retraction. */
  readonly versionAt: number
  readonly updatedAt: number
  readonly publishedAt: number
  /** The slugs of its topics. */
  readonly topics: readonly string[]
  readonly fingerprint: string
  readonly corrections: readonly Correction[]
  readonly simhash: string | null
  /** What it adds to a document at most, in bytes, but for its corrections (src/ingest/clean.ts). */
  readonly sizeBytes: number
}

/** What is known of an article without its content. */
export type Known = Standing & {
  readonly guid: string
  readonly revision: number
}

/** An article as it is to be stored. */
export type ArticleChange = Known & {
  readonly uuid: string
  readonly externalId: string
  /** Why it was retracted. */
  readonly note: string | null
  /** Null where the stored content stays. */
  readonly content: ArticleContent | null
  readonly simhashBefore: string | null
  /** What it is found by, where there is content (src/articles/search-terms.ts). */
  readonly searchTerms: string
  readonly searchTie: number
}

/** What a content that was not retracted is at a moment. */
export function statusAt(
  content: Pick<ArticleContent, 'publishedAt' | 'expiresAt'>,
  now: number
): Exclude<Status, 'retracted'> {
  if (content.expiresAt !== null && content.expiresAt <= now) return 'expired'
  return content.publishedAt > now ? 'scheduled' : 'published'
}

/** The UUID of the article that a source knows by `externalId`: always the same. */
export function articleUuid(sourceUuid: string, externalId: string): Promise<string> {
  return uuidV5(sourceUuid, externalId)
}

// Schemes whose URIs are made to identify. "bai:143218" is an IRI too, but by accident, and another
// source may well have the same.
const identifyingScheme =
  /^(?:https?:\/\/[^/]|urn:[a-z0-9][a-z0-9-]{1,31}:.|tag:[^,]+,\d{4}|info:.+\/|did:|ni:)/i

/**
 * The publisher's id when it is an absolute IRI that may stand as `atom:id` (RFC 4287 §4.2.6) in
 * every format, else null.
 */
export function iriOf(externalId: string): string | null {
  // RFC 3987 §2.2: neither spaces nor controls, nor <>"{}|\^`.
  // eslint-disable-next-line no-control-regex -- controls are among what an IRI may not hold
  const isPlain = !/[\u0000-\u0020\u007F-\u00A0<>"{}|\\^`]/.test(externalId)
  return isPlain && identifyingScheme.test(externalId) ? externalId : null
}

export function articlePath(uuid: string): string {
  return `/articles/${uuid}`
}

export function articleUrl(origin: string, uuid: string): string {
  return origin + articlePath(uuid)
}
