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

// Word for word the condition of an index, which is named so that it is used: nothing is read where nothing
// is due. SQLite refuses the statement if they differ.
const overfull = 'feeds INDEXED BY feeds_overfull'
const isDue = `(json_array_length(feeds.unarchived) >= ${2 * documentArticles}
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
    .prepare(`SELECT path FROM ${overfull} WHERE ${isDue} ORDER BY id LIMIT ?1`)
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
    FROM ${overfull} CROSS JOIN feed_archives ON ${isNew}
    CROSS JOIN json_each(feed_archives.articles)
    CROSS JOIN articles ON articles.id = json_each.value
    WHERE ${condition} AND ${isDue}
    ON CONFLICT (feed_id, published_at, uuid) DO UPDATE SET archive = excluded.archive`,
    `UPDATE ${overfull} SET (unarchived, unarchived_bytes) = (
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

// A post brings a hundred articles at most, beside ninety-nine: a feed from before there were archives, of
// at most some 140,000 articles (a value of D1 has 2 MB), is dealt with in several goes.
const packedMax = 500

// The oldest are packed first, as many as fit into each archive. The last archive is published only when
// it is full, or when what is in it would be too much for the subscription document. `rest` are an article and
// all that are newer.
function insertArchives(condition: string): string {
  const isOld = `(rest > ${documentArticles} OR (rest > 1 AND rest_bytes > ${documentBytesMax}))`
  const next = '(listed -> (place + 1) ->> 1)'
  const fits = `packed < ${documentArticles} AND packed_bytes + ${next} <= ${documentBytesMax}`
  return `INSERT INTO feed_archives (feed_id, number, articles, changed_at)
    WITH RECURSIVE
    due AS (
      SELECT feeds.id AS feed_id, feeds.archives, count(*) AS articles, sum(${articleBytes}) AS bytes,
        json_group_array(json_array(articles.id, ${articleBytes})
          ORDER BY published_at, articles.uuid DESC) AS listed
      FROM ${overfull} CROSS JOIN json_each(feeds.unarchived)
      CROSS JOIN articles ON articles.id = json_each.value
      WHERE ${condition} AND ${isDue} GROUP BY feeds.id),
    packing (feed_id, listed, place, bytes, rest, rest_bytes, number, packed, packed_bytes) AS (
      SELECT feed_id, listed, 0, listed ->> '$[0][1]', articles, bytes, archives + 1, 1, listed ->> '$[0][1]'
      FROM due
      UNION ALL
      SELECT feed_id, listed, place + 1, ${next}, rest - 1, rest_bytes - bytes,
        number + iif(${fits}, 0, 1), iif(${fits}, packed + 1, 1), iif(${fits}, packed_bytes, 0) + ${next}
      FROM packing WHERE ${isOld} AND place < ${packedMax})
    SELECT feed_id, number, json_group_array(listed -> place ->> 0), ?2
    FROM packing WHERE ${isOld} AND place < ${packedMax} GROUP BY feed_id, number
    HAVING count(*) = ${documentArticles} OR max(rest_bytes) > ${documentBytesMax}`
}
