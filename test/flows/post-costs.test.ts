// What a post asks of the database.

import { env } from 'cloudflare:workers'
import { it } from 'vitest'

import { archiveFeeds } from '../../src/feeds/upkeep.ts'
import { givenSource, item, posted, published, retracted, signedPost } from '../support/given.ts'
import { queryPlan, watch, watchedRequest, type Watched } from '../support/watched-db.ts'

const tags = ['Kinh tế', 'Đô thị']
const words = Array.from({ length: 60 }, (_, index) => `từ${index}`)

/** An article with a text long enough to be compared with others, and like none of them. */
function article(id: string, fields: Record<string, unknown> = {}) {
  const own = words.map((word) => `${word}${id}`).join(' ')
  return item(id, { tags, content_html: `<p>${own}</p>`, ...fields })
}

async function watchedPost(body: unknown) {
  const watched = await watchedRequest('/sources/bao/webhook', await signedPost(body))
  if (!watched.response.ok) throw new Error(watched.body)
  return watched
}

function givenMore(name: string, count = 99) {
  return posted(published(Array.from({ length: count }, (_, index) => article(`${name}-${index}`))))
}

/** A post of each kind: new, corrected, dated anew, on another topic, retracted. */
async function watchedPosts(id: string) {
  const newer = (minute: number) => ({ date_modified: `2026-11-21T00:0${minute}:00Z` })
  const dated = { date_published: '2026-11-20T09:00:00Z' }
  const bodies = [
    published(article(id)),
    published(article(id, { ...newer(1), title: 'Tên khác' })),
    published(article(id, { ...newer(2), ...dated })),
    published(article(id, { ...newer(3), ...dated, content_html: '<p>Khác.</p>', tags: ['Y tế'] })),
    retracted(id),
  ]
  const watched = []
  // eslint-disable-next-line no-await-in-loop -- each changes what the one before left
  for (const body of bodies) watched.push(await watchedPost(body))
  return watched
}

it('a post searches indexes too', async ({ expect }) => {
  await givenSource()
  await givenMore('a')
  const statements = (await watchedPosts('bai')).flatMap((watched) => watched.statements)
  for (const statement of new Map(statements.map((one) => [one.sql, one])).values()) {
    // The checks of foreign keys that SQLite plans for an upsert run only while one is violated; that the
    // rows read below stay the same shows it.
    const tables =
      /^SCAN (?:feeds|articles|topics|topic_aliases|sources|posts)\b(?! USING INDEX feeds_(?:unpublished|overfull))/
    for (const step of await queryPlan(statement)) expect(step, statement.sql).not.toMatch(tables)
  }
})

it('a post reads and writes a number of rows that the size of the database does not change, whatever it brings', async ({
  expect,
}) => {
  await givenSource()
  await givenMore('a', 50)
  await watchedPosts('first')
  const few = await watchedPosts('second')
  for (const name of ['b', 'c', 'd', 'e', 'f']) await givenMore(name, 100)
  const many = await watchedPosts('third')
  for (const count of ['rowsRead', 'rowsWritten'] as const) {
    expect(many.map((watched) => watched[count])).toEqual(few.map((watched) => watched[count]))
  }
})

function rowsForArchives(statements: readonly Watched[]): number {
  return statements
    .filter(({ sql }) => /feed_archives|feeds_overfull/.test(sql))
    .reduce((sum, { rowsRead }) => sum + rowsRead, 0)
}

it('archives cost nothing while none is due, neither a post nor a minute, and grow with the feeds for which one is', async ({
  expect,
}) => {
  await givenSource()
  const costs = []
  for (const topics of [1, 5]) {
    const own = Array.from({ length: topics }, (_, n) => `Chủ đề ${topics} ${n}`)
    const fields = (from: number, count: number) =>
      Array.from({ length: count }, (_, n) => article(`bai-${topics}-${from + n}`, { tags: own }))
    // eslint-disable-next-line no-await-in-loop -- one after the other
    await posted(published(fields(0, 98)))
    // eslint-disable-next-line no-await-in-loop -- see above
    const quiet = await watchedPost(published(fields(98, 1)))
    expect(rowsForArchives(quiet.statements)).toBeLessThan(10)
    // eslint-disable-next-line no-await-in-loop -- see above
    costs.push(rowsForArchives((await watchedPost(published(fields(99, 1)))).statements))
  }
  // Of everything, of the source, and two of each topic.
  expect(costs[0]).toBeLessThan(4 * 900)
  expect(costs[1]).toBeLessThan(12 * 900)
  const minute: Watched[] = []
  expect(await archiveFeeds(watch(env.DB, minute), 0)).toBe(0)
  expect(minute.map(({ rowsRead }) => rowsRead)).toEqual([1])
})

it('a post is written to the search index at once, in whatever order it lists its articles', async ({
  expect,
}) => {
  await givenSource()
  const dated = Array.from({ length: 20 }, (_, n) =>
    article(`bai-${n}`, { date_published: `2026-11-20T08:00:${10 + n}Z` })
  )
  const written = async (items: readonly unknown[]) => {
    await posted(published(items))
    const row = await env.DB.prepare('SELECT count(*) AS n FROM article_search_data').first<{
      n: number
    }>()
    return row?.n ?? 0
  }
  const empty = await written([])
  const ascending = (await written(dated.slice(0, 10))) - empty
  const descending = (await written(dated.slice(10).toReversed())) - empty - ascending
  expect(descending).toBe(ascending)
})
