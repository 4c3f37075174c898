// All SQL of topics and their aliases.

import type { NamedTopic, Topic, TopicProfile } from './topic.ts'
import { elementsOf, runGroups } from '../lib/d1.ts'
import { fromJsonColumn, jsonParameters } from '../lib/json.ts'
import { slugOf } from '../lib/slug.ts'

type NamedTopicRow = {
  id: number
  slug: string
  title: string
  description: string | null
  language: string | null
  created_at: number
  updated_at: number
}

type TopicRow = NamedTopicRow & { aliases: string }

const namedColumns = 'id, slug, title, description, language, created_at, updated_at'

const columns = `${namedColumns},
  (SELECT json_group_array(name) FROM topic_aliases WHERE topic_id = topics.id) AS aliases`

function topicFromRow(row: TopicRow): Topic {
  return { ...namedTopicFromRow(row), aliases: fromJsonColumn<string[]>(row.aliases) }
}

function namedTopicFromRow(row: NamedTopicRow): NamedTopic {
  return {
    id: row.id,
    slug: row.slug,
    title: row.title,
    description: row.description,
    language: row.language,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}

export async function findTopic(db: D1Database, slug: string): Promise<Topic | null> {
  const statement = db.prepare(`SELECT ${columns} FROM topics WHERE slug = ?1`).bind(slug)
  const row = await statement.first<TopicRow>()
  return row && topicFromRow(row)
}

/** Topics by their ids: one row is read for each. */
export async function findTopics(
  db: D1Database,
  ids: readonly number[]
): Promise<Map<number, NamedTopic>> {
  const [rows = []] = await runGroups(db, [selectTopics(db, ids)])
  return topicsFromRows(rows)
}

/** The topics with these ids: one row is read for each. */
export function selectTopics(db: D1Database, ids: readonly number[]): D1PreparedStatement[] {
  if (ids.length === 0) return []
  const statement = db.prepare(
    `SELECT ${namedColumns} FROM ${elementsOf('?1', ids.length)} AS asked
    CROSS JOIN topics ON topics.id = asked.column1`
  )
  return [statement.bind(JSON.stringify(ids))]
}

/** The topic with a slug. */
export function selectTopic(db: D1Database, slug: string): D1PreparedStatement {
  return db.prepare(`SELECT ${namedColumns} FROM topics WHERE slug = ?1`).bind(slug)
}

/** What these two found, by id. */
export function topicsFromRows(rows: readonly unknown[]): Map<number, NamedTopic> {
  // eslint-disable-next-line typescript/no-unsafe-type-assertion -- the statement says what it selects
  return new Map((rows as NamedTopicRow[]).map((row) => [row.id, namedTopicFromRow(row)]))
}

/** The topics by slug, after the given one. */
export async function listTopics(db: D1Database, after: string, limit: number): Promise<Topic[]> {
  const statement = db.prepare(
    `SELECT ${columns} FROM topics WHERE slug > ?1 ORDER BY slug LIMIT ?2`
  )
  const { results } = await statement.bind(after, limit).all<TopicRow>()
  return results.map(topicFromRow)
}

/** Which topic each of these slugs is another name of; those that are none are left out. */
export function selectAliases(db: D1Database, slugs: readonly string[]): D1PreparedStatement[] {
  return jsonParameters(slugs).map((parameter) =>
    db
      .prepare(
        `SELECT topic_aliases.slug AS alias, topics.slug AS topic
        FROM json_each(?1) AS wanted
        JOIN topic_aliases ON topic_aliases.slug = wanted.value
        JOIN topics ON topics.id = topic_aliases.topic_id`
      )
      .bind(parameter)
  )
}

export type AliasRow = { readonly alias: string; readonly topic: string }

type NewTopic = { readonly slug: string; readonly title: string }

/** Lets topics come into being that tags name for the first time. */
export function insertNewTopics(
  db: D1Database,
  topics: readonly NewTopic[],
  now: number
): D1PreparedStatement[] {
  return jsonParameters(topics).map((parameter) =>
    db
      .prepare(
        `INSERT INTO topics (slug, title, created_at, updated_at)
        SELECT value ->> 'slug', value ->> 'title', ?2, ?2 FROM json_each(?1) WHERE true
        ON CONFLICT (slug) DO NOTHING`
      )
      .bind(parameter, now)
  )
}

/** The statements that write a topic's profile and replace its aliases. */
export function upsertTopic(
  db: D1Database,
  slug: string,
  profile: TopicProfile,
  now: number
): D1PreparedStatement[] {
  const aliases = profile.aliases.map((name) => ({ name, slug: slugOf(name) }))
  return [
    db
      .prepare(
        `INSERT INTO topics (slug, title, description, language, created_at, updated_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?5)
        ON CONFLICT (slug) DO UPDATE SET title = excluded.title,
          description = excluded.description, language = excluded.language,
          updated_at = excluded.updated_at`
      )
      .bind(slug, profile.title, profile.description, profile.language, now),
    db
      .prepare('DELETE FROM topic_aliases WHERE topic_id = (SELECT id FROM topics WHERE slug = ?1)')
      .bind(slug),
    db
      .prepare(
        `INSERT INTO topic_aliases (slug, name, topic_id)
        SELECT value ->> 'slug', value ->> 'name', (SELECT id FROM topics WHERE slug = ?2)
        FROM json_each(?1)`
      )
      .bind(JSON.stringify(aliases), slug),
  ]
}

/** Which of these slugs are topics of their own, or names of another topic than `slug`. */
export async function findTakenSlugs(
  db: D1Database,
  slug: string,
  slugs: readonly string[]
): Promise<string[]> {
  const statement = db.prepare(
    `SELECT wanted.value AS slug FROM json_each(?1) AS wanted
    WHERE EXISTS (SELECT 1 FROM topics WHERE topics.slug = wanted.value)
      OR EXISTS (SELECT 1 FROM topic_aliases JOIN topics ON topics.id = topic_aliases.topic_id
        WHERE topic_aliases.slug = wanted.value AND topics.slug <> ?2)`
  )
  const { results } = await statement.bind(JSON.stringify(slugs), slug).all<{ slug: string }>()
  return results.map((row) => row.slug)
}
