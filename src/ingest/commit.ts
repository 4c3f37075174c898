// From a clean post to what is stored and answered: read what is known, decide each change, store all in
// one transaction; begin again when another post was faster.

import { articleUuid, iriOf } from '../articles/article.ts'
import { fromJsonColumn } from '../lib/json.ts'
import { draftCommit, type Answer, type CleanPost } from './draft.ts'
import { finding } from './findings.ts'
import { commitPost, readKnowledge, type Committed, type Question } from './store.ts'

type Deps = { readonly db: D1Database; readonly now: number; readonly isDryRun: boolean }

/** A post that was stored, or needed not be. */
export type Stored = Committed & { readonly answer: Answer; readonly isCommitted: boolean }

const nothing = {
  change: { tags: [], isWithdrawal: false },
  isFollowed: false,
  isCommitted: false,
} as const

const attemptsMax = 12
const pauseMsMax = 25

/**
 * Stores a post and tells what happened to each of its articles; a dry run tells the same and stores
 * nothing. 'overtaken' when other posts kept being faster, 'source changed' when the source was removed in
 * the meantime, or is not what it was taken for: then nothing was stored.
 */
export async function storePost(
  post: CleanPost,
  deps: Deps
): Promise<Stored | 'source changed' | 'overtaken'> {
  const uuids = await Promise.all(
    post.changes.map((change) => articleUuid(post.source.uuid, change.externalId))
  )
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    // Each attempt depends on what the one before found out.
    // eslint-disable-next-line no-await-in-loop -- see above
    const knowledge = await readKnowledge(deps.db, questionOf(post, uuids))
    if (knowledge.receipt) return { ...nothing, answer: repeat(knowledge.receipt, post) }
    // eslint-disable-next-line no-await-in-loop -- see above
    const { commit, answer } = await draftCommit({ post, uuids, knowledge, attempt, now: deps.now })
    if (deps.isDryRun) return { ...nothing, answer }
    // eslint-disable-next-line no-await-in-loop -- see above
    const result = await commitPost(deps.db, commit, deps.now)
    if (result === 'source changed') return 'source changed'
    if (result !== 'overtaken') return { ...result, answer, isCommitted: true }
    // So that those who lost do not all meet again at once.
    // eslint-disable-next-line no-await-in-loop -- see above
    await scheduler.wait(Math.random() * pauseMsMax * (attempt + 1))
  }
  return 'overtaken'
}

function questionOf(post: CleanPost, uuids: readonly string[]): Question {
  const items = post.changes.flatMap((change) => (change.kind === 'publish' ? [change.clean] : []))
  const guidsOf = (uuid: string, externalId: string) =>
    [iriOf(externalId), `urn:uuid:${uuid}`].filter((guid) => guid !== null)
  // The same article twice in one post has the same id.
  const articles = new Map(
    post.changes.map(({ externalId }, index) => [uuids[index] ?? '', externalId])
  )
  const simhashes = items.map((item) => item.simhash)
  return {
    sourceId: post.source.id,
    webhookId: post.webhookId,
    articles: Array.from(articles, ([uuid, externalId]) => {
      return { uuid, guids: guidsOf(uuid, externalId) }
    }),
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
