// From a parsed post to what is stored and answered: read what is known, decide each change, store all
// in one transaction; begin again when another post was faster.

import { articleUrl, articleUuid, iriOf } from '../articles/article.ts'
import { fromJsonColumn } from '../lib/json.ts'
import type { Source } from '../sources/source.ts'
import type { CleanItem } from './clean.ts'
import {
  decide,
  versionOf,
  type Known,
  type Outcome,
  type Publication,
  type Withdrawal,
} from './decide.ts'
import { feedChanges } from './feed-changes.ts'
import { info, warning, type Finding } from './findings.ts'
import { publicationOf, stateAfter } from './state.ts'
import {
  commitPost,
  readKnowledge,
  type ArticleState,
  type Commit,
  type Knowledge,
} from './store.ts'

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
  readonly bodyHash: string
  readonly happenedAt: number | null
  readonly isUpdate: boolean
  readonly changes: readonly CleanChange[]
}

/** What the publisher is told of one article. */
type ArticleReport = {
  readonly id: string
  readonly outcome: Outcome
  readonly guid: string
  readonly url: string
  readonly findings: readonly Finding[]
}

export type Answer = {
  readonly articles: readonly ArticleReport[]
  /** Of the post as a whole; absent when there are none. */
  readonly findings?: readonly Finding[]
}

type Deps = { readonly db: D1Database; readonly origin: string; readonly now: number }

const attemptsMax = 8

/** `isRepeat` when the answer is that to an earlier post of the same webhook-id. */
export type Stored = { readonly answer: Answer; readonly isRepeat: boolean }

/**
 * Stores a post and tells what happened to each of its articles. Null when other posts kept being
 * faster: then nothing was stored.
 */
export async function storePost(post: CleanPost, deps: Deps): Promise<Stored | null> {
  const uuids = await Promise.all(
    post.changes.map((change) => articleUuid(post.source.uuid, change.externalId))
  )
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    // Each attempt depends on what the one before found out.
    // eslint-disable-next-line no-await-in-loop -- see above
    const knowledge = await readKnowledge(deps.db, questionOf(post, uuids))
    if (knowledge.receipt) return { answer: replay(knowledge.receipt, post), isRepeat: true }
    // eslint-disable-next-line no-await-in-loop -- see above
    const draft = await draftCommit(post, uuids, knowledge, deps)
    // eslint-disable-next-line no-await-in-loop -- see above
    if (await commitPost(deps.db, draft.commit, deps.now))
      return { answer: draft.answer, isRepeat: false }
  }
  return null
}

function questionOf(post: CleanPost, uuids: readonly string[]) {
  const tags = post.changes.flatMap((change) =>
    change.kind === 'publish' ? change.clean.tags : []
  )
  return {
    sourceId: post.source.id,
    webhookId: post.webhookId,
    uuids: [...new Set(uuids)],
    guids: [...new Set(post.changes.map((change) => iriOf(change.externalId)))].filter(
      (guid) => guid !== null
    ),
    slugs: [...new Set(tags.map((tag) => tag.slug))],
  }
}

function replay(receipt: { answer: string; bodyHash: string }, post: CleanPost): Answer {
  const answer = fromJsonColumn<Answer>(receipt.answer)
  if (receipt.bodyHash === post.bodyHash) return answer
  const message =
    'This webhook-id was used before, for another body. Nothing of this post was stored: give every new event an id of its own.'
  return { ...answer, findings: [warning('', message)] }
}

type Draft = { readonly commit: Commit; readonly answer: Answer }

async function draftCommit(
  post: CleanPost,
  uuids: readonly string[],
  knowledge: Knowledge,
  deps: Deps
): Promise<Draft> {
  const states = new Map<string, ArticleState>()
  const reports: ArticleReport[] = []
  for (const [index, change] of post.changes.entries()) {
    const uuid = uuids[index] ?? ''
    // The same article twice in one post: the second change meets what the first one left.
    const known = states.get(uuid) ?? knowledge.articles.get(uuid) ?? null
    const identity = { uuid, ...mintGuid(change, uuid, known, knowledge) }
    // eslint-disable-next-line no-await-in-loop -- in order, and it is one digest
    const { outcome, state } = await applyChange(change, identity, known, { post, knowledge, deps })
    if (state) {
      // One post raises a revision once, however often it names the article.
      const before = knowledge.articles.get(uuid)
      const withContent = state.content === null ? states.get(uuid) : state
      const { content, sizeBytes } = withContent ?? state
      states.set(uuid, { ...state, content, sizeBytes, revision: (before?.revision ?? 0) + 1 })
    }
    reports.push(reportOf(change, identity, outcome, deps.origin))
  }
  const answer = { articles: reports }
  const articles = [...states.values()]
  const commit = {
    sourceId: post.source.id,
    webhookId: post.webhookId,
    bodyHash: post.bodyHash,
    answer: JSON.stringify(answer),
    articles,
    ...feedChanges(post.source, articles, knowledge.articles),
  }
  return { answer, commit }
}

type Identity = {
  readonly uuid: string
  readonly guid: string
  readonly findings: readonly Finding[]
}

// Once minted, a guid never changes. The publisher's IRI is taken for it unless another source got
// there first: no feed may carry an id twice.
function mintGuid(
  change: CleanChange,
  uuid: string,
  known: Known | null,
  knowledge: Knowledge
): Omit<Identity, 'uuid'> {
  if (known) return { guid: known.guid, findings: [] }
  const iri = iriOf(change.externalId)
  if (iri === null) return { guid: `urn:uuid:${uuid}`, findings: [] }
  const owner = knowledge.guids.get(iri)
  if (owner === undefined || owner === uuid) return { guid: iri, findings: [] }
  const message = `Another source published an article with this id first; in feeds this one is urn:uuid:${uuid}.`
  return { guid: `urn:uuid:${uuid}`, findings: [warning(`${change.pointer}/id`, message)] }
}

type Circumstances = {
  readonly post: CleanPost
  readonly knowledge: Knowledge
  readonly deps: Deps
}

async function applyChange(
  change: CleanChange,
  identity: Identity,
  known: Known | null,
  circumstances: Circumstances
): Promise<{ outcome: Outcome; state: ArticleState | null }> {
  const decision = decide(
    known,
    await versionedChange(change, circumstances),
    circumstances.deps.now
  )
  const base = {
    uuid: identity.uuid,
    guid: identity.guid,
    externalId: change.externalId,
    revision: 0,
  }
  return { outcome: decision.outcome, state: stateAfter(base, known, decision.write) }
}

async function versionedChange(
  change: CleanChange,
  { post, knowledge, deps }: Circumstances
): Promise<Publication | Withdrawal> {
  if (change.kind === 'retract') {
    const versionAt = Math.min(post.happenedAt ?? deps.now, deps.now)
    return { kind: 'retract', note: change.note, versionAt }
  }
  const { clean, modifiedAt } = change
  const dates = {
    modifiedAt,
    publishedAt: clean.content.publishedAt,
    updateHappenedAt: post.isUpdate ? post.happenedAt : null,
  }
  const publication = await publicationOf(clean, knowledge.aliases)
  return { ...publication, versionAt: versionOf(dates, deps.now), isDated: modifiedAt !== null }
}

function reportOf(
  change: CleanChange,
  identity: Identity,
  outcome: Outcome,
  origin: string
): ArticleReport {
  const findings = [
    ...identity.findings,
    ...(change.kind === 'publish' ? change.clean.findings : []),
  ]
  if (change.kind === 'publish' && outcome === 'retracted') {
    const message =
      'This article was retracted. To publish it again, send a date_modified later than the retraction.'
    findings.push(warning(`${change.pointer}/date_modified`, message))
  }
  if (outcome === 'stale') {
    findings.push(
      info(change.pointer, 'A newer revision is already here; this one changed nothing.')
    )
  }
  const url = articleUrl(origin, identity.uuid)
  return { id: change.externalId, outcome, guid: identity.guid, url, findings }
}
