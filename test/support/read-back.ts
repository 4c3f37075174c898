// What each format is to say of a feed, and what a strict reader finds it to say. Written from the
// specifications, not from the writers.

import { linkOf, type Feed, type FeedEntry } from '../../src/feeds/feed.ts'
import { childOf, childrenOf, heldByXml, textOf, type XmlElement } from './xml.ts'

/** Every string without what XML cannot hold; one of which nothing is left is absent. */
export function inXml<T>(value: T): T
export function inXml(value: unknown): unknown {
  if (typeof value === 'string') return heldByXml(value) || null
  if (Array.isArray(value)) return value.map((one: unknown) => inXml(one))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, inXml(one)]))
}

export function saidInRss(given: Feed) {
  const { title, description, pageUrl, language, rights, license, icon, updatedAt, links } = given
  return {
    title,
    description,
    pageUrl,
    language,
    rights,
    license,
    updatedAt,
    image: icon === null ? null : { url: icon, title, link: pageUrl },
    links: relations(links),
    items: given.entries.map((one) => ({
      title: one.title,
      url: one.url,
      guid: one.guid,
      publishedAt: one.publishedAt,
      isPermaLink: String(one.guid === one.url),
      authors: one.authors.map(({ name }) => name),
      topics: one.topics.map((topic) => ({
        name: topic.name,
        domain: `${given.topicsUrl}/${encodeURIComponent(topic.slug.toWellFormed())}`,
      })),
      // RSS 2.0: a description is HTML; plain text as HTML.
      summary: one.summary ? asHtml(one.summary) : null,
      body: one.contentHtml || null,
      enclosure: firstSized(one),
      media: mediaOf(one),
      source: given.isAggregate ? { title: one.source.title, url: one.source.feedUrl } : null,
      via: one.via,
      language: one.language === language ? null : one.language,
      rights: one.rights === rights ? null : one.rights,
      license: one.license === license ? null : one.license,
    })),
  }
}

/** Plain text as HTML that shows it. */
export function asHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

function firstSized({ attachments }: FeedEntry) {
  const file = attachments.find(({ sizeBytes }) => sizeBytes !== undefined)
  return file ? { url: file.url, length: file.sizeBytes, type: file.mimeType } : null
}

type Media = {
  url: string
  medium: string | null
  type: string | null
  fileSize: number | null
  width: number | null
  height: number | null
  duration: number | null
  title: string | null
  description: string | null
  credit: string | null
}

function mediaOf({ image: picture, attachments }: FeedEntry): Media[] {
  const pictures = picture === null ? [] : [picture]
  return [
    ...pictures.map(({ url, mimeType, sizeBytes, width, height, caption, alt, credit }) => ({
      url,
      medium: 'image',
      type: mimeType ?? null,
      fileSize: sizeBytes ?? null,
      width: width ?? null,
      height: height ?? null,
      duration: null,
      title: caption ?? null,
      description: alt ?? null,
      credit: credit ?? null,
    })),
    ...attachments.map(({ url, mimeType, sizeBytes, durationSeconds, title }) => ({
      url,
      medium: null,
      type: mimeType,
      fileSize: sizeBytes ?? null,
      width: null,
      height: null,
      duration: durationSeconds ?? null,
      title: title ?? null,
      description: null,
      credit: null,
    })),
  ]
}

export function readRss(rss: XmlElement): ReturnType<typeof saidInRss> {
  const channel = childOf(rss, 'channel')
  const picture = childrenOf(channel, 'image')[0]
  return {
    title: requiredText(channel, 'title'),
    description: requiredText(channel, 'description'),
    pageUrl: requiredText(channel, 'link'),
    language: textOf(channel, 'language'),
    rights: textOf(channel, 'copyright'),
    license: textOf(channel, 'creativeCommons:license'),
    updatedAt: secondsOf(requiredText(channel, 'lastBuildDate')),
    image: picture
      ? {
          url: requiredText(picture, 'url'),
          title: requiredText(picture, 'title'),
          link: requiredText(picture, 'link'),
        }
      : null,
    links: childrenOf(channel, 'atom:link').map(readLink),
    items: childrenOf(channel, 'item').map(readItem),
  }
}

function readItem(item: XmlElement): ReturnType<typeof saidInRss>['items'][number] {
  const enclosure = childrenOf(item, 'enclosure')[0]
  const source = childrenOf(item, 'source')[0]
  const via = childrenOf(item, 'atom:link').find(({ attributes }) => attributes['rel'] === 'via')
  return {
    title: requiredText(item, 'title'),
    url: requiredText(item, 'link'),
    guid: requiredText(item, 'guid'),
    isPermaLink: childOf(item, 'guid').attributes['isPermaLink'] ?? '',
    publishedAt: secondsOf(requiredText(item, 'pubDate')),
    authors: childrenOf(item, 'dc:creator').map((creator) => creator.text),
    topics: childrenOf(item, 'category').map(({ text: name, attributes }) => ({
      name,
      domain: attributes['domain'] ?? '',
    })),
    summary: textOf(item, 'description'),
    body: textOf(item, 'content:encoded'),
    enclosure: enclosure
      ? {
          url: enclosure.attributes['url'] ?? '',
          length: Number(enclosure.attributes['length']),
          type: enclosure.attributes['type'] ?? '',
        }
      : null,
    media: childrenOf(item, 'media:content').map(readMedia),
    source: source ? { title: source.text, url: source.attributes['url'] ?? '' } : null,
    via: via ? { title: via.attributes['title'] ?? '', url: via.attributes['href'] ?? '' } : null,
    language: textOf(item, 'dc:language'),
    rights: textOf(item, 'dc:rights'),
    license: textOf(item, 'creativeCommons:license'),
  }
}

function readMedia(media: XmlElement): Media {
  const { url = '', medium = null, type = null } = media.attributes
  const number = (name: string) => numberOrNull(media.attributes[name])
  return {
    url,
    medium,
    type,
    fileSize: number('fileSize'),
    width: number('width'),
    height: number('height'),
    duration: number('duration'),
    title: textOf(media, 'media:title'),
    description: textOf(media, 'media:description'),
    credit: textOf(media, 'media:credit'),
  }
}

export function saidInAtom(given: Feed) {
  const { id, title, description, updatedAt, language, rights, icon, author, license } = given
  return {
    id,
    title,
    description,
    updatedAt,
    language,
    rights,
    icon,
    authors: [author],
    links: [
      { rel: 'alternate', href: given.pageUrl },
      ...relations(given.links),
      ...licenseLink(license),
    ],
    deleted: given.deleted,
    entries: given.entries.map((one) => ({
      guid: one.guid,
      title: one.title,
      url: one.url,
      summary: one.summary || null,
      body: one.contentHtml || null,
      publishedAt: one.publishedAt,
      updatedAt: one.updatedAt,
      authors: one.authors.map(({ name, url = null }) => ({ name, url })),
      topics: one.topics.map(({ slug, name }) => ({ term: slug, scheme: given.topicsUrl, name })),
      language: one.language === language ? null : one.language,
      rights: one.rights === rights ? null : one.rights,
      license: one.license === license ? [] : licenseLink(one.license),
      via: one.via,
      files: filesOf(one),
      source: given.isAggregate
        ? {
            id: one.source.id,
            title: one.source.title,
            updatedAt: one.updatedAt,
            authors: [{ name: one.source.title, url: one.source.homePageUrl }],
            links: [{ rel: 'self', href: one.source.feedUrl }],
          }
        : null,
    })),
  }
}

function licenseLink(href: string | null) {
  return href === null ? [] : [{ rel: 'license', href }]
}

function filesOf({ image: picture, attachments }: FeedEntry) {
  const pictures = picture === null ? [] : [picture]
  return [
    ...attachments.map(({ url, mimeType, sizeBytes, title }) => ({
      url,
      type: mimeType,
      length: sizeBytes ?? null,
      title: title ?? null,
    })),
    ...pictures.map(({ url, mimeType, sizeBytes, caption, alt }) => ({
      url,
      type: mimeType ?? null,
      length: sizeBytes ?? null,
      title: caption ?? alt ?? null,
    })),
  ]
}

export function readAtom(atom: XmlElement): ReturnType<typeof saidInAtom> {
  return {
    id: requiredText(atom, 'atom:id'),
    title: requiredText(atom, 'atom:title'),
    description: requiredText(atom, 'atom:subtitle'),
    updatedAt: secondsOf(requiredText(atom, 'atom:updated')),
    language: atom.attributes['xml:lang'] ?? null,
    rights: textOf(atom, 'atom:rights'),
    icon: textOf(atom, 'atom:icon'),
    authors: childrenOf(atom, 'atom:author').map(readNamedAndLinked),
    links: childrenOf(atom, 'atom:link').map(readLink),
    deleted: childrenOf(atom, 'at:deleted-entry').map((deleted) => ({
      guid: deleted.attributes['ref'] ?? '',
      deletedAt: secondsOf(deleted.attributes['when'] ?? ''),
      note: textOf(deleted, 'at:comment'),
    })),
    entries: childrenOf(atom, 'atom:entry').map(readEntry),
  }
}

function readEntry(one: XmlElement): ReturnType<typeof saidInAtom>['entries'][number] {
  const linksOf = (name: string) =>
    childrenOf(one, 'atom:link').filter(({ attributes }) => attributes['rel'] === name)
  const source = childrenOf(one, 'atom:source')[0]
  const via = linksOf('via')[0]
  return {
    guid: requiredText(one, 'atom:id'),
    title: requiredText(one, 'atom:title'),
    summary: textOf(one, 'atom:summary'),
    body: textOf(one, 'atom:content'),
    publishedAt: secondsOf(requiredText(one, 'atom:published')),
    updatedAt: secondsOf(requiredText(one, 'atom:updated')),
    url: linksOf('alternate')[0]?.attributes['href'] ?? '',
    authors: childrenOf(one, 'atom:author').map((author) => ({
      name: requiredText(author, 'atom:name'),
      url: textOf(author, 'atom:uri'),
    })),
    topics: childrenOf(one, 'atom:category').map(({ attributes }) => ({
      term: attributes['term'] ?? '',
      scheme: attributes['scheme'] ?? '',
      name: attributes['label'] ?? '',
    })),
    language: one.attributes['xml:lang'] ?? null,
    rights: textOf(one, 'atom:rights'),
    license: linksOf('license').map(readLink),
    via: via ? { title: via.attributes['title'] ?? '', url: via.attributes['href'] ?? '' } : null,
    files: linksOf('enclosure').map(({ attributes }) => ({
      url: attributes['href'] ?? '',
      type: attributes['type'] ?? null,
      length: numberOrNull(attributes['length']),
      title: attributes['title'] ?? null,
    })),
    source: source
      ? {
          id: requiredText(source, 'atom:id'),
          title: requiredText(source, 'atom:title'),
          updatedAt: secondsOf(requiredText(source, 'atom:updated')),
          authors: childrenOf(source, 'atom:author').map(readNamedAndLinked),
          links: childrenOf(source, 'atom:link').map(readLink),
        }
      : null,
  }
}

function readNamedAndLinked(author: XmlElement) {
  return { name: requiredText(author, 'atom:name'), url: requiredText(author, 'atom:uri') }
}

type Relation = { rel: string; href: string }

function relations(links: Feed['links']): Relation[] {
  return links.map(({ rel, href }) => ({ rel, href }))
}

function readLink({ attributes }: XmlElement): Relation {
  return { rel: attributes['rel'] ?? '', href: attributes['href'] ?? '' }
}

export function saidInJson(given: Feed) {
  const hub = linkOf(given, 'hub')
  return present({
    version: 'https://jsonfeed.org/version/1.1',
    title: given.title,
    home_page_url: given.pageUrl,
    feed_url: linkOf(given, 'self'),
    next_url: linkOf(given, 'prev-archive'),
    description: given.description,
    icon: given.icon,
    authors: [given.author],
    language: given.language,
    hubs: hub === null ? null : [{ type: 'WebSub', url: hub }],
    _loa: present({
      current_url: linkOf(given, 'current'),
      rights: given.rights,
      license: given.license,
      retracted: given.deleted.map(({ guid, deletedAt, note }) =>
        present({ id: guid, date_retracted: dateTime(deletedAt, 0), note })
      ),
    }),
    items: given.entries.map((one) => saidInJsonItem(given, one)),
  })
}

function saidInJsonItem(given: Feed, one: FeedEntry) {
  const { url, alt, caption, credit, width, height, mimeType, sizeBytes } = one.image ?? {}
  return {
    id: one.guid,
    url: one.url,
    title: one.title,
    content_html: one.contentHtml,
    date_published: dateTime(one.publishedAt, one.utcOffsetMinutes),
    date_modified: dateTime(one.updatedAt, one.utcOffsetMinutes),
    ...present({
      summary: one.summary || null,
      image: url,
      authors: one.authors,
      tags: one.topics.map(({ name }) => name),
      language: one.language === given.language ? null : one.language,
      attachments: one.attachments.map((file) =>
        present({
          url: file.url,
          mime_type: file.mimeType,
          title: file.title,
          size_in_bytes: file.sizeBytes,
          duration_in_seconds: file.durationSeconds,
        })
      ),
      _loa: present({
        source: given.isAggregate
          ? {
              title: one.source.title,
              url: one.source.homePageUrl,
              feed_url: one.source.feedUrl,
            }
          : null,
        via: one.via,
        rights: one.rights === given.rights ? null : one.rights,
        license: one.license === given.license ? null : one.license,
        image: present({
          alt,
          caption,
          credit,
          width,
          height,
          mime_type: mimeType,
          size_in_bytes: sizeBytes,
        }),
        corrections: one.corrections.map(({ correctedAt, text }) => ({
          date: dateTime(correctedAt, 0),
          text,
        })),
      }),
    }),
  }
}

/** The members that have a value; null when none has, so that nothing is said of nothing. */
function present(members: Record<string, unknown>): Record<string, unknown> | null {
  const kept = Object.entries(members).filter(
    ([name, value]) =>
      value !== null &&
      value !== undefined &&
      (name === 'items' || !Array.isArray(value) || value.length > 0)
  )
  return kept.length === 0 ? null : Object.fromEntries(kept)
}

/** RFC 3339, written another way than the writers do: by hand, from the parts of the clock. */
function dateTime(moment: number, offsetMinutes: number): string {
  const local = new Date((moment + offsetMinutes * 60) * 1000)
  const two = (value: number) => String(value).padStart(2, '0')
  const day = `${String(local.getUTCFullYear()).padStart(4, '0')}-${two(local.getUTCMonth() + 1)}-${two(local.getUTCDate())}`
  const time = `${two(local.getUTCHours())}:${two(local.getUTCMinutes())}:${two(local.getUTCSeconds())}`
  if (offsetMinutes === 0) return `${day}T${time}Z`
  const [hours, minutes] = [Math.trunc(Math.abs(offsetMinutes) / 60), Math.abs(offsetMinutes) % 60]
  return `${day}T${time}${offsetMinutes < 0 ? '-' : '+'}${two(hours)}:${two(minutes)}`
}

function secondsOf(date: string): number {
  return Date.parse(date) / 1000
}

function numberOrNull(value: string | undefined): number | null {
  return value === undefined ? null : Number(value)
}

function requiredText(element: XmlElement, name: string): string {
  return childOf(element, name).text
}
