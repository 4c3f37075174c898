// How fast a document is written, without any server: our writers and the `feed` package, on the same
// articles, in this process.

import { Feed as TheirFeed } from 'feed'

import { parseFeedUrl } from '../../src/feeds/address.ts'
import { findDocument, loadDocument } from '../../src/feeds/document.ts'
import type { Feed } from '../../src/feeds/feed.ts'
import { formats } from '../../src/feeds/formats.ts'
import { median, table, whole } from './report.ts'
import type { Stage } from './stage.ts'

const site = { origin: 'https://loa.example', title: 'Loa', description: 'Everything' }
const roundMs = 100

export async function raceWriters({ db }: Stage, rounds: number): Promise<string> {
  const address = parseFeedUrl(new URL(`${site.origin}/sources/nguon-0/feed.rss`))
  const state = address && (await findDocument(db, address))
  if (state === null || typeof state === 'string') throw new Error(`no feed: ${state}`)
  const feed = await loadDocument(db, state, site)
  const rows = formats.map(({ name, extension, write }) => {
    const theirs = theirWriters[extension]
    const runs = Array.from({ length: rounds + 1 }, () => {
      const ours = timesASecond(() => write(feed))
      return { ours, ratio: ours / timesASecond(() => theirs(theirFeed(feed))) }
    }).slice(1)
    const ratios = runs.map((run) => run.ratio)
    const spread = `${Math.min(...ratios).toFixed(1)}–${Math.max(...ratios).toFixed(1)}`
    const perSecond = whole(median(runs.map((run) => run.ours)))
    const bytes = whole(Buffer.byteLength(write(feed)))
    return [name, `${median(ratios).toFixed(1)} (${spread})`, perSecond, bytes]
  })
  const titles = [
    `${feed.entries.length} articles as`,
    'ratio to `feed` (spread)',
    'documents/s',
    'bytes',
  ]
  return table(titles, rows)
}

function timesASecond(work: () => string): number {
  const begun = performance.now()
  let times = 0
  while (performance.now() - begun < roundMs) {
    if (work().length === 0) throw new Error('an empty document')
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
