// Invariant 5: nothing is ever half there, whichever statement of a commit fails.

import { env } from 'cloudflare:workers'
import { it } from 'vitest'

import {
  givenSource,
  item,
  jsonFeed,
  post,
  posted,
  published,
  retracted,
  snapshot,
} from '../support/given.ts'

const tables = ['sources', 'topics', 'topic_aliases', 'articles', 'feeds', 'feed_articles', 'posts']

async function everything() {
  return Promise.all(
    tables.map(async (table) => (await env.DB.prepare(`SELECT * FROM ${table}`).all()).results)
  )
}

// A trigger stands for a crash: the statement that meets it fails, and with it the batch.
const crashes = [
  'BEFORE INSERT ON posts',
  'BEFORE INSERT ON topics',
  'BEFORE INSERT ON articles',
  'BEFORE UPDATE ON articles',
  'BEFORE INSERT ON feeds',
  'BEFORE INSERT ON feed_articles',
  'BEFORE DELETE ON feed_articles',
  'BEFORE UPDATE ON feeds',
]

for (const crash of crashes) {
  it(`a post that fails ${crash.toLowerCase()} leaves the database and the feeds as they were`, async ({
    expect,
  }) => {
    await givenSource()
    await posted(published([item('a', { tags: ['Kinh tế'] }), item('b'), item('c')]))
    const [before, feeds] = [await everything(), await snapshot('')]
    await env.DB.prepare(
      `CREATE TRIGGER crash ${crash} BEGIN SELECT RAISE(ABORT, 'crash'); END`
    ).run()
    const newer = { date_modified: '2026-11-21T00:00:00Z' }
    const body = published([
      item('a', { title: 'Khác', tags: ['Y tế'], ...newer }),
      item('b', newer),
      item('d', { tags: ['Mới'] }),
    ])
    const response = await post(body, { id: 'msg_crashed' })
    expect(response.status).toBe(503)
    expect(await response.text()).not.toContain('crash')
    expect(await everything()).toEqual(before)
    expect(await snapshot('')).toEqual(feeds)
    // The publisher tries again once the failure is mended, and all of it arrives.
    await env.DB.prepare('DROP TRIGGER crash').run()
    const reports = await posted(body, { id: 'msg_crashed' })
    expect(reports.map((report) => report.outcome)).toEqual(['updated', 'unchanged', 'created'])
    expect((await jsonFeed('')).items).toHaveLength(4)
  })
}

it('a retraction that fails leaves the article in every feed', async ({ expect }) => {
  await givenSource()
  await posted(published(item('a', { tags: ['Kinh tế'] })))
  const before = await everything()
  await env.DB.prepare(
    "CREATE TRIGGER crash BEFORE DELETE ON feed_articles BEGIN SELECT RAISE(ABORT, 'crash'); END"
  ).run()
  expect((await post(retracted('a'))).status).toBe(503)
  expect(await everything()).toEqual(before)
})

it('every feed’s articles are those of the articles’ topics, after any history', async ({
  expect,
}) => {
  await givenSource('bao')
  await givenSource('phong')
  const tags = ['Kinh tế', 'Y tế', 'Đô thị']
  for (let step = 0; step < 40; step++) {
    const source = step % 3 === 0 ? 'phong' : 'bao'
    const id = `bai-${(step * 7) % 5}`
    const date = new Date(Date.UTC(2026, 10, 1, step)).toISOString()
    const event =
      step % 6 === 5
        ? retracted(id, { timestamp: date })
        : published(
            item(id, {
              title: `Bản ${step}`,
              tags: tags.filter((_, index) => (step >> index) & 1),
              date_modified: date,
            })
          )
    await posted(event, { source })
  }
  const { results: articles } = await env.DB.prepare(
    `SELECT articles.id, articles.uuid, articles.published_at, articles.topics, sources.slug
    FROM articles JOIN sources ON sources.id = source_id WHERE status = 'published'`
  ).all<{ id: number; uuid: string; published_at: number; topics: string; slug: string }>()
  const expected = articles.flatMap((article) => {
    const topics = (JSON.parse(article.topics) as { slug: string }[]).map((topic) => topic.slug)
    const paths = [
      '',
      `/sources/${article.slug}`,
      ...topics.flatMap((topic) => [
        `/topics/${topic}`,
        `/sources/${article.slug}/topics/${topic}`,
      ]),
    ]
    return paths.map((path) => `${path} ${article.published_at} ${article.uuid} ${article.id}`)
  })
  const { results: places } = await env.DB.prepare(
    'SELECT path, published_at, feed_articles.uuid, article_id FROM feed_articles JOIN feeds ON feeds.id = feed_id'
  ).all<{ path: string; published_at: number; uuid: string; article_id: number }>()
  const actual = places.map(
    (place) => `${place.path} ${place.published_at} ${place.uuid} ${place.article_id}`
  )
  expect(actual.toSorted()).toEqual(expected.toSorted())
})
