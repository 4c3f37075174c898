// What was refused is told to the operator, without letting a stranger fill the database.

import { problems, type Problem } from '../lib/problem.ts'
import { log } from '../lib/log.ts'
import { insertRefusal } from './journal-store.ts'

type Refused = {
  readonly sourceSlug: string
  /** Null when it is not known that the source sent it. */
  readonly webhookId: string | null
  readonly problem: Problem
  readonly now: number
}

const detailLengthMax = 500

/**
 * Keeps a refusal with the source it was addressed to, if there is one. What was not signed by that
 * source, or came too often, is counted by the hour, and only as often as REFUSAL_LIMIT lets through.
 */
export async function noteRefusal(env: Env, refused: Refused): Promise<void> {
  const { sourceSlug, webhookId, problem, now } = refused
  const isOwn = webhookId !== null && problem.code !== 'too-many'
  try {
    if (!isOwn && !(await env.REFUSAL_LIMIT.limit({ key: sourceSlug })).success) return
    await insertRefusal(env.DB, {
      sourceSlug,
      webhookId: isOwn ? webhookId : '',
      receivedAt: isOwn ? now : now - (now % 3600),
      code: problem.code,
      status: problems[problem.code].status,
      detail: problem.message.slice(0, detailLengthMax),
    })
  } catch (error) {
    // The publisher has its answer already.
    log('refusal_not_noted', { source: sourceSlug, code: problem.code, error })
  }
}
