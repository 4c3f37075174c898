// Feeds at the limits: nothing, everything many times over, the same second, the longest title.

import type { Feed } from '../../src/feeds/feed.ts'
import { entryWith, feedWith, publishedAt } from './feed.ts'

const uuid = (number: number) => `0b8a4c5e-2f6d-5e3a-8c17-${String(number).padStart(12, '0')}`

const longTitle = `${'Ngọn hải đăng mở cửa đón khách, '.repeat(240)}hết.`

const words =
  'Tiếng Việt|العربية|עברית|中文|日本語|한국어|ไทย|हिन्दी|Ελληνικά|Русский|አማርኛ|👩‍👩‍👧‍👦|𞤀𞤣𞤤𞤢𞤥'.split('|')

export const limitFeeds: Readonly<Record<string, Feed>> = {
  'without entries': feedWith({ entries: [] }),
  'of one entry with nothing optional': feedWith({
    language: null,
    entries: [entryWith({ summary: '', contentHtml: '', language: null })],
  }),
  'with a title of 10 kB': feedWith({ entries: [entryWith({ title: longTitle })] }),
  'with two entries of the same second': feedWith({
    entries: [1, 2].map((number) =>
      entryWith({ uuid: uuid(number), title: `Tin ${number}`, contentHtml: `<p>${number}</p>` })
    ),
  }),
  'with an entry that has fifty authors, topics and files': feedWith({
    isAggregate: true,
    entries: [
      entryWith({
        authors: fifty((number) => ({
          name: `Người viết ${number}`,
          url: `https://haidang.example/${number}`,
        })),
        topics: fifty((number) => ({ slug: `chu-de-${number}`, name: `Chủ đề ${number}` })),
        image: { url: 'https://haidang.example/anh.png', alt: 'Ảnh', mimeType: 'image/png' },
        attachments: fifty((number) => ({
          url: `https://haidang.example/tep/${number}?a=1&b=2`,
          mimeType: number % 2 ? 'audio/mpeg' : 'application/pdf',
          ...(number % 3 === 0 && { sizeBytes: number * 1000 }),
        })),
      }),
    ],
  }),
  'of fifty entries in every script': feedWith({
    isAggregate: true,
    entries: fifty((number) => {
      const word = words[number % words.length] ?? ''
      return entryWith({
        uuid: uuid(100 - number),
        title: `${word} ${number}`,
        summary: `${word}, ${word} & <${word}>`,
        contentHtml: `<p>${word} <b>${number}</b> &amp; ${word}</p>`,
        authors: [{ name: word }],
        topics: [{ slug: `t-${number}`, name: word }],
        publishedAt: publishedAt - number,
      })
    }),
  }),
}

function fifty<T>(make: (number: number) => T): T[] {
  return Array.from({ length: 50 }, (_, index) => make(index + 1))
}
