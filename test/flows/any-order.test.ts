// The state after any history of posts is that after the newest revision of each article alone.

import { env } from 'cloudflare:workers'
import { it } from 'vitest'

import { forgetAll } from '../../src/feeds/memory.ts'
import * as fc from '../support/fast-check.ts'
import { foundIn, givenSource, item, posted, published, retracted } from '../support/given.ts'
import { get } from '../support/given.ts'

const tags = ['Kinh tế', 'Đô thị', 'Y tế']

type Revision = {
  readonly article: number
  /** The minute of its date_modified; a revision of an article is known by it. */
  readonly minute: number
  readonly isRetraction: boolean
  readonly tags: readonly string[]
  readonly day: number
}

const revision = fc.record({
  article: fc.nat({ max: 3 }),
  minute: fc.nat({ max: 50 }),
  isRetraction: fc.boolean().map((value) => value),
  tags: fc.subarray(tags),
  day: fc.nat({ max: 3 }),
})

// One revision for each article and minute, as a publisher makes them.
const revisions = fc.uniqueArray(revision, {
  minLength: 1,
  maxLength: 10,
  selector: ({ article, minute }) => `${article} ${minute}`,
})

const history = revisions.chain((all) =>
  fc.record({
    all: fc.constant(all),
    // Every revision arrives at least once, in any order, some of them again and again.
    arrivals: fc
      .tuple(
        fc.shuffledSubarray(all, { minLength: all.length }),
        fc.array(fc.constantFrom(...all), { maxLength: 6 })
      )
      .chain(([once, again]) =>
        fc.shuffledSubarray([...once, ...again], { minLength: once.length + again.length })
      ),
    batchSize: fc.integer({ min: 1, max: 3 }),
  })
)

function dateOf(minute: number): string {
  return new Date(Date.UTC(2026, 10, 20, 8, minute)).toISOString()
}

function eventOf({ article, minute, isRetraction, tags: own, day }: Revision) {
  const id = `bai-${article}`
  if (isRetraction) return retracted(id, { timestamp: dateOf(minute) })
  return published(
    item(id, {
      title: `Bài ${article}, bản của phút ${minute}`,
      tags: own,
      // Before its date_modified, and after.
      date_published: `2026-11-${18 + day}T08:30:00Z`,
      date_modified: dateOf(minute),
    })
  )
}

async function forgetArticles(): Promise<void> {
  // The feeds stay, and with them their ids: what is compared is what the articles make of them.
  await env.DB.batch(
    [
      ...['feed_articles', 'simhash_quarters', 'article_search', 'articles', 'posts'].map(
        (table) => `DELETE FROM ${table}`
      ),
      "UPDATE feeds SET unarchived = '[]', unarchived_bytes = 0",
    ].map((sql) => env.DB.prepare(sql))
  )
  forgetAll()
}

async function everyDocument(): Promise<string[]> {
  // What a feed tells of articles that were in it once is history by nature; all else must not be.
  await env.DB.prepare('DELETE FROM feed_deletions').run()
  forgetAll()
  const slugs = ['kinh-te', 'do-thi', 'y-te']
  const paths = [
    '',
    '/sources/bao',
    ...slugs.flatMap((slug) => [`/topics/${slug}`, `/sources/bao/topics/${slug}`]),
  ]
  return Promise.all(
    paths.flatMap((path) =>
      ['rss', 'atom', 'json'].map(async (extension) => {
        const response = await get(`${path}/feed.${extension}`)
        return `${response.status} ${path} ${await response.text()}`
      })
    )
  )
}

it(
  'whatever the order, the repetitions and the batches, the feeds are byte for byte those of the newest revisions alone',
  { timeout: 120_000 },
  async ({ expect }) => {
    await givenSource()
    // So that every feed is there, whatever the history.
    await posted(published(item('seed', { tags })))
    let compared = 0
    await fc.assert(
      fc.asyncProperty(history, async ({ all, arrivals, batchSize }) => {
        await forgetArticles()
        for (let from = 0; from < arrivals.length; from += batchSize) {
          const batch = arrivals.slice(from, from + batchSize)
          const publications = batch.filter((each) => !each.isRetraction)
          const isMixed = publications.length > 0 && publications.length < batch.length
          if (batch.length > 1 && !isMixed && publications.length > 0) {
            await posted(published(publications.map((each) => eventOf(each).data)))
          } else {
            for (const each of batch) await posted(eventOf(each))
          }
        }
        const documents = await everyDocument()
        await forgetArticles()
        const newest = new Map<number, Revision>()
        for (const each of all) {
          const other = newest.get(each.article)
          if (!other || other.minute < each.minute) newest.set(each.article, each)
        }
        for (const each of newest.values()) await posted(eventOf(each))
        expect(await everyDocument()).toEqual(documents)
        compared++
      }),
      { numRuns: 40 }
    )
    expect(compared).toBeGreaterThanOrEqual(40)
  }
)

it('two sources may do all this at once and never see of each other', async ({ expect }) => {
  await givenSource('bao')
  await givenSource('phong')
  await Promise.all(
    ['bao', 'phong'].map(async (source) => {
      for (let minute = 0; minute < 10; minute++) {
        await posted(
          published(item('bai-1', { title: `${source} ${minute}`, date_modified: dateOf(minute) })),
          { source }
        )
      }
    })
  )
  for (const source of ['bao', 'phong']) {
    const feed = await (
      await get(`/sources/${source}/feed.json`)
    ).json<{ items: { title: string }[] }>()
    expect(feed.items.map((entry) => entry.title)).toEqual([`${source} 9`])
  }
})

it('a publisher whose clock runs ahead cannot lock an article', async ({ expect }) => {
  await givenSource()
  const [ahead] = await posted(
    published(item('a', { title: 'Từ tương lai', date_modified: '2099-01-01T00:00:00Z' }))
  )
  expect(foundIn(ahead, 'modified-future')?.level).toBe('warning')
  const [later] = await posted(
    published(item('a', { title: 'Bây giờ', date_modified: '2099-01-01T00:00:00Z' }))
  )
  expect(later?.outcome).toBe('updated')
})
