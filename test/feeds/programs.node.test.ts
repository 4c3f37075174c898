// Feed readers of other makers, from Debian's packages, find the same articles in every format, field by field: in the
// golden feeds, in feeds at the limits, and in feeds of articles that anybody may post.

import { extractFromJson } from '@extractus/feed-extractor'
import { describe, it } from 'vitest'

import type { Feed, FeedEntry } from '../../src/feeds/feed.ts'
import { articlesOf } from '../support/arbitrary-article.ts'
import { shouldBeFound, shouldBeFoundIn, written } from '../support/expected.ts'
import { caseNames, feedCases } from '../support/feed-cases.ts'
import { feedWith } from '../support/feed.ts'
import { limitFeeds } from '../support/limit-feeds.ts'
import {
  feedparser,
  newsboat,
  rubyRss,
  sfeed,
  type FoundEntry,
  type PartialReading,
  type Program,
} from '../support/programs.ts'
import { asHtml, inXml } from '../support/read-back.ts'
import { readers } from '../support/readers.ts'

type Given = { readonly entry: FeedEntry; readonly feed: Feed }
type Finds = { readonly [field in keyof FoundEntry]?: (found: FoundEntry, given: Given) => unknown }

/** What a program finds in a format where that is not simply what is written, each with the reason. */
type Reads = {
  readonly program: Program
  readonly extension: 'rss' | 'atom'
  readonly finds: Finds
}

// RSS 2.0: a description is HTML, so plain text stands in it as HTML.
const summaryAsHtml = ({ summary }: FoundEntry) => (summary === null ? null : asHtml(summary))

// It takes "&a;" in an address that is text for an entity without a meaning.
const withoutEntities = ({ link }: FoundEntry) => link?.replace(/&([\w.]+);/g, '&$1')

const barred = (topics: readonly string[]) =>
  topics
    .flatMap((topic) => topic.split('|').map((part) => part.trim()))
    .filter((part) => part !== '')

const table: readonly Reads[] = [
  {
    program: feedparser,
    extension: 'rss',
    finds: {
      link: withoutEntities,
      // The words of an image are descriptions to it too: the summary where there is none, or else the body.
      summary: (entry, { entry: { image } }) => summaryAsHtml(entry) ?? image?.alt ?? entry.body,
      body: ({ body, summary }, { entry: { image } }) =>
        body ?? (summary === null ? null : (image?.alt ?? null)),
    },
  },
  {
    program: feedparser,
    extension: 'atom',
    finds: {
      // It calls the body a summary where there is none.
      summary: ({ summary, body }) => summary ?? body,
    },
  },
  { program: rubyRss, extension: 'rss', finds: { summary: summaryAsHtml } },
  { program: rubyRss, extension: 'atom', finds: {} },
  {
    program: sfeed,
    extension: 'rss',
    finds: {
      // It has one column for each: the first author, and all topics with bars between, whatever bars they hold.
      authors: ({ authors }) => authors.slice(0, 1),
      topics: ({ topics }) => barred(topics),
      // Where there is no body it shows the summary, or else the words of the image.
      body: (entry, { entry: { image } }) =>
        entry.body ?? summaryAsHtml(entry) ?? image?.alt ?? null,
    },
  },
  {
    program: sfeed,
    extension: 'atom',
    finds: {
      // RFC 4287 §4.2.1: the source's author is that of an entry which names none. It does not look at the feed's.
      authors: ({ authors }, { entry, feed }) =>
        authors.length === 0 && feed.isAggregate ? [entry.source.title] : authors.slice(0, 1),
      // It shows a category's term, not its label, which RFC 4287 §4.2.2.3 means for people.
      topics: (_, { entry }) => barred(entry.topics.map(({ slug }) => slug)),
      body: ({ body, summary }) => body ?? summary,
    },
  },
  {
    program: newsboat,
    extension: 'rss',
    finds: {
      // It keeps the last dc:creator.
      authors: ({ authors }) => authors.slice(-1),
      body: (entry) => entry.body ?? summaryAsHtml(entry),
    },
  },
  {
    program: newsboat,
    extension: 'atom',
    finds: {
      authors: ({ authors }) => (authors.length === 0 ? [] : [authors.join(', ')]),
      body: ({ body, summary }) => body ?? summary,
    },
  },
]

// A program's output is compared field by field, so the cases are those whose addresses are addresses.
const soundCases = caseNames.filter((name) => name !== 'hostile')

const articles = await articlesOf(600)
const fuzzedFeeds = Array.from({ length: Math.ceil(articles.length / 50) }, (_, index) =>
  feedWith({
    isAggregate: index % 2 === 0,
    language: index % 3 === 0 ? null : 'vi',
    entries: articles.slice(index * 50, index * 50 + 50),
  })
)

function feedsFor(extension: 'rss' | 'atom' | 'json'): readonly (readonly [string, Feed])[] {
  return [
    ...soundCases.map((name) => [`golden, ${name}`, feedCases[name](extension)] as const),
    ...Object.entries(limitFeeds),
    ...fuzzedFeeds.map((feed, index) => [`fuzzed, ${index}`, feed] as const),
  ]
}

/** What the program should find, of the fields that it has. */
function expected(feed: Feed, { extension, finds }: Reads, found: PartialReading) {
  const whole: Record<string, unknown> = { ...inXml(shouldBeFoundIn(extension, feed)) }
  const entries = shouldBeFoundIn(extension, feed).entries.map((entry, index) => {
    const given = feed.entries[index]
    if (!given) throw new Error('an entry too many')
    const seen = Object.entries(finds).map(([field, see]) => [
      field,
      see(entry, { entry: given, feed }),
    ])
    const fields = inXml({ ...entry, ...Object.fromEntries(seen) })
    return only(fields, Object.keys(found.entries[index] ?? {}))
  })
  return { ...only(whole, Object.keys(found)), entries }
}

function only(values: Readonly<Record<string, unknown>>, fields: readonly string[]) {
  return Object.fromEntries(fields.map((field) => [field, values[field]]))
}

for (const reads of table) {
  const { program, extension } = reads
  const isThere = program.isThere()
  describe(`${program.name} reading ${extension}`, () => {
    it(`is there to judge: apt-get install ${program.packages}`, ({ expect, skip }) => {
      skip(!isThere && !process.env['CI'], `NOT TESTED: apt-get install ${program.packages}`)
      expect(isThere, `apt-get install ${program.packages}`).toBe(true)
    })

    it.skipIf(!isThere)(
      'finds every entry, in order, with each field it has a place for',
      async ({ expect }) => {
        const feeds = feedsFor(extension)
        const found = await program.read(feeds.map(([, feed]) => written(feed, extension)))
        feeds.forEach(([name, feed], index) => {
          const reading = found[index] ?? { entries: [] }
          expect({ name, ...sorted(reading) }).toEqual({ name, ...expected(feed, reads, reading) })
        })
      }
    )

    it.skipIf(!isThere)(
      'reads what no cleaning would have let through, letter by letter',
      async ({ expect }) => {
        const feed = feedCases.hostile(extension)
        const [found] = await program.read([written(feed, extension)])
        expect(found?.entries.map(({ title }) => lettersOf(title))).toEqual(
          feed.entries.map(({ title }) => lettersOf(title))
        )
      }
    )
  })
}

function sorted({ entries, ...rest }: PartialReading): PartialReading {
  const inOrder = entries.map((entry) =>
    entry.files ? { ...entry, files: entry.files.toSorted() } : entry
  )
  return { ...rest, entries: inOrder }
}

// Readers drop, keep or translate controls and spaces, each in its own way: the words and the markup are what counts.
function lettersOf(text: string | null | undefined): string {
  return (text ?? '').replace(/[^\p{L}\p{N}\p{M}<>&;#"'!()[\]=-]/gu, '')
}

describe('the libraries from npm, reading what anybody may post', () => {
  for (const { name, extension, read } of readers) {
    it(`${name} finds in ${extension} every entry, in order, with each field`, async ({
      expect,
    }) => {
      for (const feed of [...Object.values(limitFeeds), ...fuzzedFeeds]) {
        const found = shouldBeFound(feed)
        expect(await read(written(feed, extension))).toEqual(
          extension === 'json' ? found : inXml(found)
        )
      }
    })
  }
})

describe('feed-extractor', () => {
  // It takes "purified" links: without a fragment, the query written anew.
  const placeOf = (link: unknown) => String(link).replace(/[?#].*$/s, '')

  it('finds in json every entry, in order, with id, title, link and date', ({ expect }) => {
    for (const [name, feed] of feedsFor('json')) {
      const { title, link, entries = [] } = extractFromJson(JSON.parse(written(feed, 'json')))
      const found = entries.map((entry) => [
        entry.id,
        entry.title,
        placeOf(entry.link),
        Date.parse(String(entry.published)) / 1000,
      ])
      const given = feed.entries.map((entry) => [
        entry.guid,
        entry.title,
        placeOf(entry.url),
        entry.publishedAt,
      ])
      expect([name, title, link, found]).toEqual([name, feed.title, feed.pageUrl, given])
    }
  })
})

describe('the fuzzed articles', () => {
  it('are many, and hold what they are for', ({ expect }) => {
    expect(articles.length).toBeGreaterThan(400)
    const has = (test: (article: FeedEntry) => boolean) => articles.filter(test).length
    const rightToLeft = has(({ title }) => /\p{Script=Arabic}|\p{Script=Hebrew}/u.test(title))
    const astral = has(({ title }) => /[\u{10000}-\u{10FFFF}]/u.test(title))
    const markup = has(({ title }) => /[<>&]/.test(title))
    const bodiless = has(({ contentHtml }) => contentHtml === '')
    const sameSecond = has(({ publishedAt }) => publishedAt === 1_794_985_200)
    const withFiles = has(({ attachments }) => attachments.length > 1)
    for (const count of [rightToLeft, astral, markup, bodiless, sameSecond, withFiles]) {
      expect(count).toBeGreaterThan(10)
    }
  })
})
