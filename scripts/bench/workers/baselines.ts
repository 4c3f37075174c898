// What Loa is measured against, in the same process and over the same database: the same answer given out
// of a variable, or by the Cache API, the same rows read and given out as they are, the same rows written by
// the `feed` package, one row inserted.

import { Feed } from 'feed'

import { deletionsMax } from '../../../src/feeds/feed.ts'
import { selectUnarchivedAt } from '../../../src/feeds/list-store.ts'
import { selectTellingFeed } from '../../../src/feeds/store.ts'
import { runGroups } from '../../../src/lib/d1.ts'
import { encodeBody } from '../../../src/lib/encoding.ts'
import { selectSource } from '../../../src/sources/store.ts'

type Bindings = { readonly DB: D1Database }

type ArticleRow = {
  readonly guid: string
  readonly url: string
  readonly title: string
  readonly summary: string
  readonly published_at: number
  readonly updated_at: number
  readonly content_html: string
}

export default {
  async fetch(request, env): Promise<Response> {
    const { method } = request
    if (request.url.endsWith('/bytes')) {
      if (method === 'PUT') kept = await received(request)
      const answer = new Response(kept.body, { headers: kept.headers, encodeBody: 'manual' })
      if (method === 'PUT') await caches.default.put(cachedUrl, answer.clone())
      return answer
    }
    if (request.url === cachedUrl) {
      return (await caches.default.match(cachedUrl)) ?? new Response(null, { status: 404 })
    }
    const url = new URL(request.url)
    if (url.pathname === '/insert') return insert(env.DB, await request.json())
    const rows = await readRows(env.DB, url.searchParams.get('of') ?? '')
    if (url.pathname === '/package') return new Response(documentOf(rows, url))
    return url.pathname === '/rows/gzip' ? compressed(bytesOf(rows)) : new Response(bytesOf(rows))
  },
} satisfies ExportedHandler<Bindings>

async function received(request: Request): Promise<typeof kept> {
  const headers = new Headers(request.headers)
  // What every request has, and is none of the answer's.
  for (const name of ['Host', 'Connection', 'Content-Length']) headers.delete(name)
  return { headers, body: await request.arrayBuffer() }
}

const cachedUrl = 'http://baselines.example/cached'

let kept: { readonly headers: Headers; readonly body: ArrayBuffer } = {
  headers: new Headers(),
  body: new ArrayBuffer(0),
}

// The rows that Loa reads for the document of a source (src/feeds/contents.ts), by its own statements, in
// one call: the feed, its articles, the source.
async function readRows(db: D1Database, source: string): Promise<unknown[][]> {
  const path = `/sources/${source}`
  return runGroups(db, [
    [selectTellingFeed(db, path, deletionsMax)],
    [selectUnarchivedAt(db, path)],
    [selectSource(db, source)],
  ])
}

function bytesOf(rows: readonly unknown[][]): string {
  return rows
    .flat()
    .map((row) => Object.values(row ?? {}).join('\n'))
    .join('\n')
}

async function compressed(text: string): Promise<Response> {
  const body = await encodeBody(new Response(text).body, 'gzip')
  return new Response(body, { headers: { 'Content-Encoding': 'gzip' }, encodeBody: 'manual' })
}

function documentOf([, articles = []]: readonly unknown[][], { origin }: URL): string {
  const rows = (articles as ArticleRow[]).toSorted((a, b) => b.published_at - a.published_at)
  const feed = new Feed({
    id: origin,
    title: 'Loa',
    description: 'All articles of all sources on this wire',
    link: origin,
    feed: `${origin}/feed.rss`,
    updated: new Date((rows[0]?.updated_at ?? 0) * 1000),
  })
  for (const row of rows) {
    feed.addItem({
      id: row.guid,
      link: row.url,
      title: row.title,
      description: row.summary,
      content: row.content_html,
      date: new Date(row.updated_at * 1000),
      published: new Date(row.published_at * 1000),
    })
  }
  return feed.rss2()
}

async function insert(db: D1Database, article: Record<string, string>): Promise<Response> {
  const { id, url, title, content_html: body } = article
  await db
    .prepare('INSERT INTO bench_articles (id, url, title, content_html) VALUES (?1, ?2, ?3, ?4)')
    .bind(id, url, title, body)
    .run()
  return Response.json({ id }, { status: 201 })
}
