// All SQL of what articles have in common.

import { jsonParameters } from '../lib/json.ts'
import { quartersOf } from '../lib/simhash.ts'
import type { ArticleChange } from './article.ts'

/** A published article that has something in common with one that is posted. */
export type Neighbour = {
  readonly uuid: string
  readonly externalId: string
  readonly title: string
  readonly url: string
  readonly simhash: string | null
}

// A text that half the database shares must not make a post read all of it.
const neighboursMax = 500

/** Published articles with one of these addresses. */
export function selectSharingUrl(db: D1Database, urls: readonly string[]): D1PreparedStatement[] {
  return jsonParameters(urls).map((parameter) =>
    db
      .prepare(
        `SELECT uuid, external_id AS externalId, title, url, simhash FROM articles
        WHERE status = 'published' AND url IN (SELECT value FROM json_each(?1))
        ORDER BY articles.id LIMIT ?2`
      )
      .bind(parameter, neighboursMax)
  )
}

/** Published articles whose texts may be nearly those of these hashes. */
export function selectSimilar(db: D1Database, simhashes: readonly string[]): D1PreparedStatement[] {
  const quarters = simhashes.flatMap((hash) =>
    quartersOf(hash).map((bits, quarter) => ({ quarter, bits }))
  )
  return jsonParameters(quarters).map((parameter) =>
    db
      .prepare(
        `SELECT uuid, external_id AS externalId, title, url, simhash
        FROM json_each(?1)
        JOIN simhash_quarters ON quarter = value ->> 'quarter' AND bits = value ->> 'bits'
        JOIN articles ON articles.id = article_id
        WHERE status = 'published' LIMIT ?2`
      )
      .bind(parameter, neighboursMax)
  )
}

function quarterRows(
  articles: readonly ArticleChange[],
  hashOf: (article: ArticleChange) => string | null
) {
  return articles
    .filter((article) => article.simhash !== article.simhashBefore)
    .flatMap((article) =>
      quartersOf(hashOf(article) ?? '')
        .filter((bits) => bits !== '')
        .map((bits, quarter) => ({ uuid: article.uuid, quarter, bits }))
    )
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
        `INSERT INTO simhash_quarters (quarter, bits, article_id)
        SELECT value ->> 'quarter', value ->> 'bits', articles.id
        FROM json_each(?1) JOIN articles ON articles.uuid = value ->> 'uuid'`
      )
      .bind(parameter)
  )
}
