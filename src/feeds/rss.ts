// RSS 2.0 with the RSS Advisory Board's profile, and the modules readers know: Atom links, Content,
// Dublin Core, Media RSS, Creative Commons. No I/O.

import type { Attachment, Image } from '../articles/article.ts'
import { formatRfc822 } from '../lib/time.ts'
import { pollMinutes, type Feed, type FeedEntry } from './feed.ts'
import { attributesText, each, emptyElement, htmlElement, textElement } from './xml-parts.ts'

export function writeRss(feed: Feed): string {
  return `<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/" xmlns:creativeCommons="http://backend.userland.com/creativeCommonsRssModule"${feed.isArchive ? ' xmlns:fh="http://purl.org/syndication/history/1.0"' : ''}>
<channel>
${textElement('title', feed.title)}${textElement('link', feed.pageUrl)}${textElement('description', feed.description)}${textElement('language', feed.language)}${textElement('copyright', feed.rights)}${textElement('creativeCommons:license', feed.license)}${textElement('lastBuildDate', formatRfc822(feed.updatedAt))}${textElement('generator', 'Loa')}${textElement('ttl', pollMinutes)}${channelImage(feed)}${each(
    feed.links,
    (link) =>
      emptyElement('atom:link', {
        rel: link.rel,
        href: link.href,
        type: link.rel === 'hub' ? null : 'application/rss+xml',
      })
  )}${feed.isArchive ? '<fh:archive/>\n' : ''}${each(feed.entries, (entry) => item(feed, entry))}</channel>
</rss>
`
}

// RSS 2.0: a channel's image is a GIF, JPEG or PNG. What an address says to be something else is none.
const otherImage = /\.(?!(?:gif|jpe?g|png)$)\w+$/i

// RSS 2.0: its title and link should have the same value as the channel's.
function channelImage(feed: Feed): string {
  if (feed.icon === null || otherImage.test(URL.parse(feed.icon)?.pathname ?? '')) return ''
  return `<image>
${textElement('url', feed.icon)}${textElement('title', feed.title)}${textElement('link', feed.pageUrl)}</image>
`
}

function item(feed: Feed, entry: FeedEntry): string {
  return `<item>
${textElement('title', entry.title)}${textElement('link', entry.url)}${guid(entry)}${textElement('pubDate', formatRfc822(entry.publishedAt, entry.utcOffsetMinutes))}${
    // RSS itself has no place for where a source took an article from.
    entry.via
      ? emptyElement('atom:link', { rel: 'via', href: entry.via.url, title: entry.via.title })
      : ''
  }${each(
    entry.authors,
    // RSS's own author element must hold an e-mail address.
    (author) => textElement('dc:creator', author.name)
  )}${each(entry.topics, (topic) =>
    textElement('category', topic.name, {
      domain: `${feed.topicsUrl}/${encodeURIComponent(topic.slug.toWellFormed())}`,
    })
  )}${textElement('description', asHtml(entry.summary))}${htmlElement('content:encoded', entry.contentHtml)}${enclosure(entry.attachments)}${mediaImage(entry.image)}${each(entry.attachments, mediaFile)}${
    feed.isAggregate ? textElement('source', entry.source.title, { url: entry.source.feedUrl }) : ''
  }${entry.language === feed.language ? '' : textElement('dc:language', entry.language)}${
    entry.rights === feed.rights ? '' : textElement('dc:rights', entry.rights)
  }${entry.license === feed.license ? '' : textElement('creativeCommons:license', entry.license)}</item>
`
}

const markup: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

// RSS 2.0: a description is HTML. A summary is plain text: without this, its markup would be run by
// a partner's page, and "a < b" be cut.
function asHtml(text: string): string {
  return text.replace(/[&<>]/g, (character) => markup[character] ?? '')
}

// RSS 2.0: without the attribute a reader takes the guid for a URL.
function guid(entry: FeedEntry): string {
  return textElement('guid', entry.guid, { isPermaLink: String(entry.guid === entry.url) })
}

// RSS 2.0: url, length and type are all required; the profile: at most one an item.
function enclosure(attachments: readonly Attachment[]): string {
  const file = attachments.find((attachment) => attachment.sizeBytes !== undefined)
  if (!file) return ''
  return emptyElement('enclosure', { url: file.url, length: file.sizeBytes, type: file.mimeType })
}

function mediaImage(image: Image | null): string {
  if (!image) return ''
  const attributes = attributesText({
    url: image.url,
    medium: 'image',
    type: image.mimeType,
    fileSize: image.sizeBytes,
    width: image.width,
    height: image.height,
  })
  const parts =
    textElement('media:title', image.caption, { type: 'plain' }) +
    textElement('media:description', image.alt, { type: 'plain' }) +
    textElement('media:credit', image.credit)
  if (parts === '') return `<media:content${attributes}/>\n`
  return `<media:content${attributes}>\n${parts}</media:content>\n`
}

function mediaFile(file: Attachment): string {
  const attributes = attributesText({
    url: file.url,
    type: file.mimeType,
    fileSize: file.sizeBytes,
    duration: file.durationSeconds,
  })
  const title = textElement('media:title', file.title, { type: 'plain' })
  if (title === '') return `<media:content${attributes}/>\n`
  return `<media:content${attributes}>\n${title}</media:content>\n`
}
