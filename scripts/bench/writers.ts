// How fast a document is written, without any server: our writers and the `feed` package, on the same
// articles, in this process. Both begin with the articles in the form they take, read beforehand, since
// filling it is no writing (the package's `addItem` only appends). A document is bytes, so both end there;
// the encoder, which is neither's, then takes much of the time, so the texts are compared too.

import { Feed as TheirFeed } from 'feed'

import { parseFeedUrl } from '../../src/feeds/address.ts'
import { findDocument, loadDocument } from '../../src/feeds/document.ts'
import type { Feed } from '../../src/feeds/feed.ts'
import { formats } from '../../src/feeds/formats.ts'
import { aim, median, spread, table, whole } from './report.ts'
import type { Stage } from './stage.ts'

const site = { origin: 'https://loa.example', title: 'Loa', description: 'Everything' }
const heatMs = 100
const target = 5

export async function raceWriters({ db }: Stage, rounds: number): Promise<string> {
  const address = parseFeedUrl(new URL(`${site.origin}/sources/nguon-0/feed.rss`))
  const state = address && (await findDocument(db, address))
  if (state === null || typeof state === 'string') throw new Error(`no feed: ${state}`)
  const feed = await loadDocument(db, state, site)
  const their = theirFeed(feed)
  const rows = formats.map(({ name, extension, write }) => {
    const ours = () => write(feed)
    const theirs = () => theirWriters[extension](their)
    // The first heat warms up.
    const race = (end: End) =>
      Array.from({ length: rounds + 1 }, () => heat(ours, theirs, end)).slice(1)
    const bytes = race(inBytes)
    const ratios = bytes.map((run) => run.ratio)
    return [
      name,
      spread(ratios, 1),
      aim(`${target}`, median(ratios) >= target),
      spread(
        race(joined).map((run) => run.ratio),
        1
      ),
      whole(median(bytes.map((run) => run.perSecond))),
      whole(inBytes(ours())),
    ]
  })
  const titles = [
    `${feed.entries.length} articles as`,
    'ratio to `feed` (spread)',
    'target',
    'as text (spread)',
    'documents/s',
    'bytes',
  ]
  return table(titles, rows)
}

type End = (text: string) => number

const encoder = new TextEncoder()

const inBytes: End = (text) => encoder.encode(text).length

// A text put together of parts is a mere rope of them, until somebody asks for a character of it.
const joined: End = (text) => text.charCodeAt(text.length - 1)

// Ours between two of theirs.
function heat(ours: () => string, theirs: () => string, end: End) {
  const before = documentsPerSecond(theirs, end)
  const perSecond = documentsPerSecond(ours, end)
  return { perSecond, ratio: (2 * perSecond) / (before + documentsPerSecond(theirs, end)) }
}

function documentsPerSecond(write: () => string, end: End): number {
  const begun = performance.now()
  let times = 0
  while (performance.now() - begun < heatMs) {
    if (!end(write())) throw new Error('an empty document')
    times++
  }
  return (times * 1000) / (performance.now() - begun)
}

const theirWriters = {
  rss: (feed: TheirFeed) => feed.rss2(),
  atom: (feed: TheirFeed) => feed.atom1(),
  json: (feed: TheirFeed) => feed.json1(),
}

// What both have a place for.
function theirFeed(feed: Feed): TheirFeed {
  const their = new TheirFeed({
    id: feed.id,
    title: feed.title,
    description: feed.description,
    link: feed.pageUrl,
    feed: `${site.origin}/feed.rss`,
    updated: new Date(feed.updatedAt * 1000),
  })
  for (const entry of feed.entries) {
    their.addItem({
      id: entry.guid,
      title: entry.title,
      link: entry.url,
      description: entry.summary,
      content: entry.contentHtml,
      date: new Date(entry.updatedAt * 1000),
      published: new Date(entry.publishedAt * 1000),
      author: entry.authors.map(({ name }) => ({ name })),
      category: entry.topics.map(({ slug, name }) => ({ name, term: slug })),
    })
  }
  return their
}
