// All SQL of who reads.

import { jsonParameters } from '../lib/json.ts'
import { feedIdsMax, type Seen } from './tally.ts'

/**
 * Writes what was seen. Of each service's feed the greatest number of the day counts; the same mark twice
 * is one reader. Nothing is written of a feed that does not exist.
 */
export async function recordSeen(db: D1Database, { subscribers, marks }: Seen): Promise<void> {
  const statements = [
    ...jsonParameters(subscribers).map((parameter) =>
      db
        .prepare(
          `INSERT INTO feed_readers (feed_id, day, agent, agent_feed, readers)
          SELECT feeds.id, value ->> 'day', value ->> 'agent', value ->> 'agentFeed', value ->> 'readers'
          FROM json_each(?1) JOIN feeds ON feeds.path = value ->> 'path'
          WHERE (SELECT count(*) FROM feed_readers AS other WHERE other.feed_id = feeds.id
            AND other.day = value ->> 'day' AND other.agent = value ->> 'agent'
            AND other.agent_feed <> value ->> 'agentFeed') < ?2
          ON CONFLICT (feed_id, day, agent, agent_feed) DO UPDATE SET readers = excluded.readers
          WHERE excluded.readers > feed_readers.readers`
        )
        .bind(parameter, feedIdsMax)
    ),
    // Only while the day's salt is there: what comes later could not be told from what was counted.
    ...jsonParameters(marks).map((parameter) =>
      db
        .prepare(
          `INSERT INTO reader_marks (day, feed_id, agent, mark)
          SELECT reader_salts.day, feeds.id, value ->> 'agent', value ->> 'mark'
          FROM json_each(?1) JOIN feeds ON feeds.path = value ->> 'path'
          JOIN reader_salts ON reader_salts.day = value ->> 'day'
          WHERE true ON CONFLICT DO NOTHING`
        )
        .bind(parameter)
    ),
  ]
  await db.batch(statements)
}

/** The salt of a day's marks: `proposed`, or what another isolate had proposed before. */
export async function saltOf(db: D1Database, day: number, proposed: string): Promise<string> {
  const [, found] = await db.batch<{ salt: string }>([
    db
      .prepare('INSERT INTO reader_salts (day, salt) VALUES (?1, ?2) ON CONFLICT DO NOTHING')
      .bind(day, proposed),
    db.prepare('SELECT salt FROM reader_salts WHERE day = ?1').bind(day),
  ])
  return found?.results[0]?.salt ?? proposed
}

/**
 * Turns the marks of the days before `day` into their number, and throws them and their salts away. Tells
 * how many days that were.
 */
export async function closeDays(db: D1Database, day: number): Promise<number> {
  const [, , salts] = await db.batch([
    db
      .prepare(
        `INSERT INTO feed_readers (feed_id, day, agent, agent_feed, readers)
        SELECT feed_id, day, agent, '', count(*) FROM reader_marks WHERE day < ?1
        GROUP BY day, feed_id, agent
        ON CONFLICT (feed_id, day, agent, agent_feed) DO UPDATE SET readers = excluded.readers
        WHERE excluded.readers > feed_readers.readers`
      )
      .bind(day),
    db.prepare('DELETE FROM reader_marks WHERE day < ?1').bind(day),
    db.prepare('DELETE FROM reader_salts WHERE day < ?1').bind(day),
  ])
  return salts?.meta.changes ?? 0
}

/** Forgets the numbers of the days before `day`. Tells how many. */
export async function forgetReaders(db: D1Database, day: number): Promise<number> {
  const { meta } = await db.prepare('DELETE FROM feed_readers WHERE day < ?1').bind(day).run()
  return meta.changes
}

export type DailyReaders = {
  readonly day: number
  readonly agent: string
  readonly readers: number
}

/** How many read a feed with each program, by day; of a day that is not over, as far as is known. */
export async function listReaders(
  db: D1Database,
  feedId: number,
  { from, to }: { readonly from: number; readonly to: number }
): Promise<DailyReaders[]> {
  const { results } = await db
    .prepare(
      `SELECT day, agent, sum(readers) AS readers FROM (
        SELECT day, agent, readers FROM feed_readers WHERE feed_id = ?1 AND day BETWEEN ?2 AND ?3
        UNION ALL
        SELECT day, agent, count(*) FROM reader_marks
        WHERE day IN (SELECT day FROM reader_salts WHERE day BETWEEN ?2 AND ?3) AND feed_id = ?1
        GROUP BY day, agent)
      GROUP BY day, agent ORDER BY day, agent`
    )
    .bind(feedId, from, to)
    .all<DailyReaders>()
  return results
}
