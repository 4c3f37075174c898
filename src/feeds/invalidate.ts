// How what is kept at the edge is let go: by the tags of what a commit changed, in this isolate at once, at
// Cloudflare as often as it takes calls.

import { log } from '../lib/log.ts'
import type { Change } from './edge.ts'
import { invalidateMemory } from './memory.ts'

/**
 * A route that writes says here what it changed, of which src/app.ts lets go, and whether the hub may have to
 * tell of it: it does where nothing is said.
 */
export type WritingRoutes = {
  Bindings: Env
  Variables: { change: Change; isFollowed?: boolean }
}

/** What lets go of answers at Cloudflare: five calls a minute and account, 25 in a burst, 100 tags each. */
export type Platform = {
  /** At most 100 tags. False when it is refused; null where there is no cache, and nothing to gather for one. */
  readonly invalidate: (change: Change) => Promise<boolean | null>
  /** Gathers tags, at most 100, for one call in a while. */
  readonly gather: (change: Change) => Promise<void>
}

export const tagsPerCall = 100
// What comes more often is gathered, for four calls a minute (wrangler.toml): one of five is left for what
// cannot wait. A refusal tells that other isolates call as well.
const quietMs = 60_000
const refusedMs = 600_000
let quietAtMs = 0
// As the last call found it.
let hasCache = true

/**
 * Lets go of every answer that depends on one of the tags: in this isolate before it returns; at Cloudflare
 * at once when something was withdrawn or, with the first hundred tags, when it has been quiet, and else with
 * others, a little later.
 */
export async function invalidate(
  { tags, isWithdrawal }: Change,
  platform: Platform,
  nowMs: number
): Promise<void> {
  if (tags.length === 0) return
  invalidateMemory(tags, isWithdrawal)
  let isAtOnce = isWithdrawal || nowMs >= quietAtMs
  quietAtMs = Math.max(quietAtMs, nowMs + quietMs)
  try {
    for (let from = 0; from < tags.length; from += tagsPerCall) {
      const change = { tags: tags.slice(from, from + tagsPerCall), isWithdrawal }
      // eslint-disable-next-line no-await-in-loop -- few, and in order
      const isDone = isAtOnce && (await platform.invalidate(change).catch(() => false))
      if (isAtOnce) {
        hasCache = isDone !== null
        if (isDone === false) quietAtMs = nowMs + refusedMs
        isAtOnce = isWithdrawal && isDone === true
      }
      // eslint-disable-next-line no-await-in-loop -- see above
      if (isDone === false && hasCache) await platform.gather(change)
    }
  } catch (error) {
    // The lifetime of what is kept bounds how stale it can get.
    log('invalidation_failed', { tags, error })
  }
}
