// All SQL of sources.

import { elementsOf, runGroups } from '../lib/d1.ts'
import type { Credit, Source, SourceProfile } from './source.ts'

type SourceRow = {
  id: number
  slug: string
  uuid: string
  title: string
  home_page_url: string
  description: string | null
  language: string | null
  icon: string | null
  rights: string | null
  license: string | null
  append_corrections: number
  secret_generation: number
  secret_rotated_at: number | null
  created_at: number
  updated_at: number
  removed_at: number | null
}

const columns = `id, slug, uuid, title, home_page_url, description, language, icon, rights, license,
  append_corrections, secret_generation, secret_rotated_at, created_at, updated_at, removed_at`

function sourceFromRow(row: SourceRow): Source {
  return {
    id: row.id,
    slug: row.slug,
    uuid: row.uuid,
    title: row.title,
    homePageUrl: row.home_page_url,
    description: row.description,
    language: row.language,
    icon: row.icon,
    rights: row.rights,
    license: row.license,
    appendCorrections: row.append_corrections === 1,
    secretGeneration: row.secret_generation,
    secretRotatedAt: row.secret_rotated_at,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    removedAt: row.removed_at,
  }
}

/** The columns of a CreditRow, for who joins sources to what they published. */
export const creditColumns = `sources.slug AS source_slug, sources.uuid AS source_uuid,
  sources.title AS source_title, sources.home_page_url AS source_home_page_url,
  sources.language AS source_language, sources.rights AS source_rights,
  sources.license AS source_license, sources.append_corrections AS source_append_corrections`

export type CreditRow = {
  source_id: number
  source_slug: string
  source_uuid: string
  source_title: string
  source_home_page_url: string
  source_language: string | null
  source_rights: string | null
  source_license: string | null
  source_append_corrections: number
}

export function creditFromRow(row: CreditRow): Credit {
  return {
    id: row.source_id,
    slug: row.source_slug,
    uuid: row.source_uuid,
    title: row.source_title,
    homePageUrl: row.source_home_page_url,
    language: row.source_language,
    rights: row.source_rights,
    license: row.source_license,
    appendCorrections: row.source_append_corrections === 1,
  }
}

/** A source by its slug, removed ones included: their slugs stay theirs. */
export async function findSource(db: D1Database, slug: string): Promise<Source | null> {
  const row = await selectSource(db, slug).first<SourceRow>()
  return row && sourceFromRow(row)
}

/** Sources by their ids: one row is read for each. */
export async function findSources(
  db: D1Database,
  ids: readonly number[]
): Promise<Map<number, Source>> {
  const [rows = []] = await runGroups(db, [selectSources(db, ids)])
  return sourcesFromRows(rows)
}

/** The sources with these ids: one row is read for each. */
export function selectSources(db: D1Database, ids: readonly number[]): D1PreparedStatement[] {
  if (ids.length === 0) return []
  const statement = db.prepare(
    `SELECT ${columns} FROM ${elementsOf('?1', ids.length)} AS asked
    CROSS JOIN sources ON sources.id = asked.column1`
  )
  return [statement.bind(JSON.stringify(ids))]
}

/** The source with a slug, removed or not. */
export function selectSource(db: D1Database, slug: string): D1PreparedStatement {
  return db.prepare(`SELECT ${columns} FROM sources WHERE slug = ?1`).bind(slug)
}

/** What these two found, by id. */
export function sourcesFromRows(rows: readonly unknown[]): Map<number, Source> {
  // eslint-disable-next-line typescript/no-unsafe-type-assertion -- the statement says what it selects
  return new Map((rows as SourceRow[]).map((row) => [row.id, sourceFromRow(row)]))
}

/** The sources that have not been removed, by slug, after the given one. */
export async function listSources(db: D1Database, after: string, limit: number): Promise<Source[]> {
  const statement = db.prepare(
    `SELECT ${columns} FROM sources WHERE slug > ?1 AND removed_at IS NULL ORDER BY slug LIMIT ?2`
  )
  const { results } = await statement.bind(after, limit).all<SourceRow>()
  return results.map(sourceFromRow)
}

type NewSource = { readonly slug: string; readonly uuid: string; readonly profile: SourceProfile }

/**
 * Writes a source's profile, new or not. One that had been removed comes back with a secret of a new
 * generation, so that whoever knew the old one cannot post; its uuid stays.
 */
export function upsertSource(db: D1Database, source: NewSource, now: number): D1PreparedStatement {
  const { title, homePageUrl, description, language, icon, rights, license } = source.profile
  return db
    .prepare(
      `INSERT INTO sources
        (slug, uuid, title, home_page_url, description, language, icon, rights, license,
         append_corrections, created_at, updated_at)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?11)
      ON CONFLICT (slug) DO UPDATE SET
        title = excluded.title, home_page_url = excluded.home_page_url,
        description = excluded.description, language = excluded.language, icon = excluded.icon,
        rights = excluded.rights, license = excluded.license,
        append_corrections = excluded.append_corrections, updated_at = excluded.updated_at,
        secret_generation = secret_generation + (removed_at IS NOT NULL),
        secret_rotated_at = iif(removed_at IS NULL, secret_rotated_at, NULL),
        removed_at = NULL`
    )
    .bind(
      source.slug,
      source.uuid,
      title,
      homePageUrl,
      description,
      language,
      icon,
      rights,
      license,
      source.profile.appendCorrections ? 1 : 0,
      now
    )
}

export function markSourceRemoved(db: D1Database, id: number, now: number): D1PreparedStatement {
  return db
    .prepare('UPDATE sources SET removed_at = ?2, updated_at = ?2 WHERE id = ?1')
    .bind(id, now)
}

/** Starts the next generation of a source's secret and tells which; null when there is no source. */
export async function rotateSecret(
  db: D1Database,
  slug: string,
  now: number
): Promise<Pick<Source, 'id' | 'secretGeneration'> | null> {
  const statement = db.prepare(
    `UPDATE sources SET secret_generation = secret_generation + 1, secret_rotated_at = ?2
    WHERE slug = ?1 AND removed_at IS NULL
    RETURNING id, secret_generation`
  )
  const row = await statement.bind(slug, now).first<Pick<SourceRow, 'id' | 'secret_generation'>>()
  return row && { id: row.id, secretGeneration: row.secret_generation }
}
