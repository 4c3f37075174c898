// What time alone does to articles: one whose date has come enters its feeds as new, one whose time is
// over leaves them. Runs every minute.

import { statusAt, type ArticleChange } from '../articles/article.ts'
import { log } from '../lib/log.ts'
import type { Change } from '../feeds/edge.ts'
import type { Upkept } from '../feeds/upkeep.ts'
import { feedChanges } from './feed-changes.ts'
import { commitPost, listDue, type Committed, type DueArticle } from './store.ts'

/** Moves every article whose time has come, and tells how many; a run that fails leaves it to the next. */
export async function moveDueArticles(db: D1Database, now: number): Promise<Upkept> {
  const due = await listDue(db, now)
  const bySource = Map.groupBy(due, (article) => article.sourceId)
  let count = 0
  const changes: Change[] = []
  for (const articles of bySource.values()) {
    try {
      // One transaction a source, one after another: D1 has one writer.
      // eslint-disable-next-line no-await-in-loop -- see above
      const stored = await moveAll(db, articles, now)
      if (!stored) continue
      count += articles.length
      changes.push(stored.change)
    } catch (error) {
      // One source's trouble is not the others'.
      log('articles_not_moved', { source: articles[0]?.sourceSlug, error })
    }
  }
  return { count, changes }
}

async function moveAll(
  db: D1Database,
  due: readonly DueArticle[],
  now: number
): Promise<Committed | null> {
  const [first] = due
  if (!first) return null
  const moves = due.map((before) => {
    const { uuid, guid } = before
    return { uuid, guid, note: null, before, after: stateOf(before, now), isRewritten: false }
  })
  const source = { slug: first.sourceSlug, uuid: first.sourceUuid }
  const commit = {
    ...feedChanges(source, moves, now),
    sourceId: first.sourceId,
    articles: moves.map((move) => move.after),
    topics: [],
    receipt: null,
  }
  const result = await commitPost(db, commit, now)
  return typeof result === 'string' ? null : result
}

function stateOf(article: DueArticle, now: number): ArticleChange {
  return {
    ...article,
    status: statusAt(article, now),
    revision: article.revision + 1,
    note: null,
    content: null,
    simhashBefore: article.simhash,
    searchTerms: '',
    searchTie: 0,
  }
}
