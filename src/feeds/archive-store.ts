// All SQL of archives (RFC 5005 §4): how they come to be, and what they list.
//
// A subscription document lists every article that is in no archive. Once it has a hundred, or more than
// fit, its oldest are put into archives of fifty, until the newest fifty and less than fifty others are
// left. That happens in the commit that brought the hundredth: so the subscription document and the
// archives together list every article once, at every moment. An article that arrives late, with a date of
// years ago, is in the subscription document first, at its end, and in the next archive then.

import { jsonParameters } from '../lib/json.ts'

/** How many articles an archive has, and a subscription document at least, where there are so many. */
export const documentArticles = 50

/**
 * How large the articles of a document may be together, in bytes. Feed readers take 1 MiB without
 * complaint; the 48 KiB are for what stands around the articles.
 */
export const documentBytesMax = 1_000_000

// Corrections stand in a document as members or as notes or both, and are escaped: four times their size
// is more than they add.
export const articleBytes = 'size_bytes + 4 * length(CAST(corrections AS BLOB))'

const isDue = `(json_array_length(feeds.unarchived) >= 2 * ${documentArticles}
  OR (feeds.unarchived_bytes > ${documentBytesMax} AND json_array_length(feeds.unarchived) > 1))`

/**
 * The statements that put into archives what has left these feeds' subscription documents. They belong at
 * the end of every batch that adds to feeds.
 */
export function archiveOldest(
  db: D1Database,
  paths: readonly string[],
  now: number
): D1PreparedStatement[] {
  return jsonParameters(paths).flatMap((parameter) =>
    archiveStatements('feeds.path IN (SELECT value FROM json_each(?1))').map((sql) =>
      db.prepare(sql).bind(...(sql.includes('?2') ? [parameter, now] : [parameter]))
    )
  )
}

/** The paths of feeds that have too much still, as those from before there were archives may. */
export async function listFeedsToArchive(db: D1Database, limit: number): Promise<string[]> {
  const { results } = await db
    .prepare(`SELECT path FROM feeds WHERE ${isDue} ORDER BY id LIMIT ?1`)
    .bind(limit)
    .all<{ path: string }>()
  return results.map((row) => row.path)
}

function archiveStatements(condition: string): string[] {
  // `feeds.archives` is raised last: until then, archives of higher numbers are the new ones.
  const isNew = 'feed_archives.feed_id = feeds.id AND feed_archives.number > feeds.archives'
  return [
    insertArchives(condition),
    // All of these rows are there: nothing is inserted.
    `INSERT INTO feed_articles (feed_id, published_at, uuid, article_id, archive)
    SELECT feeds.id, articles.published_at, articles.uuid, articles.id, feed_archives.number
    FROM feeds CROSS JOIN feed_archives ON ${isNew}
    CROSS JOIN json_each(feed_archives.articles)
    CROSS JOIN articles ON articles.id = json_each.value
    WHERE ${condition} AND ${isDue}
    ON CONFLICT (feed_id, published_at, uuid) DO UPDATE SET archive = excluded.archive`,
    `UPDATE feeds SET (unarchived, unarchived_bytes) = (
        SELECT json_group_array(articles.id), coalesce(sum(${articleBytes}), 0)
        FROM json_each(feeds.unarchived)
        CROSS JOIN articles ON articles.id = json_each.value
        CROSS JOIN feed_articles ON feed_articles.feed_id = feeds.id
          AND feed_articles.published_at = articles.published_at
          AND feed_articles.uuid = articles.uuid AND feed_articles.archive = 0),
      archives = coalesce(
        (SELECT max(number) FROM feed_archives WHERE feed_archives.feed_id = feeds.id), 0)
    WHERE ${condition} AND ${isDue}`,
  ]
}

// A post brings a hundred articles at most. Packing takes the square of their number, so a feed from before
// there were archives is dealt with in several goes.
const packedMax = 500

// The oldest are packed first, as many as fit into each archive. The last archive is published only when
// it is full, or when what is in it would be too much for the subscription document.
function insertArchives(condition: string): string {
  const fits = `packed.articles < ${documentArticles}
    AND packed.bytes + old.bytes <= ${documentBytesMax}`
  return `INSERT INTO feed_archives (feed_id, number, articles, changed_at)
    WITH RECURSIVE
    listed AS MATERIALIZED (
      SELECT feeds.id AS feed_id, feeds.archives, articles.id AS article_id, published_at,
        articles.uuid AS uuid, ${articleBytes} AS bytes
      FROM feeds CROSS JOIN json_each(feeds.unarchived)
      CROSS JOIN articles ON articles.id = json_each.value
      WHERE ${condition} AND ${isDue}),
    ranked AS MATERIALIZED (
      SELECT *, row_number() OVER (PARTITION BY feed_id ORDER BY published_at, uuid DESC) AS n,
        row_number() OVER newest AS newer, sum(bytes) OVER newest AS newer_bytes
      FROM listed
      WINDOW newest AS (PARTITION BY feed_id ORDER BY published_at DESC, uuid
        ROWS UNBOUNDED PRECEDING)),
    old AS MATERIALIZED (
      SELECT * FROM ranked
      WHERE (newer > ${documentArticles} OR (newer > 1 AND newer_bytes > ${documentBytesMax}))
        AND n <= ${packedMax}),
    packed (feed_id, n, number, articles, bytes) AS (
      SELECT feed_id, n, archives + 1, 1, bytes FROM old WHERE n = 1
      UNION ALL
      SELECT old.feed_id, old.n, packed.number + iif(${fits}, 0, 1),
        iif(${fits}, packed.articles + 1, 1), iif(${fits}, packed.bytes + old.bytes, old.bytes)
      FROM packed JOIN old ON old.feed_id = packed.feed_id AND old.n = packed.n + 1)
    SELECT packed.feed_id, packed.number, json_group_array(old.article_id), ?2
    FROM packed JOIN old ON old.feed_id = packed.feed_id AND old.n = packed.n
    GROUP BY packed.feed_id, packed.number
    HAVING count(*) = ${documentArticles} OR max(old.newer_bytes) > ${documentBytesMax}
      OR packed.number < (SELECT max(number) FROM packed AS others
        WHERE others.feed_id = packed.feed_id)`
}
