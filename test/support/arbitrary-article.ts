// Articles as any newsroom, or anybody with its secret, may post them; and what the door makes of them.

import { iriOf } from '../../src/articles/article.ts'
import type { FeedEntry } from '../../src/feeds/feed.ts'
import { cleanItem } from '../../src/ingest/clean.ts'
import { parsePost } from '../../src/ingest/payload.ts'
import { Problem } from '../../src/lib/problem.ts'
import { uuidV5 } from '../../src/lib/uuid.ts'
import { text as hazards } from './arbitrary-feed.ts'
import * as fc from './fast-check.ts'
import { entryWith } from './feed.ts'

const words =
  `Tiếng Việt ĐƯỜNG العربية «نص» עִבְרִית فارسی اردو 中文 日本語 한국어 ไทย हिन्दी தமிழ் Ελληνικά Русский ქართული አማርኛ ᠮᠣᠩᠭᠣᠯ
  𞤀𞤣𞤤𞤢𞤥 𝔘𝔫𝔦𝔠𝔬𝔡𝔢 👩‍👩‍👧‍👦 🇻🇳 ﷽ e\u0301 a\u0323\u0302 \u202Eabc\u202C \u2066x\u2069 \u200Fy \u061C1 A<B AT&T &amp; &lt;b&gt; <i>x</i> x<3 "q" 'a' ]]> <![CDATA[ {{x}}
  \\n \\ | a|b , ; %00 %E1%BB%87 \u00A0 \u200B \uFEFF \u0000 \u0008 \u0085 \uFFFD \uFFFE \uD83D`.split(
    /[ \n]+/
  )
const word = fc.constantFrom(...words)
const prose = fc
  .array(fc.oneof({ weight: 5, arbitrary: word }, hazards), { minLength: 1, maxLength: 12 })
  .map((parts) => parts.join(' '))
const short = fc.oneof(prose, word)

const tags =
  `<p> </p> <div> </div> <b> </b> <blockquote> </blockquote> <ul><li> </ul> <br> <p•dir="rtl"> <span•lang="ar"> </span>
  <a•href="/a?b=1&c=2#d"> </a> <img•src="a.jpg"•alt="x"> <img•src=//t.example/p.gif•width=1•height=1> <a•href="javascript:x()">
  <script>x()</script> <iframe•src="https://v.example/"></iframe> <svg><title> <style>p{} </style> <table><td> <pre> </pre> <!--•-->
  <video•controls•src="v.mp4"> <p•onclick="x()"•style="color:red"> <math> <noscript> </noscript>`
    .split(/[ \n]+/)
    .map((tag) => tag.replaceAll('•', ' '))
const html = fc
  .array(fc.oneof(fc.constantFrom(...tags), word, hazards), { maxLength: 30 })
  .map((parts) => parts.join(' '))

const address = fc.oneof(
  fc.constantFrom(
    'https://báo.example/đường?a=1&b=[2]',
    'https://a.example/a|b^c`d{e}?x=<y>"z"',
    'http://b.example:8080/%zz#f{g}',
    '/relative',
    'javascript:alert(1)',
    'https://u:p@c.example/'
  ),
  fc.webUrl({ withQueryParameters: true, withFragments: true })
)
const minutes = fc.integer({ min: -95, max: 95 }).map((quarters) => quarters * 15)
const date = fc
  .tuple(
    fc.oneof(fc.constant(1_794_985_200), fc.integer({ min: 86_400, max: 4_000_000_000 })),
    minutes
  )
  .map(([seconds, offset]) => {
    const local = new Date((seconds + offset * 60) * 1000).toISOString().slice(0, 19)
    const two = (value: number) => String(Math.floor(value)).padStart(2, '0')
    return `${local}${offset < 0 ? '-' : '+'}${two(Math.abs(offset) / 60)}:${two(Math.abs(offset) % 60)}`
  })
const language = fc.constantFrom('vi', 'en-GB', 'ar', 'he', 'fa-AF', 'az-Arab', 'zh-Hant-TW', 'EN')
const mediaType = fc.constantFrom(
  'audio/mpeg',
  'application/pdf',
  'video/mp4; codecs="avc1"',
  'image/svg+xml',
  'audio/mpeg;',
  'text/plain ; a'
)
const size = fc.oneof(fc.constant(0), fc.nat())

const optional = { requiredKeys: [] as [], noNullPrototype: true }
const person = fc.record({ name: short, url: address, avatar: address }, optional)
const attachment = fc.record(
  {
    url: address,
    mime_type: mediaType,
    title: short,
    size_in_bytes: size,
    duration_in_seconds: size,
  },
  { requiredKeys: ['url', 'mime_type'], noNullPrototype: true }
)
const image = fc.record(
  {
    alt: short,
    caption: short,
    credit: short,
    width: size,
    height: size,
    mime_type: fc.constantFrom('image/webp', 'jpg', 'image/', ' '),
    size_in_bytes: size,
  },
  optional
)
const extension = fc.record(
  {
    via: fc.record({ title: short, url: fc.constant('https://via.example/a?b&c') }),
    rights: short,
    license: fc.constant('https://licences.example/by/4.0/'),
    image,
  },
  optional
)

/** A JSON Feed item as it comes in. */
const item = fc.record(
  {
    id: fc.oneof(fc.uuid(), fc.webUrl(), fc.string({ unit: 'grapheme', minLength: 1 })),
    url: fc.oneof(fc.webUrl({ withQueryParameters: true, withFragments: true }), address),
    title: prose,
    content_html: html,
    content_text: prose,
    date_published: date,
    summary: prose,
    language,
    authors: fc.array(person, { maxLength: 6 }),
    tags: fc.array(short, { maxLength: 6 }),
    image: address,
    attachments: fc.array(attachment, { maxLength: 5 }),
    _loa: extension,
  },
  { requiredKeys: ['id', 'url', 'title', 'content_html', 'date_published'], noNullPrototype: true }
)

/** `count` articles as they came through the door, the same for the same seed. */
export async function articlesOf(count: number): Promise<FeedEntry[]> {
  const articles = await Promise.all(fc.sample(item, count).map(throughTheDoor))
  const byGuid = new Map(articles.filter((one) => one !== null).map((one) => [one.guid, one]))
  return inOrder([...byGuid.values()])
}

/** As a feed lists them: newest first, ties broken by guid. */
function inOrder(entries: readonly FeedEntry[]): FeedEntry[] {
  return entries.toSorted(
    (a, b) => b.publishedAt - a.publishedAt || (a.guid < b.guid ? -1 : a.guid > b.guid ? 1 : 0)
  )
}

/** What becomes of an item: null when it is refused. */
async function throughTheDoor(raw: unknown): Promise<FeedEntry | null> {
  const pointer = '/data'
  try {
    const [change] = parsePost({ type: 'article.published', data: raw }).changes
    if (change?.kind !== 'publish') return null
    const surroundings = { sourceLanguage: null, embedHosts: [], now: 1_794_985_200 }
    const clean = cleanItem({ item: change.item, pointer, raw }, surroundings)
    if (typeof clean === 'string') return null
    const uuid = await uuidV5('7d1f3a52-6f0e-5c1b-9a54-0d2b8e5c7a10', change.item.id)
    const bySlug = new Map(clean.tags.map((tag) => [tag.slug, tag]))
    return entryWith({
      ...clean.content,
      uuid,
      guid: iriOf(change.item.id) ?? `urn:uuid:${uuid}`,
      updatedAt: clean.content.publishedAt + 60,
      topics: [...bySlug.values()],
    })
  } catch (error) {
    if (error instanceof Problem) return null
    throw error
  }
}
