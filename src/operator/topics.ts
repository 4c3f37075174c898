// The operator's calls about topics: /api/topics.

import { Hono } from 'hono'
import * as z from 'zod/mini'

import { feedPath } from '../feeds/feed.ts'
import { changeOf, reviseFeedsBesideTopic, reviseFeedsOfTopic } from '../feeds/change-store.ts'
import type { WritingRoutes } from '../feeds/invalidate.ts'
import { findFeed, ensureFeeds } from '../feeds/store.ts'
import { Problem } from '../lib/problem.ts'
import { language, line, parseWith, text } from '../lib/schema.ts'
import { slugOf } from '../lib/slug.ts'
import { epochSeconds, formatRfc3339 } from '../lib/time.ts'
import { isTopicSlug, type Topic, type TopicProfile } from '../topics/topic.ts'
import { findTakenSlugs, findTopic, listTopics, upsertTopic } from '../topics/store.ts'
import { listPage, readJson } from './http.ts'

const alias = line(200).check(
  z.refine((name) => slugOf(name) !== '', 'must have letters or digits')
)

const profile = z.pipe(
  z.object({
    title: line(200),
    description: z.nullish(text(2000)),
    language: z.nullish(language()),
    aliases: z.nullish(z.array(alias).check(z.maxLength(100))),
  }),
  z.transform((value): TopicProfile => ({
    title: value.title,
    description: value.description || null,
    language: value.language ?? null,
    aliases: withoutDoubles(value.aliases ?? []),
  }))
)

export const operatorTopicRoutes = new Hono<WritingRoutes>()

operatorTopicRoutes.get('/', (c) =>
  listPage(c, (after, limit) => listTopics(c.env.DB, after, limit), topicJson)
)

operatorTopicRoutes.get('/:topic', async (c) => {
  const topic = await findTopic(c.env.DB, c.req.param('topic'))
  if (!topic) throw new Problem('not-found', `There is no topic "${c.req.param('topic')}".`)
  return c.json(topicJson(topic))
})

operatorTopicRoutes.put('/:topic', async (c) => {
  const slug = c.req.param('topic')
  if (!isTopicSlug(slug)) {
    throw new Problem(
      'invalid',
      `"${slug}" is no slug; of this name it would be "${slugOf(slug)}".`
    )
  }
  const given = parseWith(profile, await readJson(c))
  const names = given.aliases.map(slugOf).filter((name) => name !== slug)
  const path = feedPath({ source: null, topic: slug })
  const [known, feed, taken] = await Promise.all([
    findTopic(c.env.DB, slug),
    findFeed(c.env.DB, path),
    findTakenSlugs(c.env.DB, slug, [slug, ...names]),
  ])
  const conflicts = known ? taken.filter((name) => name !== slug) : taken
  if (conflicts.length > 0) {
    const detail = `These are topics, or names of another topic, already: ${conflicts.join(', ')}.`
    throw new Problem('conflict', detail)
  }
  const now = epochSeconds()
  const results = await c.env.DB.batch([
    ...upsertTopic(c.env.DB, slug, given, now),
    ...ensureFeeds(c.env.DB, [{ path, uuid: crypto.randomUUID(), source: null, topic: slug }]),
    ...(known && feed && isSameDocument(known, given)
      ? []
      : [reviseFeedsOfTopic(c.env.DB, slug, now), reviseFeedsBesideTopic(c.env.DB, slug, now)]),
  ])
  c.set('change', changeOf(results))
  const topic = await findTopic(c.env.DB, slug)
  if (!topic) throw new Error(`topic ${slug} is not there after it was written`)
  return c.json(topicJson(topic), known ? 200 : 201)
})

function withoutDoubles(names: readonly string[]): string[] {
  return [...new Map(names.map((name) => [slugOf(name), name])).values()]
}

/** Whether the feeds of a topic say the same: aliases are not seen in them. */
function isSameDocument(topic: Topic, other: TopicProfile): boolean {
  return (
    topic.title === other.title &&
    topic.description === other.description &&
    topic.language === other.language
  )
}

function topicJson(topic: Topic) {
  return {
    slug: topic.slug,
    title: topic.title,
    description: topic.description ?? undefined,
    language: topic.language ?? undefined,
    aliases: topic.aliases,
    created_at: formatRfc3339(topic.createdAt),
    updated_at: formatRfc3339(topic.updatedAt),
  }
}
