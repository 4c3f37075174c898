// What a change comes to, given what is known of its article. No I/O, no clock.
//
// A publisher's system retries, repeats and reorders. So each change has a version, the moment its
// publisher last touched the article (date_modified, or what stands for it), and the newest version
// wins in whatever order they arrive:
//
//   unknown   + publish               -> created
//   unknown   + retract               -> retracted   remembered, so that a late publish stays out
//   published + publish, same content -> unchanged   nothing moves but the version
//   published + publish, older        -> stale
//   published + publish               -> updated
//   published + retract, older        -> stale
//   published + retract               -> retracted
//   retracted + publish               -> retracted   unless its date_modified is later: updated
//   retracted + retract               -> retracted   nothing moves but the version

import type { ArticleContent } from '../articles/article.ts'

export type Outcome = 'created' | 'updated' | 'unchanged' | 'stale' | 'retracted'

/** What the store knows of an article. */
export type Known = {
  readonly guid: string
  readonly revision: number
  readonly versionAt: number
  readonly updatedAt: number
  readonly fingerprint: string
  readonly publishedAt: number
  /** The slugs of its topics; none once it is retracted. */
  readonly topics: readonly string[]
  readonly retractedAt: number | null
}

export type Publication = {
  readonly kind: 'publish'
  readonly content: ArticleContent
  readonly sizeBytes: number
  readonly fingerprint: string
  readonly versionAt: number
  /** Whether the version is a date_modified: nothing less brings a retracted article back. */
  readonly isDated: boolean
}

export type Withdrawal = {
  readonly kind: 'retract'
  readonly note: string | null
  readonly versionAt: number
}

/**
 * `write` is what must be stored: the article anew, its retraction, or only that there was a newer
 * version; null when nothing must.
 */
export type Decision = {
  readonly outcome: Outcome
  readonly write:
    | { readonly kind: 'content'; readonly publication: Publication; readonly updatedAt: number }
    | { readonly kind: 'retraction'; readonly at: number; readonly note: string | null }
    | { readonly kind: 'version'; readonly versionAt: number }
    | null
}

/** What a publisher may say of when a change was made. */
export type Dates = {
  readonly modifiedAt: number | null
  readonly publishedAt: number
  /** The time of an event that says that the article was updated. */
  readonly updateHappenedAt: number | null
}

/**
 * The version of a publication: an article without date_modified was not touched since it was
 * published. Never later than now, or no later version would pass.
 */
export function versionOf(dates: Dates, now: number): number {
  return Math.min(dates.modifiedAt ?? dates.updateHappenedAt ?? dates.publishedAt, now)
}

export function decide(
  known: Known | null,
  change: Publication | Withdrawal,
  now: number
): Decision {
  return change.kind === 'retract'
    ? decideRetraction(known, change)
    : decidePublication(known, change, now)
}

function decideRetraction(known: Known | null, change: Withdrawal): Decision {
  if (known && known.versionAt > change.versionAt) {
    return { outcome: known.retractedAt === null ? 'stale' : 'retracted', write: null }
  }
  if (known && known.retractedAt === change.versionAt) return { outcome: 'retracted', write: null }
  const write = { kind: 'retraction', at: change.versionAt, note: change.note } as const
  return { outcome: 'retracted', write }
}

function decidePublication(known: Known | null, change: Publication, now: number): Decision {
  const { versionAt } = change
  const write = (updatedAt: number) =>
    ({ kind: 'content', publication: change, updatedAt }) as const
  if (!known) return { outcome: 'created', write: write(versionAt) }
  if (known.retractedAt !== null) {
    const isBack = change.isDated && versionAt > known.versionAt
    return isBack
      ? { outcome: 'updated', write: write(versionAt) }
      : { outcome: 'retracted', write: null }
  }
  if (known.fingerprint === change.fingerprint) {
    const isNews = versionAt > known.versionAt
    return { outcome: 'unchanged', write: isNews ? { kind: 'version', versionAt } : null }
  }
  if (versionAt < known.versionAt) return { outcome: 'stale', write: null }
  // A publisher that changes the text and not the date still means a newer revision, and readers
  // look at the date.
  const isLater = versionAt > known.updatedAt
  return {
    outcome: 'updated',
    write: write(isLater ? versionAt : Math.max(now, known.updatedAt + 1)),
  }
}
