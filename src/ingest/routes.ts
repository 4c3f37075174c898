// The publishers' door: POST /sources/{source}/webhook.

import { Hono, type Context } from 'hono'

import type { WritingRoutes } from '../feeds/invalidate.ts'
import { articleUrl } from '../articles/article.ts'
import { parseJson, readBody } from '../lib/body.ts'
import { sha256Hex } from '../lib/hmac.ts'
import { findJsonFault, jsonDepthMax } from '../lib/json-text.ts'
import { preferredLanguage } from '../lib/language.ts'
import { essenceOf } from '../lib/media-type.ts'
import { Problem, type PointedError } from '../lib/problem.ts'
import { siteOf } from '../lib/site.ts'
import { epochSeconds } from '../lib/time.ts'
import { isSourceSlug, type Source } from '../sources/source.ts'
import { isSameSource, recallSource, rememberSource } from '../sources/recent.ts'
import { findSource } from '../sources/store.ts'
import { authenticate, readSignature, unauthentic, type Sent } from './authenticate.ts'
import { cleanBytesMax, cleanItem, tangled, type Surroundings } from './clean.ts'
import { storePost, type Stored } from './commit.ts'
import type { Answer, CleanChange } from './draft.ts'
import { finding, inWords, type Finding } from './findings.ts'
import { bodyMember } from './lint.ts'
import { parsePost, type Post } from './payload.ts'
import { noteRefusal } from './refusals.ts'

const bodyBytesMax = 8 * 1024 * 1024
// HTML grows when it is written out cleanly; a post that grows to more was made to.
const cleanPostBytesMax = 2 * bodyBytesMax
const grownTooLarge =
  'The articles of this post grow past 16 MiB once their HTML is clean: split it.'

/** What wrangler.toml sets for POST_LIMIT: per source, in each of Cloudflare's locations. */
export const postLimit = { posts: 100, windowSeconds: 10 }

type PublisherContext = Context<WritingRoutes>

export const ingestRoutes = new Hono<WritingRoutes>()

ingestRoutes.post('/sources/:source/webhook', async (c) => {
  const now = epochSeconds()
  let isOwn = false
  try {
    const body = await readJsonBody(c.req.raw)
    const sent = { body, signed: readSignature(c.req.raw.headers, now), now }
    const attempt = await attemptPost(c, sent)
    ;({ isOwn } = attempt)
    if ('problem' in attempt) throw attempt.problem
    return respond(c, attempt.stored.answer)
  } catch (error) {
    if (error instanceof Problem && !isDryRun(c)) {
      const webhookId = isOwn ? (c.req.header('webhook-id') ?? null) : null
      const refusal = { sourceSlug: c.req.param('source'), webhookId, problem: error, now }
      const noting = noteRefusal(c.env, refusal)
      // A stranger must not see by the time it takes whether there is such a source.
      if (isOwn) await noting
      else c.executionCtx.waitUntil(noting)
    }
    throw error
  }
})

/** What a post came to, and whether its source sent it. */
type Attempt = { readonly isOwn: boolean } & (
  | { readonly stored: Stored }
  | { readonly problem: Problem }
)

// A source that is remembered need not be read: the commit tells whether it still is what it was. Whatever
// else the post came to counts only once the source was read and found the same.
async function attemptPost(c: PublisherContext, sent: Sent): Promise<Attempt> {
  const slug = c.req.param('source') ?? ''
  const recalled = recallSource(slug)
  const attempt = recalled && (await attemptAs(c, recalled, sent))
  if (attempt && 'stored' in attempt && attempt.stored.isCommitted) return attempt
  const source = isSourceSlug(slug) ? await findSource(c.env.DB, slug) : null
  rememberSource(slug, source)
  if (attempt && source && isSameSource(source, recalled)) return attempt
  return attemptAs(c, source, sent)
}

async function attemptAs(c: PublisherContext, source: Source | null, sent: Sent): Promise<Attempt> {
  let isOwn = false
  try {
    const known = await authenticate(c.env, source, sent)
    isOwn = true
    return { isOwn, stored: await handlePost(c, known, sent) }
  } catch (error) {
    if (error instanceof Problem) return { isOwn, problem: error }
    throw error
  }
}

function isDryRun(c: PublisherContext): boolean {
  return c.req.query('dry-run') !== undefined
}

async function readJsonBody(request: Request): Promise<Uint8Array> {
  const mediaType = essenceOf(request.headers.get('Content-Type'))
  const encoding = request.headers.get('Content-Encoding')?.toLowerCase() ?? 'identity'
  if (!/^application\/(?:[\w.+-]+\+)?json$/.test(mediaType) || encoding !== 'identity') {
    const headers = {
      Accept: 'application/json, application/*+json',
      'Accept-Encoding': 'identity',
    }
    throw new Problem('not-json-media-type', `This was sent as "${mediaType}".`, { headers })
  }
  const body = await readBody(request, bodyBytesMax)
  if (!body) throw new Problem('too-large', 'A post may have at most 8 MiB.')
  return body
}

async function handlePost(
  c: PublisherContext,
  source: Source,
  { body, signed, now }: Sent
): Promise<Stored> {
  await checkRate(c, source)
  const post = parsePost(readJson(body))
  const embedHosts = c.env.EMBED_HOSTS.split(/\s+/)
  const stored = await storePost(
    {
      source,
      webhookId: signed.id,
      clockOffset: signed.timestamp - now,
      bodyHash: await sha256Hex(body),
      happenedAt: post.happenedAt,
      isUpdate: post.isUpdate,
      changes: cleanChanges(post, { sourceLanguage: source.language, embedHosts, now }),
      findings: ignoredFindings(post.ignoredType),
    },
    // The time of the change, not that of the first byte of its body.
    { db: c.env.DB, now: epochSeconds(), isDryRun: isDryRun(c) }
  )
  if (stored === 'source changed') throw await changedMeanwhile(c.env.DB, source.slug)
  if (stored === 'overtaken')
    throw unavailable('Other changes of the same articles kept coming first.')
  c.set('change', stored.change)
  c.set('isFollowed', stored.isFollowed)
  return stored
}

async function changedMeanwhile(db: D1Database, slug: string): Promise<Problem> {
  const source = await findSource(db, slug)
  if (!source || source.removedAt !== null) return unauthentic()
  return unavailable('The source was changed in the meantime.')
}

function unavailable(why: string): Problem {
  return new Problem('unavailable', `${why} Nothing was stored.`, {
    headers: { 'Retry-After': '2' },
  })
}

// After the signature: a stranger cannot use up a source's share.
async function checkRate(c: PublisherContext, source: Source): Promise<void> {
  const { success } = await c.env.POST_LIMIT.limit({ key: String(source.id) })
  if (success) return
  const { posts, windowSeconds } = postLimit
  const headers = {
    'Retry-After': String(windowSeconds),
    'RateLimit-Policy': `"posts";q=${posts};w=${windowSeconds}`,
    RateLimit: `"posts";r=0;t=${windowSeconds}`,
  }
  const detail = `A source may post ${posts} times in ${windowSeconds} s; an event may hold 100 articles.`
  throw new Problem('too-many', detail, { headers })
}

function readJson(body: Uint8Array): unknown {
  const json = parseJson(body)
  if (!json) throw new Problem('not-json', 'The body is not one JSON document in UTF-8.')
  const fault = findJsonFault(json.text)
  if (!fault) return json.value
  const detail =
    fault.kind === 'too deep'
      ? `nests deeper than ${jsonDepthMax}`
      : 'stands twice in its object: which of the two is meant?'
  const { pointer } = fault
  throw new Problem('invalid', `${pointer} ${detail}`, { errors: [{ pointer, detail }] })
}

function cleanChanges(post: Post, surroundings: Surroundings): CleanChange[] {
  const errors: PointedError[] = []
  const changes: CleanChange[] = []
  let bytes = 0
  for (const change of post.changes) {
    if (bytes > cleanPostBytesMax) throw new Problem('too-large', grownTooLarge)
    if (change.kind === 'retract') {
      const { kind, pointer, id, note } = change
      changes.push({ kind, pointer, externalId: id, note })
      continue
    }
    const { kind, pointer, item } = change
    const clean = cleanItem(change, surroundings)
    if (clean === 'tangled') {
      errors.push({ pointer: `${pointer}/${bodyMember(item)}`, detail: tangled })
    } else if (clean === 'too large') {
      const detail = `${pointer} has over ${cleanBytesMax} bytes once its HTML is written out cleanly.`
      throw new Problem('too-large', detail)
    } else {
      bytes += clean.sizeBytes
      const modifiedAt = item.date_modified?.seconds ?? null
      changes.push({ kind, pointer, externalId: item.id, clean, modifiedAt })
    }
  }
  if (errors.length === 0) return changes
  throw new Problem('invalid', `${errors[0]?.pointer}: ${tangled}`, { errors })
}

// A refusal would make a publishing system retry for days what is none of our business.
function ignoredFindings(type: string | null): Finding[] {
  return type === null ? [] : [finding('type-ignored', '/type', { type })]
}

function respond(c: PublisherContext, answer: Answer): Response {
  const { origin } = siteOf(c.env, c.req.url)
  const language = preferredLanguage(c.req.header('Accept-Language'))
  const articles = answer.articles.map(({ id, outcome, guid, uuid, findings }) => {
    const words = findings.map((found) => inWords(found, language))
    return { id, outcome, guid, url: articleUrl(origin, uuid), findings: words }
  })
  const findings = answer.findings.map((found) => inWords(found, language))
  const headers = { 'Cache-Control': 'no-store', 'Content-Language': language }
  const created = articles.find((article) => article.outcome === 'created')
  return c.json({ articles, ...(findings.length > 0 && { findings }) }, answer.status, {
    ...headers,
    ...(answer.status === 201 && created && { Location: created.url }),
  })
}
