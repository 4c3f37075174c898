// A pure Feed for the writers: a test says what matters to it, the rest is plain and nothing optional.

import type { EntrySource, Feed, FeedEntry } from '../../src/feeds/feed.ts'

/** 2026-11-18T09:46:40Z: when the feed and its entries were last changed, unless a test says so. */
export const updatedAt = 1_794_995_200

/** 2026-11-18T07:00:00Z: when its entries were published. */
export const publishedAt = 1_794_985_200

export function sourceWith(fields: Partial<EntrySource> = {}): EntrySource {
  return {
    id: 'urn:uuid:7d1f3a52-6f0e-5c1b-9a54-0d2b8e5c7a10',
    title: 'Báo Hải Đăng',
    homePageUrl: 'https://haidang.example/',
    feedUrl: 'https://loa.example/sources/hai-dang/feed.atom',
    ...fields,
  }
}

/** The guid and the URL are made of the uuid, so that two entries need only differ in that. */
export function entryWith(fields: Partial<FeedEntry> = {}): FeedEntry {
  const uuid = fields.uuid ?? '0b8a4c5e-2f6d-5e3a-8c17-3f9d2a6b4e01'
  return {
    uuid,
    guid: `urn:uuid:${uuid}`,
    url: `https://haidang.example/tin/${uuid}`,
    title: 'Ngọn hải đăng mở cửa đón khách',
    summary: 'Từ hôm nay, ai cũng có thể lên đỉnh tháp.',
    contentHtml: '<p>Từ hôm nay, ai cũng có thể lên đỉnh tháp.</p>',
    language: 'vi',
    publishedAt,
    utcOffsetMinutes: 0,
    expiresAt: null,
    updatedAt,
    corrections: [],
    authors: [],
    topics: [],
    image: null,
    attachments: [],
    via: null,
    rights: null,
    license: null,
    source: sourceWith(),
    ...fields,
  }
}

export function feedWith(fields: Partial<Feed> = {}): Feed {
  return {
    id: 'urn:uuid:7d1f3a52-6f0e-5c1b-9a54-0d2b8e5c7a10',
    title: 'Báo Hải Đăng',
    description: 'Tin từ ngọn hải đăng',
    updatedAt,
    language: 'vi',
    icon: null,
    rights: null,
    license: null,
    author: { name: 'Báo Hải Đăng', url: 'https://haidang.example/' },
    isAggregate: false,
    pageUrl: 'https://loa.example/sources/hai-dang',
    topicsUrl: 'https://loa.example/topics',
    links: [{ rel: 'self', href: 'https://loa.example/sources/hai-dang/feed.atom' }],
    isArchive: false,
    isSummary: false,
    entries: [entryWith()],
    deleted: [],
    ...fields,
  }
}
