// Atom 1.0 (RFC 4287) with deleted entries (RFC 6721) and archive links (RFC 5005). No I/O.

import { formatRfc3339 } from '../lib/time.ts'
import type { DeletedEntry, Feed, FeedEntry } from './feed.ts'
import { attributesText, each, emptyElement, htmlElement, textElement } from './xml-parts.ts'

export function writeAtom(feed: Feed): string {
  const namespaces =
    (feed.deleted.length > 0 ? ' xmlns:at="http://purl.org/atompub/tombstones/1.0"' : '') +
    (feed.isArchive ? ' xmlns:fh="http://purl.org/syndication/history/1.0"' : '')
  return `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"${namespaces}${attributesText({ 'xml:lang': feed.language })}>
${textElement('id', feed.id)}${textElement('title', feed.title)}${textElement('subtitle', feed.description)}${textElement('updated', formatRfc3339(feed.updatedAt))}${person('author', feed.author)}${emptyElement('link', { rel: 'alternate', type: 'text/html', href: feed.pageUrl })}${each(
    feed.links,
    (link) =>
      emptyElement('link', {
        rel: link.rel,
        type: link.rel === 'hub' ? null : 'application/atom+xml',
        href: link.href,
      })
  )}${license(feed.license)}${textElement('rights', feed.rights)}${textElement('icon', feed.icon)}<generator>Loa</generator>
${feed.isArchive ? '<fh:archive/>\n' : ''}${each(feed.deleted, deletedEntry)}${each(feed.entries, (item) => entry(feed, item))}</feed>
`
}

function entry(feed: Feed, item: FeedEntry): string {
  const language = item.language === feed.language ? null : item.language
  return `<entry${attributesText({ 'xml:lang': language })}>
${textElement('id', item.guid)}${textElement('title', item.title, { type: 'text' })}${textElement('published', formatRfc3339(item.publishedAt, item.utcOffsetMinutes))}${textElement('updated', formatRfc3339(item.updatedAt, item.utcOffsetMinutes))}${emptyElement('link', { rel: 'alternate', type: 'text/html', href: item.url })}${
    item.via ? emptyElement('link', { rel: 'via', href: item.via.url, title: item.via.title }) : ''
  }${enclosures(item)}${item.license === feed.license ? '' : license(item.license)}${each(
    item.authors,
    (author) => person('author', author)
  )}${each(item.topics, (topic) =>
    emptyElement('category', { term: topic.slug, scheme: feed.topicsUrl, label: topic.name })
  )}${textElement('summary', item.summary, { type: 'text' })}${htmlElement('content', item.contentHtml, { type: 'html' })}${item.rights === feed.rights ? '' : textElement('rights', item.rights)}${feed.isAggregate ? source(item) : ''}</entry>
`
}

// RFC 4287 §4.2.11: at least id, title and updated, and the authors the entry would lose. `updated` is
// what it was when the entry was taken over; were it the source feed's own, each article would change
// with every other one of its source.
function source(item: FeedEntry): string {
  return `<source>
${textElement('id', item.source.id)}${textElement('title', item.source.title)}${textElement('updated', formatRfc3339(item.updatedAt, item.utcOffsetMinutes))}${person('author', { name: item.source.title, url: item.source.homePageUrl })}${emptyElement('link', { rel: 'self', type: 'application/atom+xml', href: item.source.feedUrl })}</source>
`
}

function person(
  element: string,
  { name, url }: { readonly name: string; readonly url?: string }
): string {
  return `<${element}>\n${textElement('name', name)}${textElement('uri', url)}</${element}>\n`
}

function license(url: string | null): string {
  return url === null ? '' : emptyElement('link', { rel: 'license', href: url })
}

function enclosures(item: FeedEntry): string {
  const image = item.image
    ? emptyElement('link', {
        rel: 'enclosure',
        type: item.image.mimeType,
        href: item.image.url,
        length: item.image.sizeBytes,
        title: item.image.caption ?? item.image.alt,
      })
    : ''
  const files = each(item.attachments, (file) =>
    emptyElement('link', {
      rel: 'enclosure',
      type: file.mimeType,
      href: file.url,
      length: file.sizeBytes,
      title: file.title,
    })
  )
  // Files first: some readers take the first enclosure for what the entry is about.
  return files + image
}

function deletedEntry(deleted: DeletedEntry): string {
  const attributes = attributesText({ ref: deleted.guid, when: formatRfc3339(deleted.deletedAt) })
  const comment = textElement('at:comment', deleted.note)
  return comment === ''
    ? `<at:deleted-entry${attributes}/>\n`
    : `<at:deleted-entry${attributes}>\n${comment}</at:deleted-entry>\n`
}
