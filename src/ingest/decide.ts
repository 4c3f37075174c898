// What a change comes to, given what is known of its article. No I/O, no clock.
//
// A publisher's system retries, repeats and reorders. So each change has a version, the moment its
// publisher last touched the article, and the newest version wins in whatever order they arrive:
//
//   unknown   + publish               -> created
//   unknown   + retract               -> retracted   remembered, so that a late publish stays out
//   known     + publish, same content -> unchanged   nothing moves but the version; a correction in it
//                                                    that is new makes it updated
//   known     + publish, older        -> stale       a correction in it that is new is kept
//   known     + publish               -> updated
//   known     + retract, older        -> stale
//   known     + retract               -> retracted
//   retracted + publish               -> retracted   unless its date_modified is later: updated
//   retracted + retract               -> retracted   nothing moves but the version and the note

import {
  statusAt,
  type ArticleContent,
  type Correction,
  type Known,
  type Standing,
} from '../articles/article.ts'

export type Outcome = 'created' | 'updated' | 'unchanged' | 'stale' | 'retracted'

/** How an article is to stand. */
export type Next = Standing & {
  /** Why it was retracted. */
  readonly note: string | null
  /** Null where the stored content stays. */
  readonly content: ArticleContent | null
  /** The words of the content; none without. */
  readonly words: string
}

export type Publication = {
  readonly kind: 'publish'
  readonly content: ArticleContent
  readonly words: string
  readonly sizeBytes: number
  readonly fingerprint: string
  readonly simhash: string | null
  readonly correction: string | null
  /** date_modified, or the time of an event that says that the article was updated; 0 without either,
   * which loses against any that has one. */
  readonly versionAt: number
  /** Whether the version is a plausible date_modified: nothing less brings a retracted article back. */
  readonly isDated: boolean
}

export type Withdrawal = {
  readonly kind: 'retract'
  readonly note: string | null
  /** Null when the publisher did not say when: then it is the newest. */
  readonly versionAt: number | null
}

/** `next` is null when nothing must be stored. */
export type Decision = { readonly outcome: Outcome; readonly next: Next | null }

/** How far a date may lie ahead: clocks differ. */
export const clockToleranceSeconds = 300

/**
 * A date that a publisher's clock gave, or now when it lies further ahead than clocks differ: left as it
 * is, no later change would pass.
 */
export function plausible(date: number, now: number): number {
  return date <= now + clockToleranceSeconds ? date : now
}

export function decide(
  known: Known | null,
  change: Publication | Withdrawal,
  now: number
): Decision {
  return change.kind === 'retract'
    ? decideRetraction(known, change, now)
    : decidePublication(known, change, now)
}

function decideRetraction(known: Known | null, change: Withdrawal, now: number): Decision {
  const versionAt = change.versionAt ?? Math.max(now, known?.versionAt ?? 0)
  if (known && known.versionAt > versionAt) {
    return { outcome: known.status === 'retracted' ? 'retracted' : 'stale', next: null }
  }
  const isRepeat = known?.status === 'retracted' && known.versionAt === versionAt
  if (isRepeat && change.note === null) return { outcome: 'retracted', next: null }
  const retracted = { status: 'retracted', versionAt, note: change.note } as const
  const next = known
    ? moved(known, retracted)
    : { ...neverSeen, ...retracted, updatedAt: versionAt, content: noContent, words: '' }
  return { outcome: 'retracted', next }
}

function decidePublication(known: Known | null, change: Publication, now: number): Decision {
  const { versionAt } = change
  if (!known) return { outcome: 'created', next: publish(known, change, now) }
  if (known.status === 'retracted') {
    const isBack = change.isDated && versionAt > known.versionAt
    return isBack
      ? { outcome: 'updated', next: publish(known, change, now) }
      : { outcome: 'retracted', next: null }
  }
  const corrections = correctionsAfter(known, change, now)
  if (known.fingerprint === change.fingerprint && corrections === known.corrections) {
    const isNews = versionAt > known.versionAt
    return { outcome: 'unchanged', next: isNews ? moved(known, { versionAt }) : null }
  }
  if (versionAt < known.versionAt) {
    // It says nothing of the article any more, but what was wrong before is still worth knowing.
    const isNews = corrections !== known.corrections
    return { outcome: 'stale', next: isNews ? moved(known, { corrections }) : null }
  }
  return { outcome: 'updated', next: publish(known, change, now) }
}

/** An article that stands otherwise than it did, with the content it had. */
function moved(known: Known, changes: Partial<Next>): Next {
  return { ...known, note: null, ...changes, content: null, words: '' }
}

function publish(known: Known | null, change: Publication, now: number): Next {
  const { content, versionAt } = change
  return {
    status: statusAt(content, now),
    versionAt,
    updatedAt: updatedAtAfter(known, change, now),
    publishedAt: content.publishedAt,
    topics: content.topics.map((topic) => topic.slug),
    fingerprint: change.fingerprint,
    corrections: correctionsAfter(known, change, now),
    simhash: change.simhash,
    note: null,
    content,
    words: change.words,
    sizeBytes: change.sizeBytes,
  }
}

// Where versions tell which is newer, the date follows from the version alone, so that the order of
// arrival does not show; never before the publication, since nobody saw the article then. Where they do
// not, a change is dated by its arrival: it still means a newer revision, and readers look at the date.
function updatedAtAfter(known: Known | null, change: Publication, now: number): number {
  const { versionAt } = change
  const { publishedAt } = change.content
  const ofVersion = Math.max(versionAt, publishedAt)
  const isUnseen = !known || known.status === 'retracted' || known.status === 'scheduled'
  if (isUnseen) return ofVersion
  if (versionAt <= known.versionAt) return Math.max(now, known.updatedAt + 1, publishedAt)
  const isDatedByArrival = known.updatedAt > Math.max(known.versionAt, known.publishedAt)
  return isDatedByArrival ? Math.max(ofVersion, known.updatedAt + 1) : ofVersion
}

const correctionsMax = 20

// A correction stays though later revisions do not repeat it; the same words again are the same one, of
// the date they first had. The list itself stays when nothing is new in it.
function correctionsAfter(
  known: Known | null,
  { correction: text, versionAt }: Publication,
  now: number
): readonly Correction[] {
  const corrections = known?.corrections ?? []
  if (text === null) return corrections
  const added = { correctedAt: versionAt || now, text }
  const same = corrections.find((each) => each.text === text)
  if (same && same.correctedAt <= added.correctedAt) return corrections
  const all = [...corrections.filter((each) => each !== same), added]
    .toSorted((a, b) => a.correctedAt - b.correctedAt || (a.text < b.text ? -1 : 1))
    .slice(-correctionsMax)
  return all.includes(added) ? all : corrections
}

const noContent: ArticleContent = {
  url: '',
  title: '',
  summary: '',
  contentHtml: '',
  language: null,
  publishedAt: 0,
  utcOffsetMinutes: 0,
  expiresAt: null,
  authors: [],
  topics: [],
  image: null,
  attachments: [],
  via: null,
  rights: null,
  license: null,
}

const neverSeen = {
  publishedAt: 0,
  topics: [],
  fingerprint: '',
  corrections: [],
  simhash: null,
  sizeBytes: 0,
}
