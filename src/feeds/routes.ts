// The feeds over HTTP.

import { Hono, type Context } from 'hono'

import { evaluatePreconditions } from '../lib/conditional.ts'
import { sha256Hex } from '../lib/hmac.ts'
import { Problem } from '../lib/problem.ts'
import { siteOf } from '../lib/site.ts'
import { formatHttpDate } from '../lib/time.ts'
import { feedPath, feedUrl, pollMinutes, type FeedKey } from './feed.ts'
import { contentTypeOf, findFormat } from './formats.ts'
import { etagOf, renderFeed } from './render.ts'
import { writeOpml } from './opml.ts'
import { findFeed, listFeeds } from './store.ts'

export const feedRoutes = new Hono<{ Bindings: Env }>()

const file = ':file{feed\\.(?:rss|atom|json)}'

feedRoutes.get(`/${file}`, (c) => answer(c, { source: null, topic: null }))
feedRoutes.get(`/sources/:source/${file}`, (c) =>
  answer(c, { source: c.req.param('source'), topic: null })
)
feedRoutes.get(`/topics/:topic/${file}`, (c) =>
  answer(c, { source: null, topic: c.req.param('topic') })
)
feedRoutes.get(`/sources/:source/topics/:topic/${file}`, (c) =>
  answer(c, { source: c.req.param('source'), topic: c.req.param('topic') })
)

// A list of 10,000 feeds is some 3 MB; nobody subscribes to more.
const listedFeedsMax = 10_000

feedRoutes.get('/feeds.opml', async (c) => {
  const opml = writeOpml(await listFeeds(c.env.DB, listedFeedsMax), siteOf(c.env, c.req.url))
  const etag = `W/"${(await sha256Hex(opml)).slice(0, 32)}"`
  const headers = {
    'Cache-Control': `public, max-age=${pollMinutes * 60}`,
    ETag: etag,
    ...crossOrigin,
  }
  const precondition = evaluatePreconditions(c.req.raw.headers, { etag, lastModified: null })
  if (precondition === 'not modified') return new Response(null, { status: 304, headers })
  if (precondition === 'failed') throw preconditionFailed()
  return new Response(opml, {
    headers: { ...headers, 'Content-Type': 'text/x-opml; charset=utf-8' },
  })
})

// A page of another site may fetch feeds, and see what it needs to poll politely.
const crossOrigin = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers': 'ETag, Link',
}

// What a browser asks before it lets a page of another site send If-None-Match.
feedRoutes.on(
  'OPTIONS',
  [
    `/${file}`,
    `/sources/:source/${file}`,
    `/topics/:topic/${file}`,
    `/sources/:source/topics/:topic/${file}`,
    '/feeds.opml',
  ],
  (c) =>
    c.body(null, 204, {
      ...crossOrigin,
      Allow: 'GET, HEAD, OPTIONS',
      'Access-Control-Allow-Methods': 'GET, HEAD',
      'Access-Control-Allow-Headers': 'If-None-Match, If-Modified-Since',
      'Access-Control-Max-Age': '86400',
      'Cache-Control': 'public, max-age=86400',
    })
)

// Existence before 304: a reader of a feed that is gone must learn that it is.
async function answer(c: Context<{ Bindings: Env }>, key: FeedKey): Promise<Response> {
  const format = findFormat(c.req.param('file')?.slice('feed.'.length) ?? '')
  const path = feedPath(key)
  const state = await findFeed(c.env.DB, path)
  if (!format || !state) {
    throw new Problem('not-found', `There is no feed at ${c.req.path}.`, {
      headers: refusalHeaders,
    })
  }
  if (state.goneAt !== null) {
    throw new Problem('gone', 'The source of this feed left the wire.', { headers: refusalHeaders })
  }
  const site = siteOf(c.env, c.req.url)
  const etag = etagOf(state, format, site)
  const headers = new Headers({
    'Cache-Control': `public, max-age=${pollMinutes * 60}`,
    ETag: etag,
    'Last-Modified': formatHttpDate(state.changedAt),
    Link: `<${feedUrl(site.origin, path, format.extension)}>; rel="self"`,
    ...crossOrigin,
  })
  // What changed twice in one second has one date for both: then no date proves that a reader has the
  // later one (RFC 9110 §8.8.2.2), and it counts as changed since.
  const lastModified = state.changedAt + (state.changesInSecond > 1 ? 1 : 0)
  const precondition = evaluatePreconditions(c.req.raw.headers, { etag, lastModified })
  if (precondition === 'not modified') return new Response(null, { status: 304, headers })
  if (precondition === 'failed') throw preconditionFailed()
  headers.set('Content-Type', contentTypeOf(format))
  return new Response(await renderFeed(c.env.DB, state, format, site), { headers })
}

function preconditionFailed(): Problem {
  return new Problem('precondition-failed', 'It has another revision than the request names.')
}

// Long enough to spare the database a reader that asks for what is not there; short enough that a
// source which comes into being is seen.
const refusalHeaders = { 'Cache-Control': 'public, max-age=60' }
