// The edge where Workers Cache is not: answers kept in the memory of the isolate, by the same rules.

import { log } from '../lib/log.ts'
import { createResponseCache, type Kept } from '../lib/response-cache.ts'
import {
  asEncoded,
  edgeSeconds,
  mayBeKept,
  renderEncoded,
  staleIfErrorSeconds,
  wholeWith,
  type EdgeProps,
  type Render,
  type Whole,
} from './edge.ts'

type KeptResponse = Kept &
  Whole & {
    readonly headers: Headers
    readonly body: ArrayBuffer
    /** Until when it is better than a failure. */
    readonly staleUntilMs: number
  }

// Some hundred documents of fifty long articles, of the 128 MB that an isolate has.
const memory = createResponseCache<KeptResponse>(32_000_000)
// Who asks for what is being rendered already waits for that. Bytes, since a stream belongs to the request
// it was made in.
const renders = new Map<string, Promise<Outcome>>()

type Outcome = { readonly response: KeptResponse; readonly how: 'REVALIDATED' | 'MISS' | 'STALE' }

// Longer than any render takes that will still end: the request that it belongs to may have been killed.
const joinMsMax = 10_000

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
  circumstances: Circumstances
): Promise<Response> {
  const { props, render, nowMs, waitUntil } = circumstances
  const { pathname, search } = new URL(request.url)
  const key = keyOf(pathname + search, props)
  const kept = memory.find(key)
  if (kept && kept.freshUntilMs > nowMs) return present(kept, 'HIT')
  // Not for one that was begun before something was invalidated.
  const renderKey = `${memory.generation()} ${key}`
  const running = renders.get(renderKey)
  if (running) {
    const joined = await join(running)
    if (joined) return present(joined.response, joined.how === 'STALE' ? 'STALE' : 'HIT')
    if (renders.get(renderKey) === running) renders.delete(renderKey)
    return answerFromMemory(request, circumstances)
  }
  const { encoding } = props
  const rendering = refresh(request, { key, kept, encoding, render, nowMs }).finally(() => {
    if (renders.get(renderKey) === rendering) renders.delete(renderKey)
  })
  renders.set(renderKey, rendering)
  // Others may wait for it after whoever began it has left.
  waitUntil(rendering.catch(() => null))
  const { response, how } = await rendering
  return present(response, how)
}

/** What somebody else's render comes to; null when it takes too long to be alive. */
async function join(rendering: Promise<Outcome>): Promise<Outcome | null> {
  const waiting = new AbortController()
  const patience = scheduler.wait(joinMsMax, { signal: waiting.signal }).then(
    () => log('render_abandoned', {}),
    () => null
  )
  try {
    return (await Promise.race([rendering, patience])) ?? null
  } finally {
    waiting.abort()
  }
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
  readonly encoding: EdgeProps['encoding']
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
  // As it is now: what was withdrawn in the meantime is not given again.
  const stale = response.status >= 500 ? memory.find(key) : null
  if (stale && nowMs < stale.staleUntilMs) return { response: stale, how: 'STALE' }
  const isSame = kept !== null && response.status === 304
  const fresh = isSame ? { ...kept, ...lifetimes(nowMs) } : await asKept(response, nowMs)
  const isWhole = isSame || mayBeKept(response)
  // What was begun before something was invalidated may be older than that.
  if (isWhole && memory.generation() === generation) memory.keep(key, fresh)
  // What is there no more is not to come back when the database fails.
  if (!isWhole && response.status < 500) memory.forget(key)
  return { response: fresh, how: isSame ? 'REVALIDATED' : 'MISS' }
}

function lifetimes(nowMs: number): Pick<KeptResponse, 'freshUntilMs' | 'staleUntilMs'> {
  const freshUntilMs = nowMs + edgeSeconds * 1000
  return { freshUntilMs, staleUntilMs: freshUntilMs + staleIfErrorSeconds * 1000 }
}

async function asKept(response: Response, nowMs: number): Promise<KeptResponse> {
  const { status } = response
  const headers = new Headers(response.headers)
  const tags = (headers.get('Cache-Tag') ?? '').split(',')
  headers.delete('Cache-Tag')
  const body = await response.arrayBuffer()
  const hit = wholeWith(status, marked(headers, 'HIT'), (init) => asEncoded(body, init))
  const [fields, notModifiedFields] = [hit.fields(), hit.notModifiedFields()]
  const ready = { fields: () => fields, notModifiedFields: () => notModifiedFields }
  return { ...hit, ...ready, headers, body, tags, ...lifetimes(nowMs) }
}

function present({ status, headers, body }: KeptResponse, how: string): Response {
  return asEncoded(body, { status, headers: marked(headers, how) })
}

function marked(headers: Headers, how: string): Headers {
  const fields = new Headers(headers)
  fields.set('X-Cache', how)
  return fields
}

/** Lets go of what depends on one of these tags: it is asked for again, or, withdrawn, as if it had never been here. */
export function invalidateMemory(tags: readonly string[], isWithdrawal = false): void {
  memory.invalidate(tags, isWithdrawal ? 'forget' : 'make stale')
}

/** For tests that change the database behind our back. */
export function forgetAll(): void {
  memory.clear()
}

/** How much is kept in memory, in bytes. */
export function keptBytes(): number {
  return memory.bytes()
}
