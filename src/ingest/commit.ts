// From a clean post to what is stored and answered: read what is known, decide each change, store all in
// one transaction; begin again when another post was faster.

import {
  articleUuid,
  iriOf,
  type ArticleChange,
  type ArticleContent,
  type ArticleTopic,
  type Known,
} from '../articles/article.ts'
import type { Neighbour } from '../articles/similarity-store.ts'
import { sha256Hex } from '../lib/hmac.ts'
import { fromJsonColumn } from '../lib/json.ts'
import { formatRfc3339 } from '../lib/time.ts'
import type { Source } from '../sources/source.ts'
import type { CleanItem, Tag } from './clean.ts'
import { clockToleranceSeconds, decide, plausible, type Outcome } from './decide.ts'
import type { Publication, Withdrawal } from './decide.ts'
import { feedChanges } from './feed-changes.ts'
import { finding, type Finding } from './findings.ts'
import { addNeighbour, neighbourFindings, neighbourhoodOf } from './neighbours.ts'
import { commitPost, readKnowledge, type Commit, type Knowledge, type Question } from './store.ts'

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

type Deps = { readonly db: D1Database; readonly now: number; readonly isDryRun: boolean }

const attemptsMax = 12
const pauseMsMax = 25

/**
 * Stores a post and tells what happened to each of its articles; a dry run tells the same and stores
 * nothing. 'overtaken' when other posts kept being faster, 'source gone' when the source was removed in
 * the meantime: then nothing was stored.
 */
export async function storePost(
  post: CleanPost,
  deps: Deps
): Promise<Answer | 'source gone' | 'overtaken'> {
  const uuids = await Promise.all(
    post.changes.map((change) => articleUuid(post.source.uuid, change.externalId))
  )
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    // Each attempt depends on what the one before found out.
    // eslint-disable-next-line no-await-in-loop -- see above
    const knowledge = await readKnowledge(deps.db, questionOf(post, uuids))
    if (knowledge.receipt) return repeat(knowledge.receipt, post)
    // eslint-disable-next-line no-await-in-loop -- see above
    const { commit, answer } = await draftCommit({ post, uuids, knowledge, now: deps.now })
    if (deps.isDryRun) return answer
    // eslint-disable-next-line no-await-in-loop -- see above
    const result = await commitPost(deps.db, commit, deps.now)
    if (result === 'stored') return answer
    if (result === 'source gone') return 'source gone'
    // So that those who lost do not all meet again at once.
    // eslint-disable-next-line no-await-in-loop -- see above
    await scheduler.wait(Math.random() * pauseMsMax * (attempt + 1))
  }
  return 'overtaken'
}

function questionOf(post: CleanPost, uuids: readonly string[]): Question {
  const items = post.changes.flatMap((change) => (change.kind === 'publish' ? [change.clean] : []))
  const guids = [
    ...post.changes.map((change) => iriOf(change.externalId)),
    ...uuids.map((uuid) => `urn:uuid:${uuid}`),
  ]
  const simhashes = items.map((item) => item.simhash)
  return {
    sourceId: post.source.id,
    webhookId: post.webhookId,
    uuids: [...new Set(uuids)],
    guids: [...new Set(guids.filter((guid) => guid !== null))],
    slugs: [...new Set(items.flatMap((item) => item.tags.map((tag) => tag.slug)))],
    urls: [...new Set(items.map((item) => item.content.url))],
    simhashes: [...new Set(simhashes.filter((hash) => hash !== null))],
  }
}

function repeat(receipt: { answer: string; bodyHash: string }, post: CleanPost): Answer {
  const answer = { ...fromJsonColumn<Answer>(receipt.answer), status: 200 } as const
  if (receipt.bodyHash === post.bodyHash) return answer
  return { ...answer, findings: [finding('webhook-id-reused', '')] }
}

type Circumstances = {
  readonly post: CleanPost
  readonly uuids: readonly string[]
  readonly knowledge: Knowledge
  readonly now: number
}

async function draftCommit(
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
      const { content, sizeBytes } = next.content === null && earlier ? earlier : next
      const revision = (stored?.revision ?? 0) + 1
      const identity = { uuid, guid, revision, externalId: change.externalId }
      const simhashBefore = stored?.simhash ?? null
      const note = next.note ?? (next.status === 'retracted' ? (earlier?.note ?? null) : null)
      states.set(uuid, { ...next, ...identity, note, content, sizeBytes, simhashBefore })
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
