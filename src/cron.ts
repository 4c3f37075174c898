// What time alone brings about.

import { log } from './lib/log.ts'

const postsKeptSeconds = 30 * 24 * 3600

/** Forgets what was answered to posts over 30 days ago: no publisher retries for so long. */
export async function upkeep(db: D1Database, now: number): Promise<void> {
  const statement = db
    .prepare('DELETE FROM posts WHERE received_at < ?1')
    .bind(now - postsKeptSeconds)
  const { meta } = await statement.run()
  log('posts_forgotten', { count: meta.changes })
}
