// The feeds over HTTP.

import { Hono, type Context } from 'hono'

import { evaluatePreconditions } from '../lib/conditional.ts'
import { Problem } from '../lib/problem.ts'
import { siteOf } from '../lib/site.ts'
import { formatHttpDate } from '../lib/time.ts'
import { feedPath, feedUrl, pollMinutes, type FeedKey } from './feed.ts'
import { contentTypeOf, findFormat } from './formats.ts'
import { etagOf, renderFeed } from './render.ts'
import { findFeed } from './store.ts'

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
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Expose-Headers': 'ETag, Link',
  })
  // What changed twice in one second has one date for both: then no date proves that a reader has the
  // later one (RFC 9110 §8.8.2.2), and it counts as changed since.
  const lastModified = state.changedAt + (state.changesInSecond > 1 ? 1 : 0)
  const precondition = evaluatePreconditions(c.req.raw.headers, { etag, lastModified })
  if (precondition === 'not modified') return new Response(null, { status: 304, headers })
  if (precondition === 'failed') {
    throw new Problem('precondition-failed', 'The feed has another revision than the one named.')
  }
  headers.set('Content-Type', contentTypeOf(format))
  return new Response(await renderFeed(c.env.DB, state, format, site), { headers })
}

// Long enough to spare the database a reader that asks for what is not there; short enough that a
// source which comes into being is seen.
const refusalHeaders = { 'Cache-Control': 'public, max-age=60' }
