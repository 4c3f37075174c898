// Feeds with anything in any field.

import type { Feed, FeedEntry } from '../../src/feeds/feed.ts'
import * as fc from './fast-check.ts'
import { heldByXml } from './xml.ts'

// What has broken feeds before, among characters of every kind and halves of them.
const markup = ']]> ]] <![CDATA[ &amp; &#0; & < > " \' <!-- --> <? ?> \\u \r\n é'.split(' ')
const characters = Array.from(
  ' \r\n\t\0\b\v\f\u001F\u007F\u0085\u2028\uFFFE\uFFFF\uFEFF\uD800 \uDC00\u202E🚀'
)
const hazard = fc.constantFrom(...markup, ...characters)
const codeUnit = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code))
export const text = fc
  .array(fc.oneof({ weight: 3, arbitrary: hazard }, codeUnit, fc.string({ unit: 'binary' })), {
    maxLength: 8,
  })
  .map((parts) => parts.join(''))
// What is never empty where it enters: "x" stands in when nothing of it could be written.
export const line = text.map((value) => (heldByXml(value) === '' ? `x${value}` : value))
const textOrNull = fc.option(line, { nil: null })
const size = fc.nat()
const seconds = fc.integer({ min: -2_000_000_000, max: 250_000_000_000 })
const utcOffsetMinutes = fc.integer({ min: -1439, max: 1439 })

const person = fc.record(
  { name: line, url: line, avatar: line },
  { requiredKeys: ['name'], noNullPrototype: true }
)
const image = fc.record(
  {
    url: line,
    alt: line,
    caption: line,
    credit: line,
    mimeType: line,
    width: size,
    height: size,
    sizeBytes: size,
  },
  { requiredKeys: ['url'], noNullPrototype: true }
)
const attachment = fc.record(
  { url: line, mimeType: line, title: line, sizeBytes: size, durationSeconds: size },
  { requiredKeys: ['url', 'mimeType'], noNullPrototype: true }
)
export const entry: fc.Arbitrary<FeedEntry> = fc.record({
  uuid: fc.uuid(),
  guid: line,
  url: line,
  title: line,
  summary: text,
  contentHtml: text,
  language: textOrNull,
  publishedAt: seconds,
  utcOffsetMinutes,
  expiresAt: fc.option(seconds, { nil: null }),
  updatedAt: seconds,
  corrections: fc.array(fc.record({ correctedAt: seconds, text: line }), { maxLength: 2 }),
  authors: fc.array(person, { maxLength: 3 }),
  topics: fc.array(fc.record({ slug: line, name: line }), { maxLength: 3 }),
  image: fc.option(image, { nil: null }),
  attachments: fc.array(attachment, { maxLength: 3 }),
  via: fc.option(fc.record({ title: line, url: line }), { nil: null }),
  rights: textOrNull,
  license: textOrNull,
  source: fc.record({ id: line, title: line, homePageUrl: line, feedUrl: line }),
})
const rel = fc.constantFrom('self', 'hub', 'current', 'prev-archive', 'next-archive')
export const feed: fc.Arbitrary<Feed> = fc.record({
  id: line,
  title: line,
  description: line,
  updatedAt: seconds,
  language: textOrNull,
  icon: textOrNull,
  rights: textOrNull,
  license: textOrNull,
  author: fc.record({ name: line, url: line }),
  isAggregate: fc.boolean(),
  pageUrl: line,
  topicsUrl: line,
  links: fc.array(fc.record({ rel, href: line }), { maxLength: 5 }),
  isArchive: fc.constant(false),
  isSummary: fc.constant(false),
  entries: fc.array(entry, { maxLength: 3 }),
  deleted: fc.array(fc.record({ guid: line, deletedAt: seconds, note: textOrNull }), {
    maxLength: 3,
  }),
})
