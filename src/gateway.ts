// Before the edge: what an address means is settled here, so that all its spellings have one answer there,
// and what a reader holds already, so that the edge gives only whole answers. Nothing that a person or a
// token may see passes: only what anybody gets.

import { app } from './app.ts'
import { feedAddressPath, parseFeedUrl } from './feeds/address.ts'
import { ambiguousDateField, asEncoded, findFresh, type EdgeProps } from './feeds/edge.ts'
import { feedPath } from './feeds/feed.ts'
import { feedKeyOf } from './feeds/selection.ts'
import { evaluatePreconditions } from './lib/conditional.ts'
import { preferredEncoding } from './lib/encoding.ts'
import { preferredLanguage } from './lib/language.ts'
import { Problem } from './lib/problem.ts'
import { siteOf } from './lib/site.ts'
import { epochMilliseconds, epochSeconds } from './lib/time.ts'
import { parsePageUrl } from './pages/address.ts'
import { countReader, newCounter } from './readers/count.ts'

type Asked = { readonly path: string; readonly isPage: boolean; readonly props: EdgeProps }

/** Answers a request, and counts who reads. */
export async function answer(request: Request, env: Env, ctx: ExecutionContext): Promise<Response> {
  const response = await answered(request, env, ctx)
  const path = isSeen(response) ? countedPath(request.url) : null
  if (path === null) return response
  const waitUntil = (work: Promise<unknown>) => ctx.waitUntil(work)
  countReader(request, path, { counter, db: env.DB, now: epochSeconds(), waitUntil })
  return response
}

// As long as the isolate lives.
const counter = newCounter()

function isSeen({ status }: Response): boolean {
  return status === 200 || status === 304
}

// Archives are read once, and a composed feed is one reader's own: neither is counted.
function countedPath(url: string): string | null {
  const address = parseFeedUrl(new URL(url))
  const key = address?.archive === null ? feedKeyOf(address.selection) : null
  return key && feedPath(key)
}

/** From the edge where that may be, else from the app itself. */
async function answered(request: Request, env: Env, ctx: ExecutionContext): Promise<Response> {
  const asked = askedOfEdge(request, env)
  if (!asked) return withoutEdgeFields(await app.fetch(request, env, ctx))
  const { path, isPage, props } = asked
  const hit = findFresh(path, props, epochMilliseconds())
  if (hit) {
    const fields = new Headers(hit.headers.map(([name, value]): [string, string] => [name, value]))
    fields.set('X-Cache', 'HIT')
    const found = forReader(request, {
      status: hit.status,
      fields,
      send: (init) => asEncoded(hit.body, init),
    })
    if (found) return found
  }
  // A new request: nothing of what the reader sent but the address and what the props say reaches the edge.
  const inner = new Request(props.origin + path, {
    headers: props.language === null ? {} : { 'Accept-Language': props.language },
    redirect: 'manual',
  })
  const kept = await ctx.exports.Feeds({ props }).fetch(inner)
  // What a page refuses is told to programs otherwise than to people.
  const isRefused = kept.status >= (isPage ? 400 : 500)
  const response = isRefused
    ? null
    : forReader(request, {
        status: kept.status,
        fields: new Headers(kept.headers),
        // The body passes in the coding it has.
        send: (init) => new Response(kept.body, init),
      })
  if (response) return response
  void kept.body?.cancel()
  // In the app's words, as this reader asks for them; a precondition that fails as well.
  return withoutEdgeFields(await app.fetch(request, env, ctx))
}

/** What a request asks of the edge; null when it must not be asked. */
function askedOfEdge(request: Request, env: Env): Asked | null {
  const isRead = request.method === 'GET' || request.method === 'HEAD'
  if (!isRead || request.headers.has('Authorization')) return null
  const url = new URL(request.url)
  const { origin } = siteOf(env, request.url)
  const encoding = preferredEncoding(clientAcceptEncoding(request))
  const page = parsePageUrl(url)
  const path = page ? page.path : documentPath(url)
  if (path === null) return null
  const acceptLanguage = request.headers.get('Accept-Language') ?? undefined
  const language = page && !page.isLanguageChosen ? preferredLanguage(acceptLanguage) : null
  return { path, isPage: page !== null, props: { origin, encoding, language } }
}

const lists = new Set(['/feeds.opml', '/sources.opml', '/topics.opml'])

function documentPath(url: URL): string | null {
  if (lists.has(url.pathname)) return url.pathname
  try {
    const address = parseFeedUrl(url)
    return address && feedAddressPath(address)
  } catch (error) {
    // The app says what is wrong with it.
    if (error instanceof Problem) return null
    throw error
  }
}

// Cloudflare rewrites the field on its way; what the reader sent is here.
function clientAcceptEncoding(request: Request): string | null {
  const sent: unknown = request.cf?.['clientAcceptEncoding']
  return typeof sent === 'string' ? sent : request.headers.get('Accept-Encoding')
}

// What is for the edge alone.
const edgeFields = ['Cache-Tag', 'Cloudflare-CDN-Cache-Control', ambiguousDateField]

function withoutEdgeFields(response: Response): Response {
  if (!edgeFields.some((name) => response.headers.has(name))) return response
  const clean = new Response(response.body, response)
  for (const name of edgeFields) clean.headers.delete(name)
  return clean
}

type Whole = {
  readonly status: number
  readonly fields: Headers
  readonly send: (init: ResponseInit) => Response
}

/** What this reader gets of a whole answer; null when a precondition fails. */
function forReader(request: Request, whole: Whole): Response | null {
  const { fields: headers } = whole
  const isAmbiguous = headers.has(ambiguousDateField)
  for (const name of edgeFields) headers.delete(name)
  if (whole.status === 200) headers.append('Vary', 'Accept-Encoding')
  const status = whole.status === 200 ? readerStatus(request, headers, isAmbiguous) : whole.status
  if (status === whole.status) {
    return request.method === 'HEAD'
      ? new Response(null, { status, headers })
      : whole.send({ status, headers })
  }
  if (status === 412) return null
  // RFC 9110 §15.4.5: nothing that describes the content which the reader has.
  for (const name of ['Content-Type', 'Content-Encoding', 'Content-Language', 'Content-Length'])
    headers.delete(name)
  return new Response(null, { status, headers })
}

function readerStatus(request: Request, headers: Headers, isAmbiguous: boolean): 200 | 304 | 412 {
  const date = Date.parse(headers.get('Last-Modified') ?? '')
  const lastModified = Number.isNaN(date) ? null : date / 1000 + (isAmbiguous ? 1 : 0)
  const etag = headers.get('ETag') ?? ''
  switch (evaluatePreconditions(request.headers, { etag, lastModified })) {
    case 'not modified':
      return 304
    case 'failed':
      return 412
    case 'proceed':
      return 200
  }
}
