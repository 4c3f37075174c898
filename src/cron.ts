// What time alone brings about. Each step stands by itself: one that fails leaves the others to run, and
// is made up for a minute later.

import { pruneSearch } from './articles/search-store.ts'
import type { Change } from './feeds/edge.ts'
import { archiveFeeds, forgetDeletions, indexArticles, type Upkept } from './feeds/upkeep.ts'
import { resume, tidy, watchOver } from './hub/upkeep.ts'
import { moveDueArticles } from './ingest/due.ts'
import { forgetPosts } from './ingest/journal-store.ts'
import { log } from './lib/log.ts'
import { epochDay } from './lib/time.ts'
import { closeDays, forgetReaders } from './readers/store.ts'

const daySeconds = 24 * 3600
const postsKeptSeconds = 30 * daySeconds
// What a search looks over at most (docs/decisions/0008-history-and-selections.md).
const searchedArticlesMax = 200_000
const prunedArticlesMax = 20_000
const deletionsKeptSeconds = 30 * daySeconds
// What isolates saw of a day they write within an hour, when the next reader asks.
const readersDelaySeconds = 75 * 60
// A statement of D1 has 30 s, and posts wait for it.
const readerMarksMax = 20_000
// A year can be compared with the year before.
const readersKeptDays = 800

/** The work of one minute; gives the documents that it changed, first those from which something was withdrawn. */
export async function upkeep(env: Env, now: number): Promise<Change[]> {
  const { DB: db } = env
  const changes: Change[] = []
  const attempt = async (event: string, step: () => Promise<number | Upkept>) => {
    const done = await attemptStep(event, step)
    if (typeof done === 'object') changes.push(...(done?.changes ?? []))
  }
  await attempt('articles_moved', () => moveDueArticles(db, now))
  await attempt('deletions_forgotten', () => forgetDeletions(db, now - deletionsKeptSeconds, now))
  await attempt('feeds_archived', () => archiveFeeds(db, now))
  await attempt('articles_indexed', () => indexArticles(db, now))
  if (now % daySeconds < 60) {
    await attempt('search_pruned', () => pruneSearch(db, searchedArticlesMax, prunedArticlesMax))
  }
  await attempt('posts_forgotten', () => forgetPosts(db, now - postsKeptSeconds))
  const openDay = epochDay(now - readersDelaySeconds)
  await attempt('reader_marks_counted', () => closeDays(db, openDay, readerMarksMax))
  await attempt('readers_forgotten', () => forgetReaders(db, epochDay(now) - readersKeptDays))
  // After everything that may have changed a feed.
  await attempt('hub_advertising_changed', () => watchOver(env, now))
  await attempt('hub_tidied', () => tidy(env, now))
  await attempt('hub_resumed', () => resume(env, () => now * 1000))
  return [together(changes, true), together(changes, false)]
}

function together(changes: readonly Change[], isWithdrawal: boolean): Change {
  const such = changes.filter((change) => change.isWithdrawal === isWithdrawal)
  return { tags: [...new Set(such.flatMap((change) => change.tags))], isWithdrawal }
}

async function attemptStep(
  event: string,
  step: () => Promise<number | Upkept>
): Promise<number | Upkept | null> {
  try {
    const done = await step()
    const count = typeof done === 'number' ? done : done.count
    if (count > 0) log(event, { count })
    return done
  } catch (error) {
    log('upkeep_failed', { step: event, error })
    return null
  }
}
