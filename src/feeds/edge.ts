// How an answer is kept in front of the database. On Cloudflare by Workers Cache, which stands before the
// entrypoint `Feeds` and asks it only for what it lacks; where there is none, by the memory of the isolate
// (./memory.ts). How it is let go stands in ./invalidate.ts.
//
// An answer says itself that it may be kept (`Cloudflare-CDN-Cache-Control`) and what it depends on
// (`Cache-Tag`). No I/O.

import type { Validators } from '../lib/conditional.ts'
import { encodeBody, type Encoding } from '../lib/encoding.ts'
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
export const staleIfErrorSeconds = 86_400

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

/** What a commit changed, of all that is kept. */
export type Change = {
  readonly tags: readonly string[]
  /** Whether something was taken back: then no answer of before is given again, even if the database fails. */
  readonly isWithdrawal: boolean
}

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

export function wholeWith(status: number, headers: Headers, send: Whole['send']): Whole {
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
export function asEncoded(body: BodyInit | null, init: ResponseInit): Response {
  return new Response(body, { ...init, encodeBody: 'manual' })
}

export function mayBeKept(response: Response): boolean {
  return response.status === 200 && response.headers.has('Cloudflare-CDN-Cache-Control')
}
