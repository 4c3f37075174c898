// The feeds over HTTP.

import { Hono, type Context } from 'hono'

import { evaluatePreconditions, isConditional } from '../lib/conditional.ts'
import { sha256Hex } from '../lib/hmac.ts'
import { Problem } from '../lib/problem.ts'
import { siteOf } from '../lib/site.ts'
import { excerpt } from '../lib/text.ts'
import { formatHttpDate } from '../lib/time.ts'
import { feedAddressPath, parseFeedUrl, type FeedAddress } from './address.ts'
import {
  etagOf,
  findDocument,
  findWholeDocument,
  linkFieldOf,
  loadDocument,
  tagsOf,
  type DocumentState,
} from './document.ts'
import { ambiguousDateField, directoryTag, edgeFields } from './edge.ts'
import { pollMinutes } from './feed.ts'
import { contentTypeOf, findFormat } from './formats.ts'
import { writeOpml } from './opml.ts'
import { listFeeds } from './store.ts'

type FeedContext = Context<{ Bindings: Env }>

export const feedRoutes = new Hono<{ Bindings: Env }>()

const documents = [
  ':file{feed\\.(?:rss|atom|json)}',
  'archive/:file{[1-9]\\d*\\.(?:rss|atom|json)}',
]
const places = ['', '/sources/:source', '/topics/:topic', '/sources/:source/topics/:topic']
const feedPaths = places.flatMap((place) => documents.map((document) => `${place}/${document}`))

feedRoutes.on('GET', feedPaths, answer)

// A list of 10,000 feeds is some 3 MB; nobody subscribes to more.
const listedFeedsMax = 10_000

const lists = {
  '/feeds.opml': 'all',
  '/sources.opml': 'sources',
  '/topics.opml': 'topics',
} as const

feedRoutes.on('GET', Object.keys(lists), async (c) => {
  const [, of = 'all'] = Object.entries(lists).find(([path]) => path === c.req.path) ?? []
  const feeds = await listFeeds(c.env.DB, of, listedFeedsMax)
  const opml = writeOpml(feeds, siteOf(c.env, c.req.url))
  const etag = `W/"${(await sha256Hex(opml)).slice(0, 32)}"`
  const headers = {
    'Cache-Control': `public, max-age=${pollMinutes * 60}`,
    ETag: etag,
    ...edgeFields([directoryTag]),
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
feedRoutes.on('OPTIONS', [...feedPaths, ...Object.keys(lists)], (c) =>
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
async function answer(c: FeedContext): Promise<Response> {
  const address = parseFeedUrl(new URL(c.req.url))
  // Who holds nothing wants it all.
  const find = isConditional(c.req.raw.headers) ? findDocument : findWholeDocument
  const state = address ? await find(c.env.DB, address) : 'not found'
  if (!address || state === 'not found') throw notFound(c)
  if (state === 'gone') {
    throw new Problem('gone', 'The source of this feed left the wire.', { headers: refusalHeaders })
  }
  const site = siteOf(c.env, c.req.url)
  if (state === 'next') return redirectToCurrent(address, site.origin)
  const etag = etagOf(state, site)
  const headers = new Headers({
    'Cache-Control': `public, max-age=${maxAge(address)}`,
    ETag: etag,
    'Last-Modified': formatHttpDate(state.changedAt),
    Link: linkFieldOf(state, site),
    ...edgeFields(tagsOf(state)),
    ...crossOrigin,
  })
  const lastModified = lastModifiedOf(state)
  if (lastModified !== state.changedAt) headers.set(ambiguousDateField, '1')
  const precondition = evaluatePreconditions(c.req.raw.headers, {
    etag,
    lastModified,
  })
  if (precondition === 'not modified') return new Response(null, { status: 304, headers })
  if (precondition === 'failed') throw preconditionFailed()
  const format = findFormat(address.extension)
  if (!format) throw notFound(c)
  const feed = await loadDocument(c.env.DB, state, site)
  headers.set('Content-Type', contentTypeOf(format))
  if (feed.language !== null) headers.set('Content-Language', feed.language)
  return new Response(format.write(feed), { headers })
}

// What changed twice in one second has one date for both: then no date proves that a reader has the
// later one (RFC 9110 §8.8.2.2), and it counts as changed since.
function lastModifiedOf({ changedAt, changesInSecond }: DocumentState): number {
  return changedAt + (changesInSecond > 1 ? 1 : 0)
}

// An archive changes only when one of its articles is corrected or taken back.
const archiveMaxAge = 3600

function maxAge(address: FeedAddress): number {
  return address.archive === null ? pollMinutes * 60 : archiveMaxAge
}

// Temporary: this archive is there as soon as it is full.
function redirectToCurrent(address: FeedAddress, origin: string): Response {
  const location = origin + feedAddressPath({ ...address, archive: null })
  return new Response(null, {
    status: 307,
    headers: { Location: location, ...refusalHeaders },
  })
}

function notFound(c: FeedContext): Problem {
  return new Problem('not-found', `There is no feed at ${excerpt(c.req.path, 200)}.`, {
    headers: refusalHeaders,
  })
}

function preconditionFailed(): Problem {
  return new Problem('precondition-failed', 'It has another revision than the request names.')
}

// Long enough to spare the database a reader that asks for what is not there; short enough that a
// source which comes into being is seen.
const refusalHeaders = { 'Cache-Control': 'public, max-age=60', ...crossOrigin }
