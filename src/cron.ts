// What time alone brings about. Each step stands by itself: one that fails leaves the others to run, and
// is made up for a minute later.

import { pruneSearch } from './articles/search-store.ts'
import { archiveFeeds, forgetDeletions, indexArticles } from './feeds/upkeep.ts'
import { resume, tidy, watchOver } from './hub/upkeep.ts'
import { moveDueArticles } from './ingest/due.ts'
import { forgetPosts } from './ingest/journal-store.ts'
import { log } from './lib/log.ts'

const daySeconds = 24 * 3600
const postsKeptSeconds = 30 * daySeconds
// What a search looks over at most (docs/decisions/0008-history-and-selections.md).
const searchedArticlesMax = 200_000
const prunedArticlesMax = 20_000
const deletionsKeptSeconds = 30 * daySeconds

/** The work of one minute. */
export async function upkeep(db: D1Database, now: number): Promise<void> {
  await attempt('articles_moved', () => moveDueArticles(db, now))
  await attempt('deletions_forgotten', () => forgetDeletions(db, now - deletionsKeptSeconds, now))
  await attempt('feeds_archived', () => archiveFeeds(db, now))
  await attempt('articles_indexed', () => indexArticles(db, now))
  if (now % daySeconds < 60) {
    await attempt('search_pruned', () => pruneSearch(db, searchedArticlesMax, prunedArticlesMax))
  }
  await attempt('posts_forgotten', () => forgetPosts(db, now - postsKeptSeconds))
}

/** The hub's part of it, after everything that may have changed a feed. */
export async function hubUpkeep(env: Env, now: number): Promise<void> {
  await attempt('hub_advertising_changed', () => watchOver(env, now))
  await attempt('hub_tidied', () => tidy(env, now))
  await attempt('hub_resumed', () => resume(env, () => now * 1000))
}

async function attempt(event: string, step: () => Promise<number>): Promise<void> {
  try {
    const count = await step()
    if (count > 0) log(event, { count })
  } catch (error) {
    log('upkeep_failed', { step: event, error })
  }
}
