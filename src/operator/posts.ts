// What the operator may know of a source's posts: /api/sources/{source}/posts and …/health.

import { Hono } from 'hono'

import type { Answer } from '../ingest/commit.ts'
import { inWords, preferredLanguage } from '../ingest/findings.ts'
import { listPosts, readSourceHealth, type LoggedPost } from '../ingest/journal-store.ts'
import { fromJsonColumn } from '../lib/json.ts'
import { formatRfc3339, epochSeconds } from '../lib/time.ts'
import { presentSource } from './present.ts'

export const operatorPostRoutes = new Hono<{ Bindings: Env }>()

const pageLimit = 100

// Newest first; `next` leads to older ones.
operatorPostRoutes.get('/:source/posts', async (c) => {
  const source = await presentSource(c)
  const before = Number(c.req.query('before') ?? Number.MAX_SAFE_INTEGER)
  const posts = await listPosts(c.env.DB, source.id, { before, limit: pageLimit })
  const language = preferredLanguage(c.req.header('Accept-Language'))
  const oldest = posts.length >= pageLimit ? posts.at(-1)?.receivedAt : undefined
  const next = oldest !== undefined && `${c.req.path}?before=${oldest}`
  return c.json({ items: posts.map((post) => postJson(post, language)), next: next || undefined })
})

// Over this a clock is off: signatures fail at 300 s.
const clockOffsetMax = 60

operatorPostRoutes.get('/:source/health', async (c) => {
  const source = await presentSource(c)
  const health = await readSourceHealth(c.env.DB, source.id)
  const at = (seconds: number | null) => (seconds === null ? null : formatRfc3339(seconds))
  return c.json({
    last_post_at: at(health.lastPostAt),
    silent_seconds: health.lastPostAt === null ? null : epochSeconds() - health.lastPostAt,
    refused_since: health.refusedSince.map(({ code, count, lastAt, detail }) => {
      return { code, count, last_at: at(lastAt), detail }
    }),
    clock: {
      offset_seconds: health.clockOffset,
      is_off: Math.abs(health.clockOffset ?? 0) > clockOffsetMax,
    },
  })
})

function postJson(post: LoggedPost, language: ReturnType<typeof preferredLanguage>) {
  const received = {
    webhook_id: post.webhookId || undefined,
    received_at: formatRfc3339(post.receivedAt),
  }
  if (post.answer === null) {
    const { status, code, detail, count } = post
    return { ...received, status, problem: { code, detail }, count }
  }
  const { articles } = fromJsonColumn<Answer>(post.answer)
  return {
    ...received,
    status: post.status,
    clock_offset_seconds: post.clockOffset,
    articles: articles.map(({ id, outcome, guid, findings }) => {
      return { id, outcome, guid, findings: findings.map((found) => inWords(found, language)) }
    }),
  }
}
