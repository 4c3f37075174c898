// The one place that knows about caches: how an answer is kept in front of the database, and how it is
// let go. On Cloudflare that is Workers Cache, which stands before the entrypoint `Feeds` and asks it only
// for what it lacks; where there is none, answers are kept in the memory of the isolate, by the same rules.
//
// An answer says itself that it may be kept (`Cloudflare-CDN-Cache-Control`) and what it depends on
// (`Cache-Tag`).

import type { Validators } from '../lib/conditional.ts'
import { encodeBody, type Encoding } from '../lib/encoding.ts'
import { log } from '../lib/log.ts'
import { createResponseCache, type Kept } from '../lib/response-cache.ts'
import { shortHash } from '../lib/short-hash.ts'

/** What the key of an answer is made of beside its path and query: Workers Cache takes it from the props. */
export type EdgeProps = {
  /** Scheme and host, which stand in every document. */
  readonly origin: string
  readonly encoding: Encoding
  /** Of a page that is not asked for in a language. */
  readonly language: string | null
}

/** How long an answer is given again without a question, in seconds: what bounds staleness if all else fails. */
export const edgeSeconds = 300
const staleWhileRevalidateSeconds = 60
const staleIfErrorSeconds = 86_400

/** The fields that let an answer be kept, until what it depends on changes. */
export function edgeFields(tags: readonly string[]): Record<string, string> {
  return {
    // Not s-maxage, nor must-revalidate: these switch the stale directives off.
    'Cloudflare-CDN-Cache-Control': `max-age=${edgeSeconds}, stale-while-revalidate=${staleWhileRevalidateSeconds}, stale-if-error=${staleIfErrorSeconds}`,
    'Cache-Tag': tags.join(','),
  }
}

/**
 * The field by which an answer tells the gateway that its `Last-Modified` stands for several revisions: then
 * a reader that has one of that date may have an older one.
 */
export const ambiguousDateField = 'Loa-Ambiguous-Date'

// The field has at most 16 kB: so 230 tags fit, which is what the largest selection draws on.
const tagLengthMax = 60

/** A tag of a few words; what is longer ends in its hash, and two that then share one go together. */
export function asTag(text: string): string {
  if (text.length <= tagLengthMax) return text
  const hash = `~${shortHash(text).toString(36)}`
  return text.slice(0, tagLengthMax - hash.length) + hash
}

/** The tag of a feed's subscription document and whatever else shows its newest. */
export function feedTag(path: string): string {
  return asTag(`feed:${path}`)
}

/** The tag of all archives of a feed, and of whatever else shows its name alone. */
export function archiveTag(path: string): string {
  return asTag(`archive:${path}`)
}

/** The tag of what lists feeds by name. */
export const directoryTag = 'directory'

/** A whole answer, and what of it readers get. */
export type Whole = {
  readonly status: number
  readonly validators: Validators
  /** The fields that reach readers; those of memory are made once, for as often as it is asked. */
  readonly fields: () => Headers
  /** The fields of a 304 in its stead. */
  readonly notModifiedFields: () => Headers
  readonly send: (init: ResponseInit) => Response
}

/** A whole answer of the entrypoint `Feeds`. */
export function wholeOf(response: Response): Whole {
  // Its body is decoded where it is read, and coded again as the fields say: or passed as it is.
  return wholeWith(response.status, response.headers, (init) => new Response(response.body, init))
}

function wholeWith(status: number, headers: Headers, send: Whole['send']): Whole {
  const fields = () => readerFields(headers, status)
  const notModifiedFields = () => notModifiedFieldsOf(headers)
  return { status, validators: validatorsOf(headers), fields, notModifiedFields, send }
}

function validatorsOf(headers: Headers): Validators {
  const seconds = Date.parse(headers.get('Last-Modified') ?? '') / 1000
  const lastModified = seconds + (headers.has(ambiguousDateField) ? 1 : 0)
  const etag = headers.get('ETag') ?? ''
  return { etag, lastModified: Number.isNaN(lastModified) ? null : lastModified }
}

function readerFields(headers: Headers, status: number): Headers {
  const fields = new Headers(headers)
  for (const name of fieldsOfEdgeAlone) fields.delete(name)
  if (status === 200) fields.append('Vary', 'Accept-Encoding')
  return fields
}

// RFC 9110 §15.4.5: nothing that describes the content which the reader has. The hub and the address stay
// (WebSub §4), and what lets a page of another site see them.
const fieldsOfNotModified = [
  'Cache-Control',
  'ETag',
  'Last-Modified',
  'Vary',
  'Link',
  'Access-Control-Allow-Origin',
  'Access-Control-Expose-Headers',
  'X-Content-Type-Options',
  // How old it is, and where it comes from: Cloudflare's and our own.
  'Age',
  'CF-Cache-Status',
  'X-Cache',
]

function notModifiedFieldsOf(headers: Headers): Headers {
  const fields = new Headers()
  for (const name of fieldsOfNotModified) {
    const value = headers.get(name)
    if (value !== null) fields.set(name, value)
  }
  fields.append('Vary', 'Accept-Encoding')
  return fields
}

const fieldsOfEdgeAlone = ['Cache-Tag', 'Cloudflare-CDN-Cache-Control', ambiguousDateField]

/** An answer without what is for the edge alone. */
export function withoutEdgeFields(response: Response): Response {
  if (!fieldsOfEdgeAlone.some((name) => response.headers.has(name))) return response
  const clean = new Response(response.body, response)
  for (const name of fieldsOfEdgeAlone) clean.headers.delete(name)
  return clean
}

export type Render = (request: Request) => Promise<Response>

/** An answer with its body in the coding of its key: what Workers Cache keeps. */
export async function renderEncoded(
  request: Request,
  encoding: Encoding,
  render: Render
): Promise<Response> {
  const response = await render(request)
  if (!mayBeKept(response)) return response
  const headers = new Headers(response.headers)
  if (encoding === 'gzip') headers.set('Content-Encoding', 'gzip')
  return asEncoded(await encodeBody(response.body, encoding), { status: response.status, headers })
}

/** An answer whose body has the coding that its fields name already. */
function asEncoded(body: BodyInit | null, init: ResponseInit): Response {
  return new Response(body, { ...init, encodeBody: 'manual' })
}

function mayBeKept(response: Response): boolean {
  return response.status === 200 && response.headers.has('Cloudflare-CDN-Cache-Control')
}

type KeptResponse = Kept & Whole & { readonly headers: Headers; readonly body: ArrayBuffer }

// Some hundred documents of fifty long articles, of the 128 MB that an isolate has.
const memory = createResponseCache<KeptResponse>(32_000_000)
// Who asks for what is being rendered already waits for that. Bytes, since a stream belongs to the request
// it was made in.
const renders = new Map<string, Promise<Outcome>>()

type Outcome = { readonly response: KeptResponse; readonly how: 'REVALIDATED' | 'MISS' | 'STALE' }

type Circumstances = {
  readonly props: EdgeProps
  readonly render: Render
  readonly nowMs: number
  readonly waitUntil: (promise: Promise<unknown>) => void
}

/**
 * The answer to a GET without conditions, from memory, or rendered and kept. `X-Cache` says which: HIT,
 * REVALIDATED (asked again, and still the same), MISS, or STALE (it is not fresh, but asking failed).
 */
export async function answerFromMemory(
  request: Request,
  { props, render, nowMs, waitUntil }: Circumstances
): Promise<Response> {
  const { pathname, search } = new URL(request.url)
  const key = keyOf(pathname + search, props)
  const kept = memory.find(key)
  if (kept && kept.freshUntilMs > nowMs) return present(kept, 'HIT')
  // Not for one that was begun before something was invalidated.
  const renderKey = `${memory.generation()} ${key}`
  const running = renders.get(renderKey)
  if (running) return present((await running).response, 'HIT')
  const { encoding } = props
  const rendering = refresh(request, { key, kept, encoding, render, nowMs }).finally(() =>
    renders.delete(renderKey)
  )
  renders.set(renderKey, rendering)
  // Others may wait for it after whoever began it has left.
  waitUntil(rendering.catch(() => null))
  const { response, how } = await rendering
  return present(response, how)
}

/**
 * What memory has for a path and query and is fresh: so that a hit costs no call to the other entrypoint.
 * Always null where Workers Cache is, since nothing is kept here then.
 */
export function findFresh(path: string, props: EdgeProps, nowMs: number): Whole | null {
  const kept = memory.find(keyOf(path, props))
  return kept && kept.freshUntilMs > nowMs ? kept : null
}

function keyOf(path: string, { origin, encoding, language }: EdgeProps): string {
  // None of these has a space in it.
  return `${path} ${origin} ${encoding} ${language}`
}

type Refresh = {
  readonly key: string
  readonly kept: KeptResponse | null
  readonly encoding: Encoding
  readonly render: Render
  readonly nowMs: number
}

async function refresh(
  request: Request,
  { key, kept, encoding, render, nowMs }: Refresh
): Promise<Outcome> {
  const generation = memory.generation()
  const etag = kept?.validators.etag
  const headers = new Headers(request.headers)
  if (etag) headers.set('If-None-Match', etag)
  const asked = new Request(request, { headers })
  const response = await renderEncoded(asked, encoding, render)
  if (kept && response.status >= 500) return { response: kept, how: 'STALE' }
  // What was begun before something was invalidated may be older than that.
  const isCurrent = memory.generation() === generation
  const freshUntilMs = nowMs + edgeSeconds * 1000
  const isSame = kept !== null && response.status === 304
  const fresh = isSame ? { ...kept, freshUntilMs } : await asKept(response, freshUntilMs)
  if (isCurrent && (isSame || mayBeKept(response))) memory.keep(key, fresh)
  return { response: fresh, how: isSame ? 'REVALIDATED' : 'MISS' }
}

async function asKept(response: Response, freshUntilMs: number): Promise<KeptResponse> {
  const { status, headers } = response
  const body = await response.arrayBuffer()
  const tags = (headers.get('Cache-Tag') ?? '').split(',')
  const hit = wholeWith(status, marked(headers, 'HIT'), (init) => asEncoded(body, init))
  const [fields, notModifiedFields] = [hit.fields(), hit.notModifiedFields()]
  const ready = { fields: () => fields, notModifiedFields: () => notModifiedFields }
  return { ...hit, ...ready, headers, body, tags, freshUntilMs }
}

function present({ status, headers, body }: KeptResponse, how: string): Response {
  const isEmpty = status === 304 || status === 204
  return asEncoded(isEmpty ? null : body, { status, headers: marked(headers, how) })
}

function marked(headers: Headers, how: string): Headers {
  const fields = new Headers(headers)
  fields.set('X-Cache', how)
  return fields
}

/**
 * A route that writes says here what it changed, of which src/app.ts lets go, and whether the hub may have to
 * tell of it: it does where nothing is said.
 */
export type WritingRoutes = {
  Bindings: Env
  Variables: { changedTags: readonly string[]; isFollowed?: boolean }
}

/** What invalidates answers at Cloudflare: limited to five calls a minute and account, 100 tags each. */
export type Platform = {
  /** False when it is refused; null where there is no cache, and nothing to gather for one. */
  readonly invalidate: (tags: readonly string[]) => Promise<boolean | null>
  /** Gathers tags, for one call in a while. */
  readonly gather: (tags: readonly string[]) => Promise<void>
}

export const tagsPerCall = 100
// A quarter of a minute, as often as the queue hands over what it gathered (wrangler.toml).
const quietMs = 15_000
let lastCallMs = 0
// As the last call found it.
let hasCache = true

/**
 * Lets go of every answer that depends on one of these tags: in this isolate before it returns, at
 * Cloudflare at once when it has been quiet, and else with others, a little later.
 */
export async function invalidate(
  tags: readonly string[],
  platform: Platform,
  nowMs: number
): Promise<void> {
  if (tags.length === 0) return
  invalidateMemory(tags)
  try {
    const isQuiet = nowMs - lastCallMs >= quietMs && tags.length <= tagsPerCall
    if (isQuiet) {
      lastCallMs = nowMs
      const isDone = await platform.invalidate(tags).catch(() => false)
      hasCache = isDone !== null
      if (isDone) return
    }
    if (!hasCache) return
    for (let from = 0; from < tags.length; from += tagsPerCall) {
      // eslint-disable-next-line no-await-in-loop -- few, and in order
      await platform.gather(tags.slice(from, from + tagsPerCall))
    }
  } catch (error) {
    // The lifetime of what is kept bounds how stale it can get.
    log('invalidation_failed', { tags, error })
  }
}

/** Lets go of what this isolate keeps. */
export function invalidateMemory(tags: readonly string[]): void {
  memory.invalidate(tags)
}

/** For tests that change the database behind our back. */
export function forgetAll(): void {
  memory.clear()
}

/** How much is kept in memory, in bytes. */
export function keptBytes(): number {
  return memory.bytes()
}
