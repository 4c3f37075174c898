// What a test begins with, made through the public door.

import {
  createExecutionContext,
  createScheduledController,
  waitOnExecutionContext,
} from 'cloudflare:test'
import { env, exports } from 'cloudflare:workers'

import { deriveSecret, formatSecret } from '../../src/sources/secret.ts'
import { findSource } from '../../src/sources/store.ts'
import worker from '../../src/worker.ts'
import { signature } from './sign.ts'

export const origin = 'https://loa.example'

export function get(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return exports.default.fetch(`${origin}${path}`, { headers, redirect: 'manual' })
}

export async function call(method: string, path: string, body?: unknown): Promise<Response> {
  const request = new Request(`${origin}${path}`, {
    method,
    headers: { Authorization: `Bearer ${env.OPERATOR_TOKEN}`, 'Content-Type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  return fetchAndWait(request)
}

// What is left to do after the answer is waited for, so that no test meets another's leftovers.
async function fetchAndWait(request: Request): Promise<Response> {
  const context = createExecutionContext()
  const response = await worker.fetch(request, env, context)
  await waitOnExecutionContext(context)
  return response
}

export async function givenSource(slug = 'bao', profile: Record<string, unknown> = {}) {
  const response = await call('PUT', `/api/sources/${slug}`, {
    title: `Báo ${slug}`,
    home_page_url: `https://${slug}.example/`,
    language: 'vi',
    ...profile,
  })
  if (!response.ok) throw new Error(await response.text())
  return slug
}

/** A JSON Feed item that says only what matters to a test. */
export function item(id: string, fields: Record<string, unknown> = {}) {
  return {
    id,
    url: `https://bao.example/${encodeURIComponent(id)}`,
    title: `Tin ${id}`,
    content_html: `<p>Nội dung của ${id}.</p>`,
    summary: `Tóm tắt ${id}`,
    date_published: '2026-11-20T08:00:00+07:00',
    ...fields,
  }
}

export function published(data: unknown, fields: Record<string, unknown> = {}) {
  return { type: 'article.published', data, ...fields }
}

export function retracted(id: string, fields: Record<string, unknown> = {}) {
  return { type: 'article.retracted', data: { id }, ...fields }
}

/** The upkeep of the minute at a time. */
export async function upkeepAt(scheduledTime: Date): Promise<void> {
  const context = createExecutionContext()
  const controller = createScheduledController({ scheduledTime, cron: '* * * * *' })
  await worker.scheduled(controller, env, context)
  await waitOnExecutionContext(context)
}

/** The upkeep of the minute that comes in so many seconds. */
export function upkeepIn(seconds: number): Promise<void> {
  return upkeepAt(new Date(Date.now() + seconds * 1000))
}

/** Does what is counted by the hour or the day, and once more when an hour ended meanwhile. */
export async function withinAnHour<T>(work: (attempt: number) => Promise<T>): Promise<T> {
  const hourNow = () => Math.floor(Date.now() / 3_600_000)
  for (let attempt = 0; ; attempt++) {
    const hour = hourNow()
    const result = await work(attempt)
    if (hour === hourNow()) return result
  }
}

let lastWebhookId = 0

export type PostOptions = {
  source?: string
  id?: string
  timestamp?: number
  secret?: string
  headers?: Record<string, string>
  query?: string
}

/** Posts a signed body: an object as JSON, a string or bytes as they are. */
export async function post(body: unknown, options: PostOptions = {}): Promise<Response> {
  const path = `/sources/${options.source ?? 'bao'}/webhook${options.query ?? ''}`
  return fetchAndWait(new Request(origin + path, await signedPost(body, options)))
}

/** The same post, for whoever sends it in a way of its own. */
export async function signedPost(body: unknown, options: PostOptions = {}) {
  const raw =
    typeof body === 'string'
      ? new TextEncoder().encode(body)
      : body instanceof Uint8Array
        ? body
        : new TextEncoder().encode(JSON.stringify(body))
  const id = options.id ?? `msg_${++lastWebhookId}`
  const timestamp = options.timestamp ?? Math.floor(Date.now() / 1000)
  const secret = options.secret ?? (await secretOf(options.source ?? 'bao'))
  return {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': await signature(secret, id, timestamp, raw),
      ...options.headers,
    },
    body: raw,
  }
}

export async function secretOf(slug: string): Promise<string> {
  const source = await findSource(env.DB, slug)
  const key = await deriveSecret(env.MASTER_KEY, source?.id ?? 0, source?.secretGeneration ?? 1)
  return formatSecret(key)
}

export type Report = {
  id: string
  outcome: string
  guid: string
  url: string
  findings: { level: string; pointer: string; code: string; message: string }[]
}

/** The finding of a kind that a report has, if it has one. */
export function foundIn(report: Report | undefined, code: string) {
  return report?.findings.find((finding) => finding.code === code)
}

/** Posts, and gives the reports of the articles; throws when the post was refused. */
export async function posted(body: unknown, options: PostOptions = {}): Promise<Report[]> {
  const response = await post(body, options)
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
  return (await response.json<{ articles: Report[] }>()).articles
}

export type JsonItem = Record<string, unknown> & { id: string; title: string; content_html: string }

export async function jsonFeed(path: string) {
  const response = await get(`${path}/feed.json`)
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  return response.json<Record<string, unknown> & { items: JsonItem[] }>()
}

/** The bytes and the validators of a feed in all three formats. */
export async function snapshot(path: string) {
  return Promise.all(
    ['rss', 'atom', 'json'].map(async (extension) => {
      const response = await get(`${path}/feed.${extension}`)
      const { headers, status } = response
      const validators = [headers.get('ETag'), headers.get('Last-Modified')]
      return { status, validators, text: await response.text() }
    })
  )
}
