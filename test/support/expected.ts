// What every reader should find in a feed, whatever the format.

import { linkOf, type Feed, type FeedEntry } from '../../src/feeds/feed.ts'
import { formats, type Format } from '../../src/feeds/formats.ts'
import type { FoundEntry } from './programs.ts'
import type { Reading } from './readers.ts'

type Extension = Format['extension']

export function written(feed: Feed, extension: Extension): string {
  const format = formats.find((one) => one.extension === extension)
  if (!format) throw new Error(`no format has the extension ${extension}`)
  return format.write(feed)
}

export function shouldBeFound(feed: Feed): Reading {
  return {
    title: feed.title,
    description: feed.description,
    pageUrl: feed.pageUrl,
    selfUrl: linkOf(feed, 'self'),
    entries: feed.entries.map((entry) => ({
      id: entry.guid,
      title: entry.title,
      link: entry.url,
      publishedAt: entry.publishedAt,
      authors: entry.authors.map(({ name }) => name),
      topics: entry.topics.map(({ name }) => name),
      summary: entry.summary || null,
      body: entry.contentHtml || null,
      files: filesOf(entry).toSorted(),
    })),
  }
}

/** The same, with what only some formats or readers have. */
export function shouldBeFoundIn(extension: Extension, feed: Feed) {
  const found = shouldBeFound(feed)
  return {
    ...found,
    entries: found.entries.map((entry, index): FoundEntry => {
      const given = feed.entries[index]
      if (!given) throw new Error('an entry too many')
      return {
        ...entry,
        updatedAt: extension === 'rss' ? null : given.updatedAt,
        enclosure: enclosureOf(given, extension),
      }
    }),
  }
}

function filesOf({ attachments, image }: FeedEntry): string[] {
  return [...attachments, ...(image ? [image] : [])].map(({ url }) => url)
}

// RSS must say the length of an enclosure: a file whose size nobody knows cannot be one.
function enclosureOf(entry: FeedEntry, extension: Extension): string | null {
  if (extension !== 'rss') return filesOf(entry)[0] ?? null
  return entry.attachments.find(({ sizeBytes }) => sizeBytes !== undefined)?.url ?? null
}
