// RFC 5005 §4: the subscription document and its archives together list every article once.

import { env } from 'cloudflare:workers'
import { describe, it } from 'vitest'

import * as fc from '../support/fast-check.ts'
import {
  call,
  get,
  givenSource,
  item,
  jsonFeed,
  origin,
  posted,
  published,
  retracted,
  snapshot,
  type Report,
  upkeepIn,
} from '../support/given.ts'
import { forgetAll } from '../../src/feeds/memory.ts'
import { readJson, walk, walkXml, type Step } from '../support/walker.ts'
import { watchedRequest } from '../support/watched-db.ts'

const minute = 60_000
const start = Date.UTC(2026, 0, 1)

/** Posts articles a minute apart, the first of them numbered `from`. */
async function givenArticles(
  count: number,
  { from = 0, ...fields }: { from?: number } & Record<string, unknown> = {}
): Promise<Report[]> {
  const reports: Report[] = []
  for (let done = 0; done < count; done += 100) {
    const items = Array.from({ length: Math.min(100, count - done) }, (_, index) => {
      const n = from + done + index
      const date = new Date(start + n * minute).toISOString()
      return item(`bai-${n}`, { tags: ['Kinh tế'], date_published: date, ...fields })
    })
    reports.push(...(await posted(published(items))))
  }
  return reports
}

const idsOf = (steps: readonly Step[]) => steps.flatMap((step) => step.ids)
const newer = { date_modified: '2026-11-21T00:00:00Z' }

/** The bytes and validators of every archive of a feed. */
async function archivesOf(path: string): Promise<string[]> {
  const { archives } = (await env.DB.prepare('SELECT archives FROM feeds WHERE path = ?1')
    .bind(path)
    .first<{ archives: number }>()) ?? { archives: 0 }
  return Promise.all(
    Array.from({ length: archives }, async (_, index) => {
      const texts = ['rss', 'atom', 'json'].map(async (extension) => {
        const response = await get(`${path}/archive/${index + 1}.${extension}`)
        const { headers, status } = response
        return `${status} ${headers.get('ETag')} ${headers.get('Last-Modified')} ${await response.text()}`
      })
      return (await Promise.all(texts)).join('\n')
    })
  )
}

describe('a feed and its archives', () => {
  it('list every article once, the archives fifty each, at any number of articles', async ({
    expect,
  }) => {
    await givenSource()
    let count = 0
    for (const total of [0, 1, 49, 50, 51, 99, 100, 101, 149, 150, 151, 320]) {
      await givenArticles(total - count, { from: count })
      count = total
      for (const path of ['', '/sources/bao', '/topics/kinh-te', '/sources/bao/topics/kinh-te']) {
        if (total === 0 && path.includes('topics')) continue
        const [current, ...archives] = await walk(path)
        const ids = [...(current?.ids ?? []), ...idsOf(archives)]
        expect(ids, `${total} in ${path}`).toHaveLength(total)
        expect(new Set(ids).size).toBe(total)
        expect(archives.map((archive) => archive.ids.length)).toEqual(archives.map(() => 50))
        expect(archives).toHaveLength(Math.max(0, Math.floor(total / 50) - 1))
        expect(archives.map((archive) => archive.path)).toEqual(
          archives.map((_, index) => `${path}/archive/${archives.length - index}.json`)
        )
      }
    }
    for (const extension of ['rss', 'atom'] as const)
      expect(idsOf(await walkXml('', extension))).toEqual(idsOf(await walk('')))
  })

  it('are in the order of their dates, newest first, from document to document', async ({
    expect,
  }) => {
    await givenSource()
    const reports = await givenArticles(210)
    expect(idsOf(await walk(''))).toEqual(reports.map((report) => report.guid).toReversed())
  })

  it('say what RFC 5005 asks for: fh:archive, current, prev-archive and next-archive', async ({
    expect,
  }) => {
    await givenSource()
    await givenArticles(200)
    const at = (file: string) => `${origin}/sources/bao/${file}`
    for (const extension of ['rss', 'atom']) {
      const link = (rel: string, file: string) =>
        new RegExp(`<(?:atom:)?link rel="${rel}"[^>]* href="${at(file)}\\.${extension}"`)
      const current = await (await get(`/sources/bao/feed.${extension}`)).text()
      expect(current).not.toContain('fh:')
      expect(current).not.toMatch(/rel="(?:current|next-archive)"/)
      expect(current).toMatch(link('prev-archive', 'archive/3'))
      const texts = [1, 2, 3].map(async (number) =>
        (await get(`/sources/bao/archive/${number}.${extension}`)).text()
      )
      const [first, second, third] = await Promise.all(texts)
      expect(second).toContain('<fh:archive/>')
      expect(second).toContain('xmlns:fh="http://purl.org/syndication/history/1.0"')
      expect(second).toMatch(link('self', 'archive/2'))
      expect(second).toMatch(link('current', 'feed'))
      expect(second).toMatch(link('prev-archive', 'archive/1'))
      expect(second).toMatch(link('next-archive', 'archive/3'))
      expect(first).not.toContain('prev-archive')
      expect(third).toMatch(link('next-archive', 'archive/4'))
    }
    const archive = await readJson('/sources/bao/archive/2.json')
    expect(archive).toMatchObject({
      feed_url: at('archive/2.json'),
      next_url: at('archive/1.json'),
      _loa: { archive: true, current_url: at('feed.json') },
    })
    const { headers } = await get('/sources/bao/archive/2.json')
    const rels = { self: 2, 'prev-archive': 1, 'next-archive': 3 }
    const links = Object.entries(rels).map(
      ([rel, number]) => `<${at(`archive/${number}.json`)}>; rel="${rel}"`
    )
    for (const link of links) expect(headers.get('Link')).toContain(link)
    expect(headers.get('Link')).toContain(`<${at('feed.json')}>; rel="current"`)
    expect(headers.get('Cache-Control')).toBe('public, max-age=3600')
    expect(await readJson('/sources/bao/archive/1.json')).not.toHaveProperty('next_url')
  })

  it('have the same id for the feed in every document', async ({ expect }) => {
    await givenSource()
    await givenArticles(100)
    const ids = ['/feed.atom', '/archive/1.atom', '/feed.atom?limit=3'].map(
      async (path) => /<id>([^<]*)</.exec(await (await get(path)).text())?.[1]
    )
    expect(new Set(await Promise.all(ids)).size).toBe(1)
  })

  it('cost a number of rows that the size of the database does not change', async ({ expect }) => {
    await givenSource()
    await givenArticles(150)
    const costs = async () =>
      Promise.all(
        ['/feed.rss', '/archive/1.rss', '/sources/bao/archive/1.rss'].map(
          async (path) => (await watchedRequest(path)).rowsRead
        )
      )
    const few = await costs()
    await givenArticles(1000, { from: 150 })
    expect(await costs()).toEqual(few)
    // 50 articles in each. The feed, the articles, their source; of an archive its own row, and the places.
    expect(few).toEqual([1 + 2 * 50, 2 + 3 * 50, 2 + 2 * 50 + 1])
    const { headers } = await get('/archive/1.rss')
    const held = await watchedRequest('/archive/1.rss', {
      headers: { 'If-None-Match': headers.get('ETag') ?? '' },
    })
    expect(held.response.status).toBe(304)
    expect(held.rowsRead).toBe(2)
  })
})

describe('a published archive', () => {
  it('stays byte for byte as it is while others are posted, old ones too', async ({ expect }) => {
    await givenSource()
    await givenArticles(170)
    const before = await archivesOf('')
    expect(before).toHaveLength(2)
    await givenArticles(130, { from: 170 })
    await posted(published(item('late', { date_published: '2019-01-01T00:00:00Z' })))
    expect((await archivesOf('')).slice(0, 2)).toEqual(before)
  })

  it('changes by a correction of one of its articles, and nothing else does', async ({
    expect,
  }) => {
    await givenSource()
    await givenArticles(200)
    const before = [await snapshot(''), await archivesOf('')] as const
    const date = new Date(start + 60 * minute).toISOString()
    await posted(
      published(
        item('bai-60', { title: 'Đã sửa', date_published: date, tags: ['Kinh tế'], ...newer })
      )
    )
    const archives = await archivesOf('')
    expect(await snapshot('')).toEqual(before[0])
    expect(archives.map((archive, index) => archive === before[1][index])).toEqual([
      true,
      false,
      true,
    ])
    expect(archives[1]).toContain('Đã sửa')
    const again = await get('/archive/2.atom', {
      'If-None-Match': /W\/"[^"]*atom"/.exec(before[1][1] ?? '')?.[0] ?? '',
    })
    expect(again.status).toBe(200)
  })

  it('keeps an article whose date is corrected, wherever that leads', async ({ expect }) => {
    await givenSource()
    const reports = await givenArticles(200)
    await posted(
      published(
        item('bai-60', { date_published: '2026-10-01T00:00:00Z', tags: ['Kinh tế'], ...newer })
      )
    )
    const steps = await walk('')
    expect(steps.map((step) => step.ids.length)).toEqual([50, 50, 50, 50])
    expect(steps[2]?.ids[0]).toBe(reports[60]?.guid)
  })

  it('loses an article that is retracted; readers of the feed are told, other archives stay', async ({
    expect,
  }) => {
    await givenSource()
    const reports = await givenArticles(200)
    const before = await archivesOf('')
    await posted(retracted('bai-10', { timestamp: '2026-11-21T09:00:00Z' }))
    const after = await archivesOf('')
    expect(after.map((archive, index) => archive === before[index])).toEqual([false, true, true])
    expect(after[0]).not.toContain(reports[10]?.guid)
    expect((await readJson('/archive/1.json')).items).toHaveLength(49)
    const told = (await jsonFeed(''))['_loa'] as { retracted: { id: string }[] }
    expect(told.retracted.map((each) => each.id)).toEqual([reports[10]?.guid])
    // Published again, it is news: in the subscription document, and once.
    await posted(
      published(item('bai-10', { tags: ['Kinh tế'], date_modified: '2026-11-21T10:00:00Z' }))
    )
    await posted(retracted('bai-11'))
    expect(new Set(idsOf(await walk(''))).size).toBe(199)
  })

  it('of a topic loses an article that leaves the topic, and that of everything keeps it', async ({
    expect,
  }) => {
    await givenSource()
    await givenArticles(150)
    const [everything, current] = [await archivesOf(''), await snapshot('/topics/kinh-te')]
    const date = new Date(start).toISOString()
    await posted(published(item('bai-0', { tags: ['Y tế'], date_published: date, ...newer })))
    expect((await readJson('/topics/kinh-te/archive/1.json')).items).toHaveLength(49)
    expect(await snapshot('/topics/kinh-te')).toEqual(current)
    expect((await readJson('/archive/1.json')).items).toHaveLength(50)
    expect((await archivesOf(''))[1]).toBe(everything[1])
  })

  it('changes when the name it gives its feed does', async ({ expect }) => {
    await givenSource()
    await givenArticles(100)
    const { headers } = await get('/sources/bao/archive/1.atom')
    await givenSource('bao', { title: 'Tên khác' })
    const response = await get('/sources/bao/archive/1.atom', {
      'If-None-Match': headers.get('ETag') ?? '',
    })
    expect(response.status).toBe(200)
    expect(await response.text()).toContain('<title>Tên khác</title>')
  })

  it('is gone with its source, and leaves the archives of others', async ({ expect }) => {
    await givenSource('bao')
    await givenSource('phong')
    await givenArticles(100)
    await posted(published(item('o', { tags: ['Kinh tế'] })), { source: 'phong' })
    await call('DELETE', '/api/sources/bao')
    expect((await get('/sources/bao/archive/1.rss')).status).toBe(410)
    expect((await readJson('/archive/1.json')).items).toEqual([])
    expect(idsOf(await walk('/topics/kinh-te'))).toHaveLength(1)
    await givenSource('bao')
    await givenArticles(100, { from: 500 })
    expect(idsOf(await walk(''))).toHaveLength(101)
    expect(new Set(idsOf(await walk(''))).size).toBe(101)
  })
})

it('the archive after the newest leads to the feed until it is there; others are not there', async ({
  expect,
}) => {
  await givenSource()
  await givenArticles(100)
  const next = await get('/archive/2.atom?utm_source=x&content=summary')
  expect(next.status).toBe(307)
  expect(next.headers.get('Location')).toBe(`${origin}/feed.atom?content=summary`)
  expect(next.headers.get('Cache-Control')).toBe('public, max-age=60')
  for (const path of ['3.atom', '0.atom', '01.atom', '1.xml', 'x.atom', `${'9'.repeat(30)}.atom`])
    expect((await get(`/archive/${path}`)).status, path).toBe(404)
  expect((await get('/sources/nobody/archive/1.atom')).status).toBe(404)
  await givenArticles(50, { from: 100 })
  expect((await get('/archive/2.atom')).status).toBe(200)
})

it('an article of long ago is in the subscription document first, at its end, then in an archive', async ({
  expect,
}) => {
  await givenSource()
  await givenArticles(130)
  const [late] = await posted(published(item('late', { date_published: '2001-01-01T00:00:00Z' })))
  const [current, ...archives] = await walk('')
  expect(current?.ids.at(-1)).toBe(late?.guid)
  expect(idsOf(archives)).not.toContain(late?.guid)
  await givenArticles(30, { from: 130 })
  const later = await walk('')
  expect(later[0]?.ids).not.toContain(late?.guid)
  expect(later[1]?.ids.at(-1)).toBe(late?.guid)
  expect(idsOf(later)).toHaveLength(161)
})

it('large articles make documents of fewer, each under 1 MiB, and none is missed', async ({
  expect,
}) => {
  await givenSource()
  const body = `<p>${'a'.repeat(90_000)}</p>`
  await givenArticles(45, { content_html: body })
  await posted(published(item('huge', { content_html: `<p>${'b'.repeat(1_000_000)}</p>` })))
  const steps = await walk('')
  expect(idsOf(steps)).toHaveLength(46)
  expect(new Set(idsOf(steps)).size).toBe(46)
  expect(steps.length).toBeGreaterThan(4)
  for (const { path, ids } of steps) {
    const bytes = (await (await get(path)).arrayBuffer()).byteLength
    if (ids.length > 1) expect(bytes, path).toBeLessThan(1024 * 1024)
  }
})

it(
  'whatever is posted, corrected, retracted and back-dated, every article is listed once, and no archive changes but its own',
  { timeout: 120_000 },
  async ({ expect }) => {
    const action = fc.record({
      kind: fc.constantFrom('add', 'add', 'add', 'late', 'correct', 'retract', 'redate'),
      count: fc.integer({ min: 1, max: 40 }),
      pick: fc.nat(),
    })
    await givenSource()
    let next = 0
    const alive = new Set<string>()
    const act = async ({ kind, count, pick }: { kind: string; count: number; pick: number }) => {
      const chosen = [...alive][pick % Math.max(1, alive.size)]
      const changed = {
        date_modified: new Date(Date.UTC(2026, 10, 1) + next++ * 1000).toISOString(),
      }
      if (kind === 'add' || kind === 'late') {
        const items = Array.from({ length: count }, () => {
          const n = next++
          const date = new Date((kind === 'late' ? 0 : start) + n * minute).toISOString()
          return item(`bai-${n}`, { date_published: date })
        })
        for (const report of await posted(published(items))) alive.add(report.id)
      } else if (chosen !== undefined && kind === 'retract') {
        await posted(retracted(chosen))
        alive.delete(chosen)
      } else if (chosen !== undefined) {
        const n = kind === 'redate' ? next + pick : Number(chosen.slice(4))
        const date = new Date(start + (n % 100_000) * minute).toISOString()
        const title = `Bản ${next}`
        await posted(published(item(chosen, { title, date_published: date, ...changed })))
      }
    }
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 4, maxLength: 12 }), async (actions) => {
        for (const each of actions) {
          const before = await archivesOf('')
          await act(each)
          const after = await archivesOf('')
          const changes = before.filter((archive, index) => archive !== after[index])
          expect(changes.length).toBeLessThanOrEqual(
            each.kind === 'add' || each.kind === 'late' ? 0 : 1
          )
        }
        const steps = await walk('')
        const ids = steps.flatMap((step) => step.ids)
        expect(ids).toHaveLength(alive.size)
        expect(new Set(ids).size).toBe(alive.size)
        expect(steps[0]?.ids.length).toBeLessThan(100)
      }),
      { numRuns: 10 }
    )
  }
)

it('what stood in a feed before there were archives comes into them by itself', async ({
  expect,
}) => {
  await givenSource()
  await givenArticles(80)
  // As the migration leaves a feed of old: everything in it is in no archive.
  await env.DB.prepare('UPDATE feed_articles SET archive = 0').run()
  await seed(4920)
  await env.DB.prepare(
    `UPDATE feeds SET archives = 0, unarchived =
      (SELECT json_group_array(article_id) FROM feed_articles WHERE feed_id = feeds.id)`
  ).run()
  for (let minutes = 0; minutes < 2; minutes++) {
    await upkeepIn(0)
  }
  const ids = idsOf(await walk(''))
  expect(ids).toHaveLength(5000)
  expect(new Set(ids).size).toBe(5000)
})

/** Articles as rows, in the feed of everything: a hundred thousand of them in no time. */
async function seed(count: number): Promise<void> {
  await env.DB.batch([
    env.DB.prepare(
      `INSERT INTO articles (uuid, guid, source_id, external_id, status, revision, published_at,
        updated_at, version_at, fingerprint, size_bytes, url, title, summary, content_html, is_search_due)
      WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < ?1)
      SELECT printf('%08x-0000-5000-8000-000000000000', n), 'urn:seed:' || n, sources.id, 'seed-' || n,
        'published', 1, 1000000000 + n, 1000000000 + n, 0, '', 200, 'https://bao.example/' || n,
        'Tin ' || n, 'Tóm tắt', '<p>Nội dung</p>', 0
      FROM n, sources`
    ).bind(count),
    env.DB.prepare(
      `INSERT INTO feed_articles (feed_id, published_at, uuid, article_id)
      SELECT feeds.id, published_at, articles.uuid, articles.id FROM articles, feeds
      WHERE external_id LIKE 'seed-%' AND path = ''`
    ),
  ])
  forgetAll()
}

/** Puts the articles of `seed` into archives of fifty, oldest first, but for the newest fifty. */
async function archiveSeed(count: number): Promise<void> {
  await env.DB.batch(
    [
      `UPDATE feed_articles SET archive = (published_at - 1000000001) / 50 + 1
      WHERE feed_id = 1 AND published_at - 1000000000 <= ${count - 50}`,
      `INSERT INTO feed_archives (feed_id, number, articles, changed_at)
      SELECT 1, archive, json_group_array(article_id), 0 FROM feed_articles
      WHERE archive > 0 GROUP BY archive`,
      `UPDATE feeds SET archives = (SELECT max(number) FROM feed_archives), unarchived =
        (SELECT json_group_array(article_id) FROM feed_articles WHERE feed_id = 1 AND archive = 0)
      WHERE id = 1`,
    ].map((sql) => env.DB.prepare(sql))
  )
}

it(
  'a walker collects 100,000 articles, none twice, none missed, while others are posted and an old one is backfilled',
  { timeout: 300_000 },
  async ({ expect }) => {
    const count = 100_000
    await givenSource()
    await seed(count)
    await archiveSeed(count)
    let postedCount = 0
    const steps = await walk('', async (step) => {
      if (step % 100 === 50) await givenArticles(20, { from: (postedCount += 20) })
      if (step === 400)
        await posted(published(item('late', { date_published: '2001-09-10T00:00:00Z' })))
    })
    const ids = steps.flatMap((step) => step.ids)
    expect(ids).toHaveLength(count)
    expect(new Set(ids).size).toBe(count)
    expect(postedCount).toBeGreaterThan(300)
    // And whoever walks afterwards finds those too.
    const current = await readJson('/feed.json')
    expect(current.items.length).toBeLessThan(100)
    const rows = await env.DB.prepare(
      `SELECT count(*) AS n FROM feeds JOIN feed_archives ON feed_id = feeds.id
      JOIN json_each(articles) WHERE feeds.path = ''`
    ).first<{ n: number }>()
    expect((rows?.n ?? 0) + current.items.length).toBe(count + postedCount + 1)
  }
)
