// The npm package `feed` 6.0.0: where it is right, our documents say what its documents say; where it
// is wrong, the reason why Loa writes its own.

import { Feed as TheirFeed, type Item } from 'feed'
import { parseAtomFeed, parseJsonFeed, parseRssFeed } from 'feedsmith'
import { parseFragment, serialize } from 'parse5'
import { describe, it } from 'vitest'

import type { Person } from '../../src/articles/article.ts'
import { writeAtom } from '../../src/feeds/atom.ts'
import { linkOf, type Feed, type FeedEntry } from '../../src/feeds/feed.ts'
import { formats } from '../../src/feeds/formats.ts'
import { writeJson } from '../../src/feeds/json.ts'
import { writeRss } from '../../src/feeds/rss.ts'
import * as fc from '../support/fast-check.ts'
import { feedCases } from '../support/feed-cases.ts'
import { entryWith, feedWith } from '../support/feed.ts'
import { readers, type Reading } from '../support/readers.ts'
import { childOf, childrenOf, elementsOf, parseXml, textOf } from '../support/xml.ts'

/** The same feed, as far as the package has a place for it. */
function theirs(feed: Feed): TheirFeed {
  const self = linkOf(feed, 'self')
  const their = new TheirFeed({
    id: feed.id,
    title: feed.title,
    description: feed.description,
    link: feed.pageUrl,
    updated: moment(feed.updatedAt),
    author: { name: feed.author.name, link: feed.author.url },
    ...(self !== null && { feed: self, feedLinks: { json: self } }),
    ...(feed.language !== null && { language: feed.language }),
    ...(feed.rights !== null && { copyright: feed.rights }),
    ...(feed.icon !== null && { favicon: feed.icon }),
  })
  for (const entry of feed.entries) their.addItem(theirItem(feed, entry))
  return their
}

function theirItem(feed: Feed, entry: FeedEntry): Item {
  return {
    id: entry.guid,
    title: entry.title,
    link: entry.url,
    description: entry.summary,
    content: entry.contentHtml,
    date: moment(entry.updatedAt),
    published: moment(entry.publishedAt),
    category: entry.topics.map(({ slug, name }) => ({
      name,
      term: slug,
      scheme: feed.topicsUrl,
      domain: `${feed.topicsUrl}/${slug}`,
    })),
    ...(entry.authors.length > 0 && { author: entry.authors.map(theirAuthor) }),
    ...(entry.image && { image: entry.image.url }),
  }
}

function theirAuthor({ name, url }: Person) {
  return url === undefined ? { name } : { name, link: url }
}

function moment(seconds: number): Date {
  return new Date(seconds * 1000)
}

function theirDocument(feed: Feed, extension: 'rss' | 'atom' | 'json'): string {
  const their = theirs(feed)
  return { rss: () => their.rss2(), atom: () => their.atom1(), json: () => their.json1() }[
    extension
  ]()
}

function ourDocument(feed: Feed, extension: 'rss' | 'atom' | 'json'): string {
  return formats.find((format) => format.extension === extension)?.write(feed) ?? ''
}

/** What both have a place for, item by item. */
function comparable({ title, description, selfUrl, entries }: Reading) {
  return {
    title,
    description,
    selfUrl,
    entries: entries.map((entry) => ({
      id: entry.id,
      title: entry.title,
      link: entry.link,
      publishedAt: entry.publishedAt,
      topics: entry.topics,
      summary: entry.summary,
      body: entry.body,
    })),
  }
}

// What both write alike: any letters, and markup, but neither "]]>" nor characters that XML or a
// line end would change, nor the comments and the spaces at an end that feedsmith takes away.
const plain = fc
  .string({
    unit: fc.constantFrom(...Array.from(`aZ09 .,;:'"<>&()-/Đườngé中🚀`)),
    minLength: 1,
    maxLength: 40,
  })
  .map((text) => text.trim() || 'x')
const inAttribute = plain.map((text) => text.replaceAll('<', '('))
// The package makes the escaped of what is already escaped the same as of what is not.
const notEscaped = inAttribute.map((text) => text.replaceAll(';', ':'))
const ordinaryEntry = fc.record({
  title: plain,
  summary: plain,
  contentHtml: plain,
  publishedAt: fc.integer({ min: 0, max: 4_000_000_000 }),
  updatedAt: fc.integer({ min: 0, max: 4_000_000_000 }),
  topics: fc.array(fc.record({ slug: fc.constantFrom('kinh-te', 'x', 'a-1'), name: notEscaped })),
})

describe('the same articles through the package `feed` and through our writers', () => {
  for (const { name, extension, read } of readers) {
    for (const caseName of ['minimal', 'empty', 'vietnamese', 'full'] as const) {
      it(`say the same of the ${caseName} feed to ${name} in ${extension}, item by item`, async ({
        expect,
      }) => {
        const feed = feedCases[caseName](extension)
        const ours = comparable(await read(ourDocument(feed, extension)))
        expect(ours).toEqual(comparable(await read(theirDocument(feed, extension))))
        expect(ours.entries).toHaveLength(feed.entries.length)
      })
    }
  }

  for (const { extension, read } of readers.filter(({ name }) => name === 'feedsmith')) {
    it(`say the same of any ordinary articles in ${extension}, item by item`, async ({
      expect,
    }) => {
      await fc.assert(
        fc.asyncProperty(fc.array(ordinaryEntry, { maxLength: 4 }), async (fields) => {
          const entries = fields.map((one, index) => entryWith({ ...one, uuid: `e-${index}` }))
          const feed = feedWith({ entries })
          const [ours, their] = await Promise.all([
            read(ourDocument(feed, extension)),
            read(theirDocument(feed, extension)),
          ])
          expect(comparable(ours)).toEqual(comparable(their))
        })
      )
    })
  }

  it('say the same moment of the last change in Atom and JSON Feed', ({ expect }) => {
    const feed = feedCases.full('atom')
    const moments = (dates: (string | undefined)[] = []) =>
      dates.map((date) => Date.parse(date ?? ''))
    const [ourAtom, theirAtom] = [writeAtom(feed), theirs(feed).atom1()].map((document) => {
      const { updated, entries } = parseAtomFeed(document)
      return moments([updated, ...(entries ?? []).map((entry) => entry.updated)])
    })
    const [ourJson, theirJson] = [writeJson(feed), theirs(feed).json1()].map((document) =>
      moments(parseJsonFeed(document).items?.map((item) => item.date_modified))
    )
    expect(ourAtom).toEqual(theirAtom)
    expect(ourJson).toEqual(theirJson)
    expect(ourAtom?.slice(1)).toEqual(ourJson)
  })

  it('say the same term, scheme and label of a topic in Atom, and the same domain in RSS', ({
    expect,
  }) => {
    const feed = feedCases.vietnamese('atom')
    const inAtom = (document: string) =>
      parseAtomFeed(document).entries?.map((entry) => entry.categories)
    const inRss = (document: string) => parseRssFeed(document).items?.map((item) => item.categories)
    expect(inAtom(writeAtom(feed))).toEqual(inAtom(theirs(feed).atom1()))
    expect(inRss(writeRss(feed))).toEqual(inRss(theirs(feed).rss2()))
    expect(inAtom(writeAtom(feed))?.[0]).toHaveLength(2)
  })
})

describe('why Loa writes its own feeds: the package `feed` 6.0.0', () => {
  // The parser says at which line and column.
  const illFormed = /^\d+:\d+: /

  it('splits only the first of two "]]>" in one field, and its RSS and Atom are ill-formed; ours are not', ({
    expect,
  }) => {
    const feed = feedWith({ entries: [entryWith({ contentHtml: 'a[0]]> b ]]> c ]]> d' })] })
    expect(() => parseXml(theirs(feed).rss2())).toThrow(illFormed)
    expect(() => parseXml(theirs(feed).atom1())).toThrow(illFormed)
    const item = childOf(childOf(parseXml(writeRss(feed)), 'channel'), 'item')
    const entry = childOf(parseXml(writeAtom(feed)), 'atom:entry')
    expect(textOf(item, 'content:encoded')).toBe('a[0]]> b ]]> c ]]> d')
    expect(textOf(entry, 'atom:content')).toBe('a[0]]> b ]]> c ]]> d')
  })

  it('writes "<" of a topic into an attribute as it is, and its Atom is ill-formed; ours is not', ({
    expect,
  }) => {
    const feed = feedWith({ entries: [entryWith({ topics: [{ slug: 'u18', name: 'Age < 18' }] })] })
    expect(() => parseXml(theirs(feed).atom1())).toThrow(illFormed)
    const entry = childOf(parseXml(writeAtom(feed)), 'atom:entry')
    expect(childOf(entry, 'atom:category').attributes['label']).toBe('Age < 18')
  })

  it('writes "&" of a category domain as it is, and its RSS is ill-formed; ours is not', ({
    expect,
  }) => {
    const feed = feedWith({
      topicsUrl: 'https://loa.example/topics?lang=vi&of',
      entries: [entryWith({ topics: [{ slug: 'x', name: 'X' }] })],
    })
    expect(() => parseXml(theirs(feed).rss2())).toThrow(illFormed)
    expect(() => parseXml(writeRss(feed))).not.toThrow()
  })

  it('lets control characters and U+FFFF through, and its RSS and Atom are ill-formed; ours are not', ({
    expect,
  }) => {
    for (const character of ['\u0000', '\u0008', '\u001F', '\uFFFF']) {
      const feed = feedWith({ entries: [entryWith({ title: `a${character}b` })] })
      expect(() => parseXml(theirs(feed).rss2())).toThrow(illFormed)
      expect(() => parseXml(theirs(feed).atom1())).toThrow(illFormed)
      const item = childOf(childOf(parseXml(writeRss(feed)), 'channel'), 'item')
      expect(textOf(item, 'title')).toBe('ab')
      expect(textOf(childOf(parseXml(writeAtom(feed)), 'atom:entry'), 'atom:title')).toBe('ab')
    }
  })

  it('takes "&amp;" that somebody wrote for "&" in feed titles and names; ours keeps every letter', ({
    expect,
  }) => {
    const title = 'Escaping: &amp; and &lt;'
    const feed = feedWith({ title, entries: [entryWith({ authors: [{ name: title }] })] })
    const their = parseXml(theirs(feed).atom1())
    const our = parseXml(writeAtom(feed))
    expect(textOf(their, 'atom:title')).toBe('Escaping: & and &lt;')
    expect(textOf(childOf(childOf(their, 'atom:entry'), 'atom:author'), 'atom:name')).not.toBe(
      title
    )
    expect(textOf(our, 'atom:title')).toBe(title)
    expect(textOf(childOf(childOf(our, 'atom:entry'), 'atom:author'), 'atom:name')).toBe(title)
  })

  it('calls a plain title HTML in Atom, so that its "<b>" is lost to a reader; ours is text', ({
    expect,
  }) => {
    const title = 'When to use <b> & when <strong>'
    const feed = feedWith({ entries: [entryWith({ title })] })
    const their = childOf(childOf(parseXml(theirs(feed).atom1()), 'atom:entry'), 'atom:title')
    const our = childOf(childOf(parseXml(writeAtom(feed)), 'atom:entry'), 'atom:title')
    expect(their.attributes['type']).toBe('html')
    const shown = serialize(parseFragment(their.text)).replace(/<[^>]*>/g, '')
    expect(shown).toBe('When to use  &amp; when ')
    expect(our.attributes['type']).toBe('text')
    expect(our.text).toBe(title)
  })

  it('loses a carriage return in a body, since no CDATA section can hold one; ours keeps it', ({
    expect,
  }) => {
    const feed = feedWith({ entries: [entryWith({ contentHtml: '<pre>a\r\nb\rc</pre>' })] })
    const body = (document: string) =>
      textOf(childOf(parseXml(document), 'atom:entry'), 'atom:content')
    expect(body(theirs(feed).atom1())).toBe('<pre>a\nb\nc</pre>')
    expect(body(writeAtom(feed))).toBe('<pre>a\r\nb\rc</pre>')
  })

  it('writes a name where RSS 2.0 wants an e-mail address; ours writes dc:creator', ({
    expect,
  }) => {
    const feed = feedWith({ entries: [entryWith({ authors: [{ name: 'Mai' }] })] })
    const item = (document: string) => childOf(childOf(parseXml(document), 'channel'), 'item')
    expect(textOf(item(theirs(feed).rss2()), 'author')).toBe('Mai')
    expect(textOf(item(writeRss(feed)), 'author')).toBeNull()
    expect(textOf(item(writeRss(feed)), 'dc:creator')).toBe('Mai')
  })

  it('says that a guid is no address even where it is the article’s own; ours says what it is', ({
    expect,
  }) => {
    const url = 'https://haidang.example/tin/1'
    const feed = feedWith({ entries: [entryWith({ guid: url, url })] })
    const guid = (document: string) =>
      childOf(childOf(childOf(parseXml(document), 'channel'), 'item'), 'guid').attributes
    expect(guid(theirs(feed).rss2())).toEqual({ isPermaLink: 'false' })
    expect(guid(writeRss(feed))).toEqual({ isPermaLink: 'true' })
  })

  it('invents media types out of file names and a length of 0; ours says what is known', ({
    expect,
  }) => {
    const image = { url: 'https://haidang.example/a.jpg', mimeType: 'image/jpeg' }
    const feed = feedWith({ entries: [entryWith({ image })] })
    const theirRss = childOf(childOf(parseXml(theirs(feed).rss2()), 'channel'), 'item')
    expect(childOf(theirRss, 'enclosure').attributes).toMatchObject({
      length: '0',
      type: 'image/jpg',
    })
    const typeOf = (document: string) =>
      childrenOf(childOf(parseXml(document), 'atom:entry'), 'atom:link')
        .filter(({ attributes }) => attributes['rel'] === 'enclosure')
        .map(({ attributes }) => attributes['type'])
    expect(typeOf(theirs(feed).atom1())).toEqual(['image/jpg'])
    expect(typeOf(writeAtom(feed))).toEqual(['image/jpeg'])
    expect(writeRss(feed)).not.toMatch(/length=|image\/jpg/)
  })

  it('writes "audio/mp3" in Atom though it was told "audio/mpeg"; ours says what it was told', ({
    expect,
  }) => {
    const url = 'https://haidang.example/a.mp3'
    const file = { url, mimeType: 'audio/mpeg', sizeBytes: 9 }
    const feed = feedWith({ entries: [entryWith({ attachments: [file] })] })
    const their = theirs(feed)
    for (const item of their.items) item.audio = { url, type: 'audio/mpeg', length: 9 }
    expect(their.atom1()).toContain('type="audio/mp3"')
    expect(writeAtom(feed)).toContain('type="audio/mpeg"')
  })

  it('has no place in Atom for a language, the source of an entry, or what was taken back', ({
    expect,
  }) => {
    const feed = feedCases.full('atom')
    const names = (document: string) =>
      new Set(elementsOf(parseXml(document)).map(({ name }) => name))
    expect(parseXml(theirs(feed).atom1()).attributes['xml:lang']).toBeUndefined()
    expect(parseXml(writeAtom(feed)).attributes['xml:lang']).toBe('en')
    for (const name of ['atom:source', 'at:deleted-entry']) {
      expect(names(theirs(feed).atom1())).not.toContain(name)
      expect(names(writeAtom(feed))).toContain(name)
    }
  })

  it('writes JSON Feed 1.0 with the first author alone; ours writes 1.1 with all of them', ({
    expect,
  }) => {
    const authors = [{ name: 'Mai' }, { name: 'Tám' }]
    const feed = feedWith({ entries: [entryWith({ authors })] })
    const their: unknown = JSON.parse(theirs(feed).json1())
    const our: unknown = JSON.parse(writeJson(feed))
    expect(their).toMatchObject({
      version: 'https://jsonfeed.org/version/1',
      items: [{ author: { name: 'Mai' } }],
    })
    expect(theirs(feed).json1()).not.toContain('Tám')
    expect(our).toMatchObject({
      version: 'https://jsonfeed.org/version/1.1',
      items: [{ authors }],
    })
  })

  it('cannot write JSON Feed of an item whose list of authors is empty; ours can', ({ expect }) => {
    const their = theirs(feedWith())
    for (const item of their.items) item.author = []
    expect(() => their.json1()).toThrow(TypeError)
    expect(() => writeJson(feedWith({ entries: [entryWith({ authors: [] })] }))).not.toThrow()
  })

  it('writes an empty description for a feed that has none, and the time of day for one without a date', ({
    expect,
  }) => {
    const their = new TheirFeed({ id: 'urn:x:1', title: 'T', link: 'https://loa.example/' })
    const channel = childOf(parseXml(their.rss2()), 'channel')
    expect(textOf(channel, 'description')).toBe('')
    const age = Date.now() - Date.parse(textOf(channel, 'lastBuildDate') ?? '')
    expect(age).toBeGreaterThanOrEqual(0)
    expect(age).toBeLessThan(60_000)
  })

  it('forgets what the publisher’s clock said; ours keeps it in all three formats', ({
    expect,
  }) => {
    // 01:30 on the 19th in Hanoi is still the 18th in UTC.
    const publishedAt = Date.parse('2026-11-19T01:30:00+07:00') / 1000
    const feed = feedWith({ entries: [entryWith({ publishedAt, utcOffsetMinutes: 420 })] })
    expect(theirs(feed).rss2()).toContain('<pubDate>Wed, 18 Nov 2026 18:30:00 GMT</pubDate>')
    expect(writeRss(feed)).toContain('<pubDate>Thu, 19 Nov 2026 01:30:00 +0700</pubDate>')
    expect(theirs(feed).atom1()).toContain('<published>2026-11-18T18:30:00.000Z</published>')
    expect(writeAtom(feed)).toContain('<published>2026-11-19T01:30:00+07:00</published>')
    expect(writeJson(feed)).toContain('"date_published":"2026-11-19T01:30:00+07:00"')
  })
})
