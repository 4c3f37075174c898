// What time alone does to feeds: they stop telling of what was taken back long ago.

import { removeDeletionsBefore } from './deletion-store.ts'
import { touchFeedsWithDeletions } from './store.ts'

/** Forgets deletions recorded before a moment; the feeds that told of them change. Tells how many. */
export async function forgetDeletions(
  db: D1Database,
  before: number,
  now: number
): Promise<number> {
  const [, removed] = await db.batch([
    touchFeedsWithDeletions(db, before, now),
    removeDeletionsBefore(db, before),
  ])
  return removed?.meta.changes ?? 0
}
