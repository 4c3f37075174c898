// What the operator may know of a source's posts: /api/sources/{source}/posts and …/health.

import { Hono } from 'hono'

import type { WritingRoutes } from '../feeds/invalidate.ts'
import type { Answer } from '../ingest/draft.ts'
import { inWords } from '../ingest/findings.ts'
import {
  listPosts,
  readSourceHealth,
  type LoggedPost,
  type PostCursor,
} from '../ingest/journal-store.ts'
import { fromJsonColumn } from '../lib/json.ts'
import { preferredLanguage, type Language } from '../lib/language.ts'
import { Problem } from '../lib/problem.ts'
import { formatRfc3339, epochSeconds } from '../lib/time.ts'
import { presentSource } from './present.ts'

export const operatorPostRoutes = new Hono<WritingRoutes>()

const pageLimit = 50

// Newest first; `next` leads to older ones.
operatorPostRoutes.get('/:source/posts', async (c) => {
  const source = await presentSource(c)
  const after = readCursor(c.req.query('after'))
  const posts = await listPosts(c.env.DB, source.id, { after, limit: pageLimit + 1 })
  const page = posts.slice(0, pageLimit)
  const last = posts.length > pageLimit ? page.at(-1) : undefined
  const next = last && `${c.req.path}?after=${last.receivedAt}.${encodeURIComponent(last.key)}`
  const language = preferredLanguage(c.req.header('Accept-Language'))
  return c.json({ items: page.map((post) => postJson(post, language)), next })
})

function readCursor(text = `${Number.MAX_SAFE_INTEGER}.`): PostCursor {
  const [, receivedAt, key] = /^(\d{1,16})\.(.*)$/.exec(text) ?? []
  if (receivedAt !== undefined && key !== undefined) {
    return { receivedAt: Number(receivedAt), key }
  }
  throw new Problem('invalid', '"after" is no place in this list: take it from "next".')
}

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

function postJson(post: LoggedPost, language: Language) {
  const received = {
    webhook_id: post.webhookId || undefined,
    received_at: formatRfc3339(post.receivedAt),
  }
  if (post.answer === null) {
    const { status, code, detail, count } = post
    return { ...received, status, problem: { code, detail }, count }
  }
  const { articles, findings } = fromJsonColumn<Answer>(post.answer)
  return {
    ...received,
    status: post.status,
    clock_offset_seconds: post.clockOffset,
    articles: articles.map(({ id, outcome, guid, findings: ofArticle }) => {
      return { id, outcome, guid, findings: ofArticle.map((found) => inWords(found, language)) }
    }),
    findings: findings.length > 0 ? findings.map((found) => inWords(found, language)) : undefined,
  }
}
