// Databases to measure on. The first thousand articles are posted as a publisher would; more are made of
// their rows by SQL, since a million posts would take hours. The columns are read from the schema, so
// that one which is new is copied like the others. The copies stand in the search index as far as Loa keeps
// articles there, and each of these has a receipt; none is in an archive's list, and in a large database
// their bodies are cut short: no document lists them, and a million whole ones are 9 GB.

import { globSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import { searchKeySql, searchTieMax } from '../../src/articles/search-store.ts'
import { sampleItem, sourceCount } from './text.ts'
import { hosts, openStage, secrets, type Stage } from './stage.ts'
import { signer } from './posts.ts'

export const postedCount = 1000

/** Fills a new database in `state` with articles: a thousand, or a multiple of it. */
export async function seed(bundles: string, state: string, articles: number): Promise<void> {
  const stage = await openStage(bundles, state)
  await migrate(stage)
  for (let source = 0; source < sourceCount; source++) await putSource(stage, source)
  // The signer takes one source after the other: each posts what is its own.
  const sign = await signer(stage, 0)
  for (let source = 0; source < sourceCount; source++) {
    const items = Array.from({ length: postedCount }, (_, n) => n)
      .filter((n) => n % sourceCount === source)
      .map((n) => sampleItem(n, 'seeded'))
    await stage.send(sign(items))
  }
  await stage.dispose()
  if (articles > postedCount) multiply(state, articles / postedCount)
}

async function migrate({ db }: Stage): Promise<void> {
  for (const file of globSync('migrations/*.sql').toSorted()) {
    const lines = readFileSync(file, 'utf8').replaceAll(/^\s*--.*$/gm, '')
    for (const statement of statementsOf(lines)) await db.prepare(statement).run()
  }
  await db
    .prepare(
      'CREATE TABLE bench_articles (id TEXT PRIMARY KEY, url TEXT, title TEXT, content_html TEXT)'
    )
    .run()
}

/** The statements of a migration; a trigger holds semicolons of its own. */
function statementsOf(sql: string): string[] {
  const statements: string[] = []
  let pending = ''
  for (const part of sql.split(/;\s*$/m)) {
    pending += pending === '' ? part : `;${part}`
    const isOpen = /\bCREATE\s+TRIGGER\b/i.test(pending) && !/\bEND\s*$/i.test(pending)
    if (isOpen) continue
    if (pending.trim() !== '') statements.push(pending)
    pending = ''
  }
  return statements
}

async function putSource({ send }: Stage, source: number): Promise<void> {
  await send({
    method: 'PUT',
    host: hosts.loa,
    path: `/api/sources/nguon-${source}`,
    headers: {
      Authorization: `Bearer ${secrets.OPERATOR_TOKEN}`,
      'Content-Type': 'application/json',
    },
    body: JSON.stringify({
      title: `Nguồn ${source}`,
      home_page_url: `https://nguon-${source}.example/`,
      language: 'vi',
    }),
    statuses: [201],
  })
}

/** Makes of each posted article `times` of them, each set older than the one before. */
function multiply(state: string, times: number): void {
  const db = new DatabaseSync(databaseFile(state))
  // Nobody misses a database for measuring that a loss of power left half written.
  // Out of the write-ahead log first: only from there can the journal be left out.
  db.exec('PRAGMA journal_mode = DELETE; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF')
  db.exec('PRAGMA cache_size = -1000000')
  const { low, high, count } = db
    .prepare('SELECT min(id) AS low, max(id) AS high, count(*) AS count FROM articles')
    .get() as Record<'low' | 'high' | 'count', number>
  if (low !== 1 || high !== postedCount || count !== postedCount) {
    throw new Error(`the posted articles have ids ${low} to ${high}, not 1 to ${postedCount}`)
  }
  db.exec(`CREATE TEMP TABLE copies (k INTEGER PRIMARY KEY);
    WITH RECURSIVE n (k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM n WHERE k < ${times - 1})
    INSERT INTO copies SELECT k FROM n`)
  db.exec('BEGIN')
  copyArticles(db, times > wholeTimesMax)
  copyMemberships(db)
  copyQuarters(db)
  copyTerms(db)
  copyReceipts(db)
  db.exec('COMMIT')
  // Back to the mode workerd opens it in.
  db.exec('PRAGMA journal_mode = WAL')
  db.close()
}

const wholeTimesMax = 100
// src/cron.ts#searchedArticlesMax, in thousands.
const searchedTimesMax = 200

const newId = `(k * ${postedCount} + articles.id)`
const olderBy = `k * ${postedCount} * 60`
// Odd factors make each of 2^32 numbers another: spread like the real ones, and none twice.
const spread = (factor: number) => `printf('%08x', (${newId} * ${factor}) % 4294967296)`
const newUuid = `${spread(2654435761)} || substr(articles.uuid, 9)`

function copyArticles(db: DatabaseSync, isCut: boolean): void {
  const changed: Record<string, string> = {
    id: newId,
    uuid: newUuid,
    guid: `'urn:uuid:' || ${newUuid}`,
    external_id: `external_id || '-' || k`,
    url: `url || '-' || k`,
    published_at: `published_at - ${olderBy}`,
    updated_at: `updated_at - ${olderBy}`,
    simhash: `${spread(2246822519)} || ${spread(3266489917)}`,
    search_key: `iif(k < ${searchedTimesMax},
      ${searchKeySql(`published_at - ${olderBy}`, `search_key & ${searchTieMax}`)}, NULL)`,
    ...(isCut && { content_html: 'substr(articles.content_html, 1, 500)' }),
  }
  copyRows(db, 'articles', changed, 'FROM copies CROSS JOIN articles WHERE articles.id <= 1000')
}

function copyMemberships(db: DatabaseSync): void {
  const changed: Record<string, string> = {
    published_at: `feed_articles.published_at - ${olderBy}`,
    uuid: newUuid,
    article_id: newId,
    // No subscription document lists them: they stand in archives, though in none that can be read.
    archive: 'max(feed_articles.archive, 1)',
  }
  // In the order of the key, so that pages are filled one after the other.
  const rows = `FROM feed_articles CROSS JOIN copies
    JOIN articles ON articles.id = feed_articles.article_id AND articles.id <= ${postedCount}
    ORDER BY feed_id, feed_articles.published_at - ${olderBy} DESC`
  copyRows(db, 'feed_articles', changed, rows)
}

function copyQuarters(db: DatabaseSync): void {
  db.exec(`INSERT OR IGNORE INTO simhash_quarters (quarter, bits, article_id, other_bits)
    SELECT quarter, substr(simhash, quarter * 4 + 1, 4), id,
      ('0x' || substr(simhash, 1, quarter * 4) || substr(simhash, quarter * 4 + 5)) ->> '$'
    FROM articles JOIN (SELECT 0 AS quarter UNION SELECT 1 UNION SELECT 2 UNION SELECT 3)
    WHERE simhash IS NOT NULL AND id > ${postedCount} ORDER BY 1, 2, 3`)
}

// An index without content does not give back what was put into it, but where each term stood. Oldest first:
// out of order, FTS5 writes each article by itself.
function copyTerms(db: DatabaseSync): void {
  db.exec(`CREATE VIRTUAL TABLE temp.places USING fts5vocab(main, article_search, instance);
    CREATE TEMP TABLE texts AS
    SELECT articles.id, group_concat(term, ' ' ORDER BY offset) AS terms
    FROM temp.places JOIN articles ON articles.search_key = doc GROUP BY doc;
    CREATE UNIQUE INDEX temp.texts_by_id ON texts (id);
    INSERT INTO article_search (rowid, terms)
    SELECT search_key, terms
    FROM articles JOIN texts ON texts.id = (articles.id - 1) % ${postedCount} + 1
    WHERE articles.id > ${postedCount} AND search_key IS NOT NULL ORDER BY search_key`)
}

// As if each had been posted by itself, ten seconds after the one before.
function copyReceipts(db: DatabaseSync): void {
  db.exec(`INSERT INTO posts
      (source_id, webhook_id, received_at, clock_offset, body_hash, status, answer)
    SELECT source_id, 'msg_' || uuid, unixepoch() - 10 * (id - ${postedCount}), 0,
      lower(hex(randomblob(32))), 201, json_object('articles', json_array(json_object(
        'id', external_id, 'outcome', 'created', 'guid', guid, 'url', url, 'findings', json('[]'))))
    FROM articles WHERE id > ${postedCount} AND search_key IS NOT NULL`)
}

function copyRows(
  db: DatabaseSync,
  table: string,
  changed: Record<string, string>,
  from: string
): void {
  const columns = db.prepare('SELECT name FROM pragma_table_info(?)').all(table) as {
    name: string
  }[]
  const names = columns.map(({ name }) => name)
  const values = names.map((name) => changed[name] ?? `${table}.${name}`)
  db.exec(`INSERT INTO ${table} (${names.join(', ')}) SELECT ${values.join(', ')} ${from}`)
}

/** The one D1 database in a folder of Miniflare's. */
function databaseFile(state: string): string {
  const files = readdirSync(state, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.sqlite') && !file.endsWith('metadata.sqlite') && /\bd1\b/.test(file)
  )
  const [file] = files
  if (file === undefined || files.length > 1) {
    throw new Error(`expected one D1 database in ${state}, found ${files.join(', ') || 'none'}`)
  }
  return join(state, file)
}
