// Readers of other makers find in each format what the feed says, and the same in all.

import { parseAtomFeed, parseJsonFeed, parseRssFeed } from 'feedsmith'
import Parser from 'rss-parser'
import { describe, it } from 'vitest'

import { writeAtom } from '../../src/feeds/atom.ts'
import { linkOf } from '../../src/feeds/feed.ts'
import { writeJson } from '../../src/feeds/json.ts'
import { writeRss } from '../../src/feeds/rss.ts'
import { shouldBeFound, written } from '../support/expected.ts'
import { caseNames, feedCases } from '../support/feed-cases.ts'
import { entryWith, feedWith } from '../support/feed.ts'
import { inXml } from '../support/read-back.ts'
import { readers } from '../support/readers.ts'

const seconds = (date: string | undefined) => Date.parse(date ?? '') / 1000

for (const { name, extension, read } of readers) {
  describe(`${name} reading ${extension}`, () => {
    for (const caseName of caseNames) {
      it(`finds in the ${caseName} feed every entry, in order, with each of its fields`, async ({
        expect,
      }) => {
        const feed = feedCases[caseName](extension)
        const found = shouldBeFound(feed)
        // XML 1.0 cannot hold every character; JSON can.
        const expected = extension === 'json' ? found : inXml(found)
        expect(await read(written(feed, extension))).toEqual(expected)
      })
    }
  })
}

describe('all readers of all formats', () => {
  for (const caseName of ['full', 'minimal', 'empty', 'vietnamese'] as const) {
    it(`agree on the ${caseName} feed: whichever format was subscribed to, the news is the same`, async ({
      expect,
    }) => {
      const readings = await Promise.all(
        readers.map(async ({ extension, read }) => {
          const reading = await read(written(feedCases[caseName](extension), extension))
          return { ...reading, selfUrl: null }
        })
      )
      expect(new Set(readings.map((reading) => JSON.stringify(reading))).size).toBe(1)
    })
  }

  it('show a title of markup characters letter by letter, neither as markup nor cut short', async ({
    expect,
  }) => {
    const titles = ['A < B & C', 'Tom &amp; &lt;Jerry&gt;', 'x <b>y</b>', '1 &#60; 2', '<3', 'R&D;']
    const entries = titles.map((title, index) => entryWith({ uuid: `e-${index}`, title }))
    for (const { extension, read } of readers) {
      const reading = await read(written(feedWith({ entries }), extension))
      expect(reading.entries.map(({ title }) => title)).toEqual(titles)
    }
  })

  it('find no entry that was taken back', async ({ expect }) => {
    for (const { extension, read } of readers) {
      const feed = feedCases.full(extension)
      const ids = (await read(written(feed, extension))).entries.map(({ id }) => id)
      expect(ids).not.toContain(feed.deleted[0]?.guid)
      expect(ids).toHaveLength(feed.entries.length)
    }
  })
})

describe('feedsmith and rss-parser reading RSS', () => {
  const feed = feedCases.full('rss')
  const rss = parseRssFeed(writeRss(feed))

  it('find one enclosure at most: the first file whose size is known, never the image', async ({
    expect,
  }) => {
    const parsed = await new Parser().parseString(writeRss(feed))
    const file = feed.entries[0]?.attachments[1]
    expect(rss.items?.map((item) => item.enclosures)).toEqual([
      [{ url: file?.url, length: file?.sizeBytes, type: file?.mimeType }],
      undefined,
      undefined,
    ])
    expect(parsed.items.map((item) => item.enclosure?.url)).toEqual([
      file?.url,
      undefined,
      undefined,
    ])
  })

  it('find with each entry of an aggregate feed which source it is from', ({ expect }) => {
    const sources = feed.entries.map(({ source }) => ({ title: source.title, url: source.feedUrl }))
    expect(rss.items?.map((item) => item.source)).toEqual(sources)
  })

  it('find no source in the feed of a single source', ({ expect }) => {
    const own = parseRssFeed(writeRss(feedCases.vietnamese('rss')))
    expect(own.items?.map((item) => item.source)).toEqual([undefined, undefined])
  })

  it('find the size, the sort and the words of an image', ({ expect }) => {
    const image = feed.entries[0]?.image
    expect(rss.items?.[0]?.media?.contents?.[0]).toEqual({
      url: image?.url,
      medium: 'image',
      type: image?.mimeType,
      fileSize: image?.sizeBytes,
      width: image?.width,
      height: image?.height,
      title: { value: image?.caption, type: 'plain' },
      description: { value: image?.alt, type: 'plain' },
      credits: [{ value: image?.credit }],
    })
  })

  it('find language, rights and licence where an entry differs from its feed, and only there', ({
    expect,
  }) => {
    const differing = feed.entries[1]
    expect([rss.language, rss.copyright]).toEqual([feed.language, feed.rights])
    expect(rss.creativeCommons?.licenses).toEqual([feed.license])
    expect(rss.items?.map((item) => item.dc?.languages)).toEqual([
      undefined,
      [differing?.language],
      undefined,
    ])
    expect(rss.items?.map((item) => item.dc?.rights)).toEqual([
      undefined,
      [differing?.rights],
      undefined,
    ])
    expect(rss.items?.map((item) => item.creativeCommons?.licenses)).toEqual([
      undefined,
      [differing?.license],
      undefined,
    ])
  })

  it('find when the feed last changed, and how often to come back', ({ expect }) => {
    expect(seconds(rss.lastBuildDate)).toBe(feed.updatedAt)
    expect(rss.ttl).toBe(5)
  })

  it('know whether a guid is an address to open', ({ expect }) => {
    expect(rss.items?.map((item) => item.guid?.isPermaLink)).toEqual([true, false, false])
  })

  it('find the archive and the hub', ({ expect }) => {
    const links = rss.atom?.links?.map(({ rel, href }) => ({ rel, href }))
    expect(links).toEqual(feed.links)
  })
})

describe('feedsmith reading Atom', () => {
  const feed = feedCases.full('atom')
  const atom = parseAtomFeed(writeAtom(feed))

  it('finds when each entry and the feed last changed', ({ expect }) => {
    expect(seconds(atom.updated)).toBe(feed.updatedAt)
    expect(atom.entries?.map((entry) => seconds(entry.updated))).toEqual(
      feed.entries.map((entry) => entry.updatedAt)
    )
  })

  it('finds with each entry of an aggregate feed which source it is from', ({ expect }) => {
    expect(atom.entries?.map(({ source }) => [source?.id, source?.title?.value])).toEqual(
      feed.entries.map(({ source }) => [source.id, source.title])
    )
    expect(atom.entries?.map(({ source }) => source?.links?.[0]?.href)).toEqual(
      feed.entries.map(({ source }) => source.feedUrl)
    )
  })

  it('finds no source in the feed of a single source', ({ expect }) => {
    const own = parseAtomFeed(writeAtom(feedCases.vietnamese('atom')))
    expect(own.entries?.map((entry) => entry.source)).toEqual([undefined, undefined])
  })

  it('finds where the source took an article from', ({ expect }) => {
    const via = atom.entries?.[0]?.links?.find((link) => link.rel === 'via')
    expect({ title: via?.title, url: via?.href }).toEqual(feed.entries[0]?.via)
  })

  it('finds type, length and title of every file', ({ expect }) => {
    const { image, attachments = [] } = feed.entries[0] ?? {}
    const found = atom.entries?.[0]?.links?.filter((link) => link.rel === 'enclosure')
    expect(found?.map(({ type, length, title }) => [type, length, title])).toEqual([
      ...attachments.map((file) => [file.mimeType, file.sizeBytes, file.title]),
      [image?.mimeType, image?.sizeBytes, image?.caption],
    ])
  })

  it('finds the slug of a topic as its term, and of which vocabulary it is', ({ expect }) => {
    expect(atom.entries?.[0]?.categories).toEqual(
      feed.entries[0]?.topics.map(({ slug, name }) => ({
        term: slug,
        scheme: feed.topicsUrl,
        label: name,
      }))
    )
  })

  it('finds language, rights and licence where an entry differs from its feed, and only there', ({
    expect,
  }) => {
    const differing = feed.entries[1]
    const licenses = atom.entries?.map(
      (entry) => entry.links?.find((link) => link.rel === 'license')?.href
    )
    expect([atom.xml?.lang, atom.rights?.value]).toEqual([feed.language, feed.rights])
    expect(atom.links?.find((link) => link.rel === 'license')?.href).toBe(feed.license)
    expect(atom.entries?.map((entry) => entry.xml?.lang)).toEqual([
      undefined,
      differing?.language,
      undefined,
    ])
    expect(atom.entries?.map((entry) => entry.rights?.value)).toEqual([
      undefined,
      differing?.rights,
      undefined,
    ])
    expect(licenses).toEqual([undefined, differing?.license, undefined])
  })

  it('finds the page of each author who has one', ({ expect }) => {
    expect(atom.entries?.[0]?.authors?.map(({ uri }) => uri)).toEqual(
      feed.entries[0]?.authors.map(({ url }) => url)
    )
    expect(atom.authors).toEqual([{ name: feed.author.name, uri: feed.author.url }])
  })
})

describe('feedsmith reading JSON Feed', () => {
  const feed = feedCases.full('json')
  const json = parseJsonFeed(writeJson(feed))

  it('finds when each item last changed', ({ expect }) => {
    expect(json.items?.map((item) => seconds(item.date_modified))).toEqual(
      feed.entries.map((entry) => entry.updatedAt)
    )
  })

  it('finds authors with their pages and faces', ({ expect }) => {
    expect(json.items?.[0]?.authors).toEqual(feed.entries[0]?.authors)
    expect(json.authors).toEqual([feed.author])
  })

  it('finds title, size and duration of every file', ({ expect }) => {
    const found = json.items?.[0]?.attachments?.map((file) => [
      file.title,
      file.mime_type,
      file.size_in_bytes,
      file.duration_in_seconds,
    ])
    expect(found).toEqual(
      feed.entries[0]?.attachments.map((file) => [
        file.title,
        file.mimeType,
        file.sizeBytes,
        file.durationSeconds,
      ])
    )
  })

  it('finds the language where an item differs from its feed, and only there', ({ expect }) => {
    expect(json.language).toBe(feed.language)
    expect(json.items?.map((item) => item.language)).toEqual([
      undefined,
      feed.entries[1]?.language,
      undefined,
    ])
  })

  it('finds the older articles and the hub', ({ expect }) => {
    expect(json.next_url).toBe(linkOf(feed, 'prev-archive'))
    expect(json.hubs).toEqual([{ type: 'WebSub', url: linkOf(feed, 'hub') }])
  })
})
