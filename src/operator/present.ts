// The source an operator's call is about.

import type { Context } from 'hono'

import type { WritingRoutes } from '../feeds/invalidate.ts'
import { Problem } from '../lib/problem.ts'
import type { Source } from '../sources/source.ts'
import { findSource } from '../sources/store.ts'

/** The source that the path names; throws a Problem when there is none, or it was removed. */
export async function presentSource(c: Context<WritingRoutes>): Promise<Source> {
  const slug = c.req.param('source') ?? ''
  const source = await findSource(c.env.DB, slug)
  if (source && source.removedAt === null) return source
  throw new Problem('not-found', `There is no source "${slug}".`)
}
