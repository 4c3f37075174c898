// Before the edge: what an address means is settled here, so that all its spellings have one answer there,
// and what a reader holds already, so that the edge gives only whole answers. Nothing that a person or a
// token may see passes: only what anybody gets.

import { app } from './app.ts'
import { feedAddressPath, parseFeedUrl, type FeedAddress } from './feeds/address.ts'
import { wholeOf, withoutEdgeFields, type Whole } from './feeds/edge.ts'
import { feedPath } from './feeds/feed.ts'
import { findFresh } from './feeds/memory.ts'
import { feedKeyOf } from './feeds/selection.ts'
import { evaluatePreconditions, isConditional } from './lib/conditional.ts'
import { preferredEncoding, type Encoding } from './lib/encoding.ts'
import { preferredLanguage } from './lib/language.ts'
import { Problem } from './lib/problem.ts'
import { siteOf } from './lib/site.ts'
import { epochMilliseconds, epochSeconds } from './lib/time.ts'
import { parsePageUrl } from './pages/address.ts'
import { countReader, newCounter } from './readers/count.ts'

/** Answers a request, and counts who reads. */
export async function answer(request: Request, env: Env, ctx: ExecutionContext): Promise<Response> {
  const { method, headers } = request
  // What a token may see is nobody else's.
  const isForAll = (method === 'GET' || method === 'HEAD') && !headers.has('Authorization')
  const address = isForAll ? addressOf(request.url, env) : null
  const response = address
    ? await answerFromEdge(request, address, env, ctx)
    : withoutEdgeFields(await app.fetch(request, env, ctx))
  const isSeen = method === 'GET' && (response.status === 200 || response.status === 304)
  if (isSeen && address !== null && address.countedPath !== null) {
    const waitUntil = (work: Promise<unknown>) => ctx.waitUntil(work)
    const deps = { counter, db: env.DB, now: epochSeconds(), waitUntil }
    countReader(request, address.countedPath, deps)
  }
  return response
}

// As long as the isolate lives.
const counter = newCounter()

/** What a URL means to the edge. */
type Address = {
  readonly origin: string
  /** The one spelling of its path and query. */
  readonly path: string
  readonly isPage: boolean
  /** Whether the answer is in the reader's language. */
  readonly isInReadersLanguage: boolean
  /** The feed whose readers are counted. */
  readonly countedPath: string | null
}

// Readers ask for the same addresses all day. What anybody can make up must not fill the memory.
const known = new Map<string, Address | null>()
const knownMax = 1000
const knownLengthMax = 300

function addressOf(requestUrl: string, env: Env): Address | null {
  const key = `${env.PUBLIC_ORIGIN} ${requestUrl}`
  const found = known.get(key)
  if (found !== undefined) return found
  const address = readAddress(requestUrl, env)
  if (key.length > knownLengthMax) return address
  if (known.size >= knownMax) known.clear()
  known.set(key, address)
  return address
}

/** Null when the edge has no such thing. */
function readAddress(requestUrl: string, env: Env): Address | null {
  const url = new URL(requestUrl)
  const { origin } = siteOf(env, requestUrl)
  const page = parsePageUrl(url)
  if (page) {
    const { path, isLanguageChosen } = page
    const isInReadersLanguage = !isLanguageChosen
    return { origin, path, isPage: true, isInReadersLanguage, countedPath: null }
  }
  const document = { origin, isPage: false, isInReadersLanguage: false }
  if (lists.has(url.pathname)) return { ...document, path: url.pathname, countedPath: null }
  const feed = readFeedUrl(url)
  if (!feed) return null
  // Archives are read once, and a composed feed is one reader's own: neither is counted.
  const feedKey = feed.archive === null ? feedKeyOf(feed.selection) : null
  const countedPath = feedKey && feedPath(feedKey)
  return { ...document, path: feedAddressPath(feed), countedPath }
}

const lists = new Set(['/feeds.opml', '/sources.opml', '/topics.opml'])

function readFeedUrl(url: URL): FeedAddress | null {
  try {
    return parseFeedUrl(url)
  } catch (error) {
    // The app says what is wrong with it.
    if (error instanceof Problem) return null
    throw error
  }
}

/** From the edge where it has an answer for everybody, else from the app itself. */
async function answerFromEdge(
  request: Request,
  { origin, path, isPage, isInReadersLanguage }: Address,
  env: Env,
  ctx: ExecutionContext
): Promise<Response> {
  const acceptLanguage = request.headers.get('Accept-Language') ?? undefined
  const language = isInReadersLanguage ? preferredLanguage(acceptLanguage) : null
  const nowMs = epochMilliseconds()
  // Both codings have the same validators: who holds it is not asked which of them it takes, since for that
  // the runtime parses all that Cloudflare says of a request.
  const held = isConditional(request.headers)
    ? findFresh(path, { origin, encoding: 'gzip', language }, nowMs)
    : null
  if (held && isHeld(request, held)) return notModified(held)
  const props = { origin, encoding: encodingFor(request), language }
  const hit = findFresh(path, props, nowMs)
  const found = hit && forReader(request, hit)
  if (found) return found
  // A new request: nothing of what the reader sent but the address and what the props say reaches the edge.
  const inner = new Request(origin + path, {
    headers: language === null ? {} : { 'Accept-Language': language },
    redirect: 'manual',
  })
  const kept = await ctx.exports.Feeds({ props }).fetch(inner)
  const isInOtherWords = kept.status >= (isPage ? 400 : 500) && isToldToPeople(request, kept)
  const response = isInOtherWords ? null : forReader(request, wholeOf(kept))
  if (response) return response
  void kept.body?.cancel()
  // In the app's words, as this reader asks for them; a precondition that fails as well.
  return withoutEdgeFields(await app.fetch(request, env, ctx))
}

/** Whether a refusal that was made for programs goes to a person, who gets a page. */
function isToldToPeople(request: Request, refusal: Response): boolean {
  const isForPrograms = refusal.headers.get('Content-Type')?.startsWith('application/problem+json')
  return isForPrograms === true && (request.headers.get('Accept') ?? '').includes('text/html')
}

function encodingFor(request: Request): Encoding {
  // Cloudflare rewrites the field on its way; what the reader sent is here.
  const sent: unknown = request.cf?.['clientAcceptEncoding']
  return preferredEncoding(typeof sent === 'string' ? sent : request.headers.get('Accept-Encoding'))
}

function isHeld({ headers }: Request, { status, validators }: Whole): boolean {
  return status === 200 && evaluatePreconditions(headers, validators) === 'not modified'
}

/** What this reader gets of a whole answer; null when a precondition fails. */
function forReader(request: Request, whole: Whole): Response | null {
  const { status, validators } = whole
  const precondition =
    status === 200 ? evaluatePreconditions(request.headers, validators) : 'proceed'
  if (precondition === 'failed') return null
  if (precondition === 'not modified') return notModified(whole)
  const init = { status, headers: whole.fields() }
  return request.method === 'HEAD' ? new Response(null, init) : whole.send(init)
}

function notModified(whole: Whole): Response {
  return new Response(null, { status: 304, headers: whole.notModifiedFields() })
}
