// The operator's calls about sources: /api/sources.

import { Hono } from 'hono'
import * as z from 'zod/mini'

import { retractArticlesOfSource } from '../articles/change-store.ts'
import { markSourceForSearch, removeSourceFromSearch } from '../articles/search-store.ts'
import { insertDeletionsOfSource } from '../feeds/deletion-store.ts'
import { deletionsMax, feedPath } from '../feeds/feed.ts'
import {
  changeOf,
  removeFeedsOfSource,
  reviseFeed,
  reviseFeedsOfSource,
} from '../feeds/change-store.ts'
import type { WritingRoutes } from '../feeds/invalidate.ts'
import { ensureFeeds } from '../feeds/store.ts'
import { Problem } from '../lib/problem.ts'
import { language, line, parseWith, text, url } from '../lib/schema.ts'
import { epochSeconds, formatRfc3339 } from '../lib/time.ts'
import { deriveSecret, formatSecret, secretOverlapSeconds } from '../sources/secret.ts'
import { isSourceSlug, mintSourceUuid, type Source, type SourceProfile } from '../sources/source.ts'
import {
  findSource,
  listSources,
  markSourceRemoved,
  rotateSecret,
  upsertSource,
} from '../sources/store.ts'
import { listPage, readJson } from './http.ts'
import { presentSource } from './present.ts'

const profile = z.pipe(
  z.object({
    title: line(200),
    home_page_url: url(),
    description: z.nullish(text(2000)),
    language: z.nullish(language()),
    icon: z.nullish(url()),
    rights: z.nullish(line(2000)),
    license: z.nullish(url()),
    append_corrections: z.nullish(z.boolean()),
  }),
  z.transform((value): SourceProfile => ({
    title: value.title,
    homePageUrl: value.home_page_url,
    description: value.description || null,
    language: value.language ?? null,
    icon: value.icon ?? null,
    rights: value.rights ?? null,
    license: value.license ?? null,
    appendCorrections: value.append_corrections ?? false,
  }))
)

export const operatorSourceRoutes = new Hono<WritingRoutes>()

operatorSourceRoutes.get('/', (c) =>
  listPage(c, (after, limit) => listSources(c.env.DB, after, limit), sourceJson)
)

operatorSourceRoutes.get('/:source', async (c) => c.json(sourceJson(await presentSource(c))))

operatorSourceRoutes.put('/:source', async (c) => {
  const slug = c.req.param('source')
  if (!isSourceSlug(slug)) {
    const detail =
      'A source’s slug has lower-case letters a to z, digits and single hyphens, at most 64.'
    throw new Problem('invalid', detail)
  }
  const given = parseWith(profile, await readJson(c))
  const now = epochSeconds()
  const known = await findSource(c.env.DB, slug)
  if (known && known.removedAt === null && isSameProfile(known, given))
    return c.json(sourceJson(known))
  const uuid = known?.uuid ?? (await mintSourceUuid(given.homePageUrl, slug))
  const path = feedPath({ source: slug, topic: null })
  const results = await c.env.DB.batch([
    upsertSource(c.env.DB, { slug, uuid, profile: given }, now),
    ...ensureFeeds(c.env.DB, [{ path, uuid, source: slug, topic: null }]),
    // A name that changes is seen in every feed that credits the source.
    known ? reviseFeedsOfSource(c.env.DB, known.id, now) : reviseFeed(c.env.DB, path, now),
    ...(known && known.language !== given.language
      ? [markSourceForSearch(c.env.DB, known.id)]
      : []),
  ])
  c.set('change', changeOf(results))
  const isNew = !known || known.removedAt !== null
  return c.json(sourceJson(await presentSource(c)), isNew ? 201 : 200)
})

operatorSourceRoutes.delete('/:source', async (c) => {
  const source = await presentSource(c)
  const now = epochSeconds()
  const results = await c.env.DB.batch([
    reviseFeedsOfSource(c.env.DB, source.id, now),
    removeSourceFromSearch(c.env.DB, source.id),
    insertDeletionsOfSource(c.env.DB, source.id, { now, limit: deletionsMax }),
    ...retractArticlesOfSource(c.env.DB, source.id, now),
    ...removeFeedsOfSource(c.env.DB, source.id, now),
    markSourceRemoved(c.env.DB, source.id, now),
  ])
  c.set('change', changeOf(results, true))
  return c.body(null, 204)
})

operatorSourceRoutes.get('/:source/secret', async (c) => {
  const { id, secretGeneration } = await presentSource(c)
  const secret = await deriveSecret(c.env.MASTER_KEY, id, secretGeneration)
  return c.json({ secret: formatSecret(secret), generation: secretGeneration })
})

operatorSourceRoutes.post('/:source/secret', async (c) => {
  const now = epochSeconds()
  const rotated = await rotateSecret(c.env.DB, c.req.param('source'), now)
  if (!rotated) throw new Problem('not-found', `There is no source "${c.req.param('source')}".`)
  const secret = await deriveSecret(c.env.MASTER_KEY, rotated.id, rotated.secretGeneration)
  return c.json({
    secret: formatSecret(secret),
    generation: rotated.secretGeneration,
    previous_valid_until: formatRfc3339(now + secretOverlapSeconds),
  })
})

function isSameProfile(source: Source, other: SourceProfile): boolean {
  return (
    source.title === other.title &&
    source.homePageUrl === other.homePageUrl &&
    source.description === other.description &&
    source.language === other.language &&
    source.icon === other.icon &&
    source.rights === other.rights &&
    source.license === other.license &&
    source.appendCorrections === other.appendCorrections
  )
}

function sourceJson(source: Source) {
  return {
    slug: source.slug,
    title: source.title,
    home_page_url: source.homePageUrl,
    description: source.description ?? undefined,
    language: source.language ?? undefined,
    icon: source.icon ?? undefined,
    rights: source.rights ?? undefined,
    license: source.license ?? undefined,
    append_corrections: source.appendCorrections || undefined,
    created_at: formatRfc3339(source.createdAt),
    updated_at: formatRfc3339(source.updatedAt),
  }
}
