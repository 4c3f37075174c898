// Feed readers of other makers, each giving what it found in one shape.

import { parseAtomFeed, parseJsonFeed, parseRssFeed } from 'feedsmith'
import Parser from 'rss-parser'

import type { Format } from '../../src/feeds/formats.ts'

export type Text = string | null

/** What a reader found; null for what it did not find. Moments are epoch seconds. */
export type Reading = {
  readonly title: Text
  readonly description: Text
  readonly pageUrl: Text
  readonly selfUrl: Text
  readonly entries: readonly EntryReading[]
}

export type EntryReading = {
  readonly id: Text
  readonly title: Text
  readonly link: Text
  readonly publishedAt: number | null
  readonly authors: readonly string[]
  readonly topics: readonly string[]
  readonly summary: Text
  readonly body: Text
  /** The URLs of the image and of the attached files, sorted: formats list them in other orders. */
  readonly files: readonly string[]
}

/** RSS 2.0: a description is HTML; ours is plain text written as HTML. */
function fromHtml(html: string | null | undefined): Text {
  if (html === null || html === undefined) return null
  return html.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}

export type Reader = {
  readonly name: string
  readonly extension: Format['extension']
  readonly read: (document: string) => Promise<Reading>
}

export const readers: readonly Reader[] = [
  { name: 'feedsmith', extension: 'rss', read: async (document) => feedsmithRss(document) },
  { name: 'feedsmith', extension: 'atom', read: async (document) => feedsmithAtom(document) },
  { name: 'feedsmith', extension: 'json', read: async (document) => feedsmithJson(document) },
  { name: 'rss-parser', extension: 'rss', read: rssParserRss },
  { name: 'rss-parser', extension: 'atom', read: rssParserAtom },
]

function feedsmithRss(document: string): Reading {
  const feed = parseRssFeed(document)
  return {
    title: feed.title ?? null,
    description: feed.description ?? null,
    pageUrl: feed.link ?? null,
    selfUrl: hrefOf(feed.atom?.links, 'self'),
    entries: (feed.items ?? []).map((item) => ({
      id: item.guid?.value ?? null,
      title: item.title ?? null,
      link: item.link ?? null,
      publishedAt: secondsOf(item.pubDate),
      authors: texts(item.dc?.creators),
      topics: texts(item.categories?.map((category) => category.name)),
      summary: fromHtml(item.description),
      body: item.content?.encoded ?? null,
      files: texts(item.media?.contents?.map((content) => content.url)).toSorted(),
    })),
  }
}

function feedsmithAtom(document: string): Reading {
  const feed = parseAtomFeed(document)
  return {
    title: feed.title?.value ?? null,
    description: feed.subtitle?.value ?? null,
    pageUrl: hrefOf(feed.links, 'alternate'),
    selfUrl: hrefOf(feed.links, 'self'),
    entries: (feed.entries ?? []).map((entry) => ({
      id: entry.id ?? null,
      title: entry.title?.value ?? null,
      link: hrefOf(entry.links, 'alternate'),
      publishedAt: secondsOf(entry.published),
      authors: texts(entry.authors?.map((author) => author.name)),
      topics: texts(entry.categories?.map((category) => category.label)),
      summary: entry.summary?.value ?? null,
      body: entry.content?.value ?? null,
      files: hrefsOf(entry.links, 'enclosure').toSorted(),
    })),
  }
}

function feedsmithJson(document: string): Reading {
  const feed = parseJsonFeed(document)
  return {
    title: feed.title ?? null,
    description: feed.description ?? null,
    pageUrl: feed.home_page_url ?? null,
    selfUrl: feed.feed_url ?? null,
    entries: (feed.items ?? []).map((item) => ({
      id: item.id ?? null,
      title: item.title ?? null,
      link: item.url ?? null,
      publishedAt: secondsOf(item.date_published),
      authors: texts(item.authors?.map((author) => author.name)),
      topics: texts(item.tags),
      summary: item.summary ?? null,
      body: item.content_html ?? null,
      files: texts([item.image, ...(item.attachments ?? []).map((file) => file.url)]).toSorted(),
    })),
  }
}

/** An element as xml2js, which rss-parser is built on, gives it: text alone, or with attributes. */
type Element = string | { readonly _?: string; readonly $?: Readonly<Record<string, string>> }

type RssFields = {
  creators?: Element[]
  topics?: Element[]
  media?: Element[]
  body?: Element
  description?: Element
}

async function rssParserRss(document: string): Promise<Reading> {
  const parser = new Parser<object, RssFields>({
    customFields: {
      item: [
        ['dc:creator', 'creators', { keepArray: true }],
        ['category', 'topics', { keepArray: true }],
        ['media:content', 'media', { keepArray: true }],
        ['content:encoded', 'body'],
        ['description', 'description'],
      ],
    },
  })
  const feed = await parser.parseString(document)
  return {
    title: feed.title ?? null,
    description: feed.description ?? null,
    pageUrl: feed.link ?? null,
    selfUrl: feed.paginationLinks?.self ?? null,
    entries: feed.items.map((item) => ({
      id: item.guid ?? null,
      title: item.title ?? null,
      link: item.link ?? null,
      publishedAt: secondsOf(item.isoDate),
      authors: (item.creators ?? []).map(textOf),
      topics: (item.topics ?? []).map(textOf),
      summary: fromHtml(item.description && textOf(item.description)),
      body: item.body ? textOf(item.body) : null,
      files: texts(item.media?.map((media) => attributesOf(media)['url'])).toSorted(),
    })),
  }
}

type AtomFields = {
  id?: string
  people?: { readonly name: readonly string[] }[]
  topics?: Element[]
  links?: Element[]
  published?: string
}

async function rssParserAtom(document: string): Promise<Reading> {
  const parser = new Parser<{ subtitle?: string }, AtomFields>({
    customFields: {
      feed: ['subtitle'],
      item: [
        ['author', 'people', { keepArray: true }],
        ['category', 'topics', { keepArray: true }],
        ['link', 'links', { keepArray: true }],
        ['published', 'published'],
      ],
    },
  })
  const feed = await parser.parseString(document)
  return {
    title: feed.title ?? null,
    description: feed.subtitle ?? null,
    pageUrl: feed.link ?? null,
    selfUrl: feed.feedUrl ?? null,
    entries: feed.items.map((item) => ({
      id: item.id ?? null,
      title: item.title ?? null,
      link: item.link ?? null,
      publishedAt: secondsOf(item.published),
      authors: texts(item.people?.flatMap((person) => person.name)),
      topics: texts(item.topics?.map((topic) => attributesOf(topic)['label'])),
      summary: item.summary ?? null,
      body: item.content ?? null,
      files: texts(
        item.links
          ?.map(attributesOf)
          .filter((link) => link['rel'] === 'enclosure')
          .map((link) => link['href'])
      ).toSorted(),
    })),
  }
}

type Link = { readonly rel?: string; readonly href?: string }

// RFC 4287 §4.2.7.2: without a rel a link is the alternate.
function hrefsOf(links: readonly Link[] | undefined, rel: string): string[] {
  return texts(links?.filter((link) => (link.rel ?? 'alternate') === rel).map((link) => link.href))
}

function hrefOf(links: readonly Link[] | undefined, rel: string): Text {
  return hrefsOf(links, rel)[0] ?? null
}

function textOf(element: Element): string {
  return typeof element === 'string' ? element : (element._ ?? '')
}

function attributesOf(element: Element): Readonly<Record<string, string>> {
  return typeof element === 'string' ? {} : (element.$ ?? {})
}

function texts(values: readonly (string | undefined)[] | undefined): string[] {
  return (values ?? []).filter((value) => value !== undefined)
}

function secondsOf(date: string | undefined): number | null {
  return date === undefined ? null : Date.parse(date) / 1000
}
