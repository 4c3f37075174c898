// All SQL of what articles have in common.

import { jsonParameters } from '../lib/json.ts'
import { othersOf, quartersOf, similarBitsMax } from '../lib/simhash.ts'
import type { ArticleChange } from './article.ts'

/** A published article that has something in common with one that is posted. */
export type Neighbour = {
  readonly uuid: string
  readonly externalId: string
  readonly title: string
  readonly url: string
  readonly simhash: string | null
}

// A text, or an address, that half the database shares must not make a post read all of it.
const sharingMax = 500
const candidatesMax = 500
// Reposts at one address, which whoever asks leaves out, must not hide a copy at another.
const similarMax = 50

/** Published articles with one of these addresses. */
export function selectSharingUrl(db: D1Database, urls: readonly string[]): D1PreparedStatement[] {
  return jsonParameters(urls).map((parameter) =>
    db
      .prepare(
        `SELECT uuid, external_id AS externalId, title, url, simhash FROM articles
        WHERE status = 'published' AND url IN (SELECT value FROM json_each(?1))
        ORDER BY articles.id LIMIT ?2`
      )
      .bind(parameter, sharingMax)
  )
}

/**
 * Published articles whose texts are nearly those of these hashes: for each quarter of each hash at most
 * fifty, of the five hundred newest that share it. By chance a quarter is shared by one article in 65,536, of
 * which a row each is read.
 */
export function selectSimilar(db: D1Database, simhashes: readonly string[]): D1PreparedStatement[] {
  return jsonParameters(simhashes.flatMap(quarterRowsOf)).map((parameter) =>
    db
      .prepare(
        `SELECT uuid, external_id AS externalId, title, url, simhash
        FROM json_each(?1) AS posted
        CROSS JOIN articles ON articles.id IN (
          SELECT article_id FROM (
            SELECT article_id, ${differingSql('other_bits', "(posted.value ->> 'otherBits')")} AS differing
            FROM simhash_quarters
            WHERE quarter = posted.value ->> 'quarter' AND bits = posted.value ->> 'bits'
            ORDER BY article_id DESC LIMIT ?2)
          CROSS JOIN articles AS similar ON similar.id = article_id
          WHERE similar.status = 'published'
            AND (differing IS NULL OR ${hasBitsAtMost(similarBitsMax, 'differing')})
          LIMIT ?3)`
      )
      .bind(parameter, candidatesMax, similarMax)
  )
}

/** The bits in which two numbers differ: SQLite has no operator for it. */
function differingSql(a: string, b: string): string {
  return `((${a} | ${b}) - (${a} & ${b}))`
}

/** That a number has so many bits set, or fewer: nothing is left once as many are cleared. */
function hasBitsAtMost(bitsMax: number, number: string): string {
  if (bitsMax === 0) return `${number} = 0`
  return hasBitsAtMost(bitsMax - 1, `(${number} & (${number} - 1))`)
}

function quarterRowsOf(hash: string) {
  const others = othersOf(hash)
  return quartersOf(hash).map((bits, quarter) => ({ quarter, bits, otherBits: others[quarter] }))
}

function quarterRows(
  articles: readonly ArticleChange[],
  hashOf: (article: ArticleChange) => string | null
) {
  return articles
    .filter((article) => article.simhash !== article.simhashBefore)
    .flatMap((article) => {
      const hash = hashOf(article)
      return hash === null ? [] : quarterRowsOf(hash).map((row) => ({ uuid: article.uuid, ...row }))
    })
}

/** Takes articles out from under the quarters of the simhashes they had. */
export function removeQuarters(
  db: D1Database,
  articles: readonly ArticleChange[]
): D1PreparedStatement[] {
  const rows = quarterRows(articles, (article) => article.simhashBefore)
  return jsonParameters(rows).map((parameter) =>
    db
      .prepare(
        `DELETE FROM simhash_quarters WHERE (quarter, bits, article_id) IN (
          SELECT value ->> 'quarter', value ->> 'bits', articles.id
          FROM json_each(?1) JOIN articles ON articles.uuid = value ->> 'uuid')`
      )
      .bind(parameter)
  )
}

/** Files articles under the quarters of their new simhashes. */
export function insertQuarters(
  db: D1Database,
  articles: readonly ArticleChange[]
): D1PreparedStatement[] {
  const rows = quarterRows(articles, (article) => article.simhash)
  return jsonParameters(rows).map((parameter) =>
    db
      .prepare(
        `INSERT INTO simhash_quarters (quarter, bits, article_id, other_bits)
        SELECT value ->> 'quarter', value ->> 'bits', articles.id, value ->> 'otherBits'
        FROM json_each(?1) JOIN articles ON articles.uuid = value ->> 'uuid'`
      )
      .bind(parameter)
  )
}
