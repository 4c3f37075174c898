// What a post comes to, given what is known of its articles: the commit that stores it, and the answer.
// No I/O but digests.

import {
  iriOf,
  type ArticleChange,
  type ArticleContent,
  type ArticleTopic,
  type Known,
} from '../articles/article.ts'
import { searchTie } from '../articles/search-store.ts'
import { filingTerms } from '../articles/search-terms.ts'
import type { Neighbour } from '../articles/similarity-store.ts'
import { sha256Hex } from '../lib/hmac.ts'
import { formatRfc3339 } from '../lib/time.ts'
import type { Source } from '../sources/source.ts'
import type { CleanItem, Tag } from './clean.ts'
import {
  clockToleranceSeconds,
  decide,
  plausible,
  type Next,
  type Outcome,
  type Publication,
  type Withdrawal,
} from './decide.ts'
import { feedChanges } from './feed-changes.ts'
import { finding, type Finding } from './findings.ts'
import { addNeighbour, neighbourFindings, neighbourhoodOf } from './neighbours.ts'
import type { Commit, Knowledge } from './store.ts'

/** A change whose text is clean. */
export type CleanChange =
  | {
      readonly kind: 'publish'
      readonly pointer: string
      readonly externalId: string
      readonly clean: CleanItem
      readonly modifiedAt: number | null
    }
  | {
      readonly kind: 'retract'
      readonly pointer: string
      readonly externalId: string
      readonly note: string | null
    }

export type CleanPost = {
  readonly source: Source
  readonly webhookId: string
  /** webhook-timestamp less our own clock, in seconds. */
  readonly clockOffset: number
  readonly bodyHash: string
  readonly happenedAt: number | null
  readonly isUpdate: boolean
  readonly changes: readonly CleanChange[]
  /** Of the post as a whole. */
  readonly findings: readonly Finding[]
}

/** What became of one article. */
type Report = {
  readonly id: string
  readonly outcome: Outcome
  readonly guid: string
  readonly uuid: string
  readonly findings: readonly Finding[]
}

/** What became of a post; `findings` are about the post as a whole. */
export type Answer = {
  readonly status: 200 | 201
  readonly articles: readonly Report[]
  readonly findings: readonly Finding[]
}

export type Circumstances = {
  readonly post: CleanPost
  readonly uuids: readonly string[]
  readonly knowledge: Knowledge
  /** How many attempts were overtaken before. */
  readonly attempt: number
  readonly now: number
}

export async function draftCommit(
  circumstances: Circumstances
): Promise<{ commit: Commit; answer: Answer }> {
  const { post, uuids, knowledge, now } = circumstances
  const states = new Map<string, ArticleChange>()
  const guids = new Map(knowledge.guids)
  const neighbours = neighbourhoodOf(knowledge.neighbours)
  const articles: Report[] = []
  for (const [index, change] of post.changes.entries()) {
    const uuid = uuids[index] ?? ''
    const stored = knowledge.articles.get(uuid) ?? null
    // The same article twice in one post: the second change meets what the first one left.
    const earlier = states.get(uuid) ?? null
    const { guid, findings } = mintGuid(change, uuid, earlier ?? stored, guids)
    guids.set(guid, uuid)
    // eslint-disable-next-line no-await-in-loop -- in order, and it is one digest
    const versioned = await versionedChange(change, circumstances)
    const { outcome, next } = decide(earlier ?? stored, versioned, now)
    if (next) {
      const identity = {
        uuid,
        guid,
        externalId: change.externalId,
        revision: (stored?.revision ?? 0) + 1,
        simhashBefore: stored?.simhash ?? null,
      }
      states.set(uuid, stateAfter({ earlier, next, identity }, circumstances))
    }
    if (change.kind === 'publish') {
      findings.push(...change.clean.findings, ...neighbourFindings(change, uuid, neighbours))
      addNeighbour(neighbours, asNeighbour(change, uuid))
    }
    findings.push(...outcomeFindings(change, outcome, earlier ?? stored))
    if (outcome === 'stale' && next) {
      findings.push(finding('correction-kept', `${change.pointer}/_loa/correction`))
    }
    articles.push({ id: change.externalId, outcome, guid, uuid, findings })
  }
  const isOneCreated = articles.filter((article) => article.outcome === 'created').length === 1
  const answer: Answer = { status: isOneCreated ? 201 : 200, articles, findings: post.findings }
  return { answer, commit: commitOf(post, [...states.values()], circumstances, answer) }
}

type Step = {
  /** What an earlier change of the same post left. */
  readonly earlier: ArticleChange | null
  readonly next: Next
  readonly identity: Pick<
    ArticleChange,
    'uuid' | 'guid' | 'externalId' | 'revision' | 'simhashBefore'
  >
}

function stateAfter(
  { earlier, next, identity }: Step,
  { post, attempt }: Circumstances
): ArticleChange {
  const { words, ...standing } = next
  const { content, searchTerms } =
    next.content === null && earlier
      ? earlier
      : { content: next.content, searchTerms: searchTermsOf(next, words, post.source) }
  const note = next.note ?? (next.status === 'retracted' ? (earlier?.note ?? null) : null)
  const searchTieOfAttempt = searchTie(identity.uuid, attempt)
  return { ...standing, ...identity, content, note, searchTerms, searchTie: searchTieOfAttempt }
}

function searchTermsOf({ content, topics }: Next, words: string, source: Source): string {
  const language = content?.language ?? source.language
  return `${filingTerms({ source: source.slug, topics, language })} ${words}`
}

// Once minted, a guid never changes. The publisher's IRI is taken for it unless another article got
// there first: no feed may carry an id twice. Somebody may even have taken the one we would mint.
function mintGuid(
  change: CleanChange,
  uuid: string,
  known: Pick<Known, 'guid'> | null,
  taken: ReadonlyMap<string, string>
): { guid: string; findings: Finding[] } {
  if (known) return { guid: known.guid, findings: [] }
  // No entry means that nobody has it.
  const isFree = (guid: string) => !taken.has(guid) || taken.get(guid) === uuid
  const iri = iriOf(change.externalId)
  if (iri !== null && isFree(iri)) return { guid: iri, findings: [] }
  const own = `urn:uuid:${uuid}`
  const guid = isFree(own) ? own : `urn:uuid:${crypto.randomUUID()}`
  const findings = iri === null ? [] : [finding('guid-taken', `${change.pointer}/id`, { guid })]
  return { guid, findings }
}

async function versionedChange(
  change: CleanChange,
  { post, knowledge, now }: Circumstances
): Promise<Publication | Withdrawal> {
  if (change.kind === 'retract') {
    const versionAt = post.happenedAt === null ? null : plausible(post.happenedAt, now)
    return { kind: 'retract', note: change.note, versionAt }
  }
  const { clean, modifiedAt } = change
  const content: ArticleContent = {
    ...clean.content,
    topics: topicsOf(clean.tags, knowledge.aliases),
  }
  return {
    kind: 'publish',
    content,
    words: clean.words,
    sizeBytes: clean.sizeBytes,
    // Over the publisher's own tags: that the operator files one elsewhere changes no article.
    fingerprint: await sha256Hex(JSON.stringify([clean.content, clean.tags])),
    simhash: clean.simhash,
    correction: clean.correction,
    versionAt: plausible(modifiedAt ?? (post.isUpdate ? post.happenedAt : null) ?? 0, now),
    isDated: modifiedAt !== null && modifiedAt <= now + clockToleranceSeconds,
  }
}

function topicsOf(
  tags: readonly Tag[],
  aliases: ReadonlyMap<string, string>
): readonly ArticleTopic[] {
  const topics = new Map<string, ArticleTopic>()
  for (const { name, slug: ownSlug } of tags) {
    const slug = aliases.get(ownSlug) ?? ownSlug
    if (!topics.has(slug)) topics.set(slug, { slug, name })
  }
  return [...topics.values()]
}

function asNeighbour(change: CleanChange & { kind: 'publish' }, uuid: string): Neighbour {
  const { title, url } = change.clean.content
  return { uuid, externalId: change.externalId, title, url, simhash: change.clean.simhash }
}

function outcomeFindings(
  change: CleanChange,
  outcome: Outcome,
  known: Pick<Known, 'versionAt'> | null
): Finding[] {
  const date = formatRfc3339(known?.versionAt ?? 0)
  if (outcome === 'stale') return [finding('stale', change.pointer, { date })]
  if (outcome !== 'retracted' || change.kind === 'retract') return []
  return [finding('retracted-before', `${change.pointer}/date_modified`, { date })]
}

function commitOf(
  post: CleanPost,
  articles: readonly ArticleChange[],
  { knowledge, now }: Circumstances,
  answer: Answer
): Commit {
  const moves = articles.map((after) => {
    const before = knowledge.articles.get(after.uuid) ?? null
    const { uuid, guid, note } = after
    return { uuid, guid, note, before, after, isRewritten: after.content !== null }
  })
  const { webhookId, clockOffset, bodyHash } = post
  return {
    ...feedChanges(post.source, moves, now),
    sourceId: post.source.id,
    articles,
    topics: newTopics(articles),
    receipt: {
      source: post.source,
      webhookId,
      clockOffset,
      bodyHash,
      status: answer.status,
      answer: storedAnswer(answer),
    },
  }
}

// Kept for repeats and for the journal, which lists many: one with too much to say is kept without its
// findings.
const storedAnswerBytesMax = 200_000

function storedAnswer(answer: Answer): string {
  const whole = JSON.stringify(answer)
  if (new TextEncoder().encode(whole).length <= storedAnswerBytesMax) return whole
  const articles = answer.articles.map((article) => ({ ...article, findings: [] }))
  return JSON.stringify({ ...answer, articles, findings: [finding('findings-forgotten', '')] })
}

/** The topics these articles name, each by the first tag that does. */
function newTopics(articles: readonly ArticleChange[]): Commit['topics'] {
  const titles = new Map<string, string>()
  for (const { slug, name } of articles.flatMap((article) => article.content?.topics ?? [])) {
    if (!titles.has(slug)) titles.set(slug, name)
  }
  return [...titles].map(([slug, title]) => ({ slug, title }))
}
