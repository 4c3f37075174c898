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
 * Throws away the salts of the days before `day`, and turns at most `marksMax` of their marks into numbers.
 * Tells how many; more wait for the next time. With a salt gone no mark of its day is written any more, so
 * none that was counted and removed can come again.
 */
export async function closeDays(db: D1Database, day: number, marksMax: number): Promise<number> {
  const [, found] = await db.batch<MarkKey>([
    db.prepare('DELETE FROM reader_salts WHERE day < ?1').bind(day),
    db
      .prepare(
        `SELECT day, feed_id AS feedId, agent, mark FROM (SELECT day, feed_id, agent, mark
          FROM reader_marks WHERE day < ?1 ORDER BY day, feed_id, agent, mark LIMIT ?2)
        ORDER BY day DESC, feed_id DESC, agent DESC, mark DESC LIMIT 1`
      )
      .bind(day, marksMax),
  ])
  const last = found?.results[0]
  if (!last) return 0
  const results = await db.batch(countMarks(db, last))
  return results.at(-1)?.meta.changes ?? 0
}

type MarkKey = {
  readonly day: number
  readonly feedId: number
  readonly agent: string
  readonly mark: string
}

/** Statements that turn the marks up to the last into numbers, by their key, so that no others are read. */
function countMarks(db: D1Database, last: MarkKey): D1PreparedStatement[] {
  const key = [last.day, last.feedId, last.agent, last.mark]
  return [
    db
      .prepare(
        `INSERT INTO feed_readers (feed_id, day, agent, agent_feed, readers)
        SELECT feed_id, day, agent, '', count(*) FROM reader_marks
        WHERE (day, feed_id, agent, mark) <= (?1, ?2, ?3, ?4) GROUP BY day, feed_id, agent
        ON CONFLICT (feed_id, day, agent, agent_feed)
        DO UPDATE SET readers = feed_readers.readers + excluded.readers`
      )
      .bind(...key),
    db
      .prepare('DELETE FROM reader_marks WHERE (day, feed_id, agent, mark) <= (?1, ?2, ?3, ?4)')
      .bind(...key),
  ]
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

/** How many read a feed with each program, by day; of a day that is not counted yet, as far as is known. */
export async function listReaders(
  db: D1Database,
  feedId: number,
  { from, to }: { readonly from: number; readonly to: number }
): Promise<DailyReaders[]> {
  const { results } = await db
    .prepare(
      // Each day by itself, since the marks of a feed are found by day.
      `WITH RECURSIVE days (day) AS (SELECT ?2 UNION ALL SELECT day + 1 FROM days WHERE day < ?3)
      SELECT day, agent, sum(readers) AS readers FROM (
        SELECT day, agent, readers FROM feed_readers WHERE feed_id = ?1 AND day BETWEEN ?2 AND ?3
        UNION ALL
        SELECT day, agent, count(*) FROM reader_marks
        WHERE day IN (SELECT day FROM days) AND feed_id = ?1
        GROUP BY day, agent)
      GROUP BY day, agent ORDER BY day, agent`
    )
    .bind(feedId, from, to)
    .all<DailyReaders>()
  return results
}
