// Every feed as a subscription list, OPML 2.0. No I/O.

import type { Site } from '../lib/site.ts'
import { feedUrl, pageUrl } from './feed.ts'
import { attributesText, each, textElement } from './xml-parts.ts'

/** A feed as a list names it: what it is of, by title; null where it is of all. */
export type ListedFeed = {
  readonly path: string
  readonly source: string | null
  readonly topic: string | null
  readonly language: string | null
}

/** The feeds in groups: of everything, of the sources, of the topics, of each source's topics. */
export function writeOpml(feeds: readonly ListedFeed[], site: Site): string {
  const everything = feeds.filter((feed) => feed.source === null && feed.topic === null)
  const sources = feeds.filter((feed) => feed.source !== null && feed.topic === null)
  const topics = feeds.filter((feed) => feed.source === null && feed.topic !== null)
  const both = feeds.filter((feed) => feed.source !== null && feed.topic !== null)
  const bySource = Map.groupBy(both, (feed) => feed.source ?? '')
  return `<?xml version="1.0" encoding="utf-8"?>
<opml version="2.0">
<head>
${textElement('title', site.title)}${textElement('docs', 'https://opml.org/spec2.opml')}</head>
<body>
${each(everything, (feed) => outline(feed, site))}${group('Sources', sources, site)}${group('Topics', topics, site)}${each(
    [...bySource],
    ([source, ofSource]) => group(source, ofSource, site)
  )}</body>
</opml>
`
}

function group(text: string, feeds: readonly ListedFeed[], site: Site): string {
  if (feeds.length === 0) return ''
  return `<outline${attributesText({ text })}>\n${each(feeds, (feed) => outline(feed, site))}</outline>\n`
}

// OPML 2.0: the type is "rss" whatever the format; text and xmlUrl are required.
function outline({ path, source, topic, language }: ListedFeed, site: Site): string {
  const title = [source, topic].filter(Boolean).join(': ') || site.title
  const attributes = attributesText({
    text: title,
    title,
    type: 'rss',
    version: 'RSS2',
    xmlUrl: feedUrl(site.origin, path, 'rss'),
    htmlUrl: pageUrl(site.origin, path),
    language,
  })
  return `<outline${attributes}/>\n`
}
