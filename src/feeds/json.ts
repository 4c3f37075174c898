// JSON Feed 1.1. What it has no place for stands in `_loa`, one extension for all. No I/O.

import type { Attachment, Correction, Image } from '../articles/article.ts'
import { formatRfc3339 } from '../lib/time.ts'
import { linkOf, type DeletedEntry, type Feed, type FeedEntry } from './feed.ts'

export function writeJson(feed: Feed): string {
  const hub = linkOf(feed, 'hub')
  return JSON.stringify({
    version: 'https://jsonfeed.org/version/1.1',
    title: feed.title,
    home_page_url: feed.pageUrl,
    feed_url: present(linkOf(feed, 'self')),
    description: feed.description,
    next_url: present(linkOf(feed, 'prev-archive')),
    icon: present(feed.icon),
    authors: [feed.author],
    language: present(feed.language),
    hubs: hub === null ? undefined : [{ type: 'WebSub', url: hub }],
    _loa: nonEmpty({
      archive: feed.isArchive || undefined,
      current_url: present(linkOf(feed, 'current')),
      rights: present(feed.rights),
      license: present(feed.license),
      retracted: feed.deleted.length > 0 ? feed.deleted.map(retracted) : undefined,
    }),
    items: feed.entries.map((entry) => item(feed, entry)),
  })
}

function item(feed: Feed, entry: FeedEntry) {
  return {
    id: entry.guid,
    url: entry.url,
    title: entry.title,
    // One of the two is required.
    content_html: feed.isSummary ? undefined : entry.contentHtml,
    content_text: feed.isSummary ? entry.summary : undefined,
    summary: entry.summary || undefined,
    image: entry.image?.url,
    date_published: formatRfc3339(entry.publishedAt, entry.utcOffsetMinutes),
    date_modified: formatRfc3339(entry.updatedAt, entry.utcOffsetMinutes),
    authors: entry.authors.length > 0 ? entry.authors : undefined,
    tags: entry.topics.length > 0 ? entry.topics.map((topic) => topic.name) : undefined,
    language: entry.language === feed.language ? undefined : present(entry.language),
    attachments: entry.attachments.length > 0 ? entry.attachments.map(attachment) : undefined,
    _loa: nonEmpty({
      source: feed.isAggregate
        ? {
            title: entry.source.title,
            url: entry.source.homePageUrl,
            feed_url: entry.source.feedUrl,
          }
        : undefined,
      via: present(entry.via),
      rights: entry.rights === feed.rights ? undefined : present(entry.rights),
      license: entry.license === feed.license ? undefined : present(entry.license),
      image: entry.image ? imageDetails(entry.image) : undefined,
      corrections: entry.corrections.length > 0 ? entry.corrections.map(correction) : undefined,
    }),
  }
}

function imageDetails({ alt, caption, credit, width, height, mimeType, sizeBytes }: Image) {
  return nonEmpty({
    alt,
    caption,
    credit,
    width,
    height,
    mime_type: mimeType,
    size_in_bytes: sizeBytes,
  })
}

function attachment({ url, mimeType, title, sizeBytes, durationSeconds }: Attachment) {
  return {
    url,
    mime_type: mimeType,
    title,
    size_in_bytes: sizeBytes,
    duration_in_seconds: durationSeconds,
  }
}

function correction({ correctedAt, text }: Correction) {
  return { date: formatRfc3339(correctedAt), text }
}

function retracted({ guid, deletedAt, note }: DeletedEntry) {
  return { id: guid, date_retracted: formatRfc3339(deletedAt), note: present(note) }
}

// JSON.stringify leaves out what is undefined: a member without a value is absent, never null.
function present<T>(value: T | null): T | undefined {
  return value ?? undefined
}

function nonEmpty<T extends object>(members: T): T | undefined {
  return Object.values(members).some((value) => value !== undefined) ? members : undefined
}
