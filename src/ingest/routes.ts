// The publishers' door: POST /sources/{source}/webhook.

import { Hono, type Context } from 'hono'

import { parseJson, readBody } from '../lib/body.ts'
import { sha256Hex } from '../lib/hmac.ts'
import { Problem, type PointedError } from '../lib/problem.ts'
import { siteOf } from '../lib/site.ts'
import { epochSeconds } from '../lib/time.ts'
import { validSecrets } from '../sources/secret.ts'
import { isSourceSlug, type Source } from '../sources/source.ts'
import { findSource } from '../sources/store.ts'
import { cleanBytesMax, cleanItem, tangled } from './clean.ts'
import { storePost, type Answer, type CleanChange, type Stored } from './commit.ts'
import { info } from './findings.ts'
import { parsePost, type Post } from './payload.ts'
import {
  isAuthentic,
  isTimely,
  readSignedHeaders,
  toleranceSeconds,
  type SignedHeaders,
} from './signature.ts'

const bodyBytesMax = 8 * 1024 * 1024

export const ingestRoutes = new Hono<{ Bindings: Env }>()

ingestRoutes.post('/sources/:source/webhook', async (c) => {
  const now = epochSeconds()
  const body = await readJsonBody(c.req.raw)
  const { source, signed } = await authenticate(c, body, now)
  const json = parseJson(body)
  if (!json) throw new Problem('not-json', 'The body is not one JSON document in UTF-8.')
  const post = parsePost(json.value)
  if (post.ignoredType !== null) return c.json(ignored(post.ignoredType))
  const stored = await storePost(
    {
      source,
      webhookId: signed.id,
      bodyHash: await sha256Hex(body),
      happenedAt: post.happenedAt,
      isUpdate: post.isUpdate,
      changes: cleanChanges(post),
    },
    { db: c.env.DB, origin: siteOf(c.env, c.req.url).origin, now }
  )
  if (!stored) {
    const detail = 'Other posts of the same articles kept coming first. Nothing was stored.'
    throw new Problem('unavailable', detail, { headers: { 'Retry-After': '2' } })
  }
  return respond(c, stored)
})

async function readJsonBody(request: Request): Promise<Uint8Array> {
  const mediaType = request.headers.get('Content-Type')?.split(';')[0]?.trim().toLowerCase() ?? ''
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

type Authenticated = { readonly source: Source; readonly signed: SignedHeaders }

// What does not depend on the source is refused first and in words of its own; after that one answer
// for every case, so that nobody learns which sources there are.
async function authenticate(
  c: Context<{ Bindings: Env }>,
  body: Uint8Array,
  now: number
): Promise<Authenticated> {
  const headers = { 'WWW-Authenticate': 'StandardWebhooks' }
  const signed = readSignedHeaders(c.req.raw.headers)
  if (!signed) {
    const detail =
      'The headers webhook-id, webhook-timestamp and webhook-signature are missing or malformed.'
    throw new Problem('bad-signature', detail, { headers })
  }
  if (!isTimely(signed, now)) {
    const detail = `webhook-timestamp is ${signed.timestamp}, here it is ${now}: over ${toleranceSeconds} s apart.`
    throw new Problem('bad-timestamp', detail, { headers })
  }
  const slug = c.req.param('source') ?? ''
  const source = isSourceSlug(slug) ? await findSource(c.env.DB, slug) : null
  const isKnown = source !== null && source.removedAt === null
  // The work is the same for a source that does not exist: its secret would be that of number 0.
  const claimed = isKnown ? source : { id: 0, secretGeneration: 1, secretRotatedAt: null }
  const secrets = await validSecrets(c.env.MASTER_KEY, claimed, now)
  if (!(await isAuthentic(signed, body, secrets)) || !isKnown) {
    throw new Problem('bad-signature', 'No signature is that of a secret of this source.', {
      headers,
    })
  }
  return { source, signed }
}

function cleanChanges(post: Post): CleanChange[] {
  const errors: PointedError[] = []
  const changes: CleanChange[] = []
  for (const change of post.changes) {
    if (change.kind === 'retract') {
      const { kind, pointer, id, note } = change
      changes.push({ kind, pointer, externalId: id, note })
      continue
    }
    const { kind, pointer, item, raw } = change
    const clean = cleanItem(item, pointer, raw)
    if (clean === 'tangled') {
      errors.push({ pointer: `${pointer}/content_html`, detail: tangled })
    } else if (clean === 'too large') {
      const detail = `${pointer} has over ${cleanBytesMax} bytes once its HTML is written out cleanly.`
      throw new Problem('too-large', detail)
    } else {
      const modifiedAt = item.date_modified?.seconds ?? null
      changes.push({ kind, pointer, externalId: item.id, clean, modifiedAt })
    }
  }
  if (errors.length === 0) return changes
  throw new Problem('invalid', `${errors[0]?.pointer}: ${tangled}`, { errors })
}

// A refusal would make a publishing system retry for days what is none of our business.
function ignored(type: string): Answer {
  const message = `Events of type "${type}" are ignored here.`
  return { articles: [], findings: [info('/type', message)] }
}

function respond(c: Context, { answer, isRepeat }: Stored): Response {
  const headers = { 'Cache-Control': 'no-store' }
  const [only, ...more] = answer.articles.filter((article) => article.outcome === 'created')
  if (!only || more.length > 0 || isRepeat) return c.json(answer, 200, headers)
  return c.json(answer, 201, { ...headers, Location: only.url })
}
