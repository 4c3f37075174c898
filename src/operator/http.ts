// What the operator's calls share: reading a JSON body, answering a list page by page.

import type { Context } from 'hono'

import { parseJson, readBody } from '../lib/body.ts'
import { Problem } from '../lib/problem.ts'

const bodyBytesMax = 256 * 1024

/** The JSON of a request's body; throws a Problem when there is none. */
export async function readJson(c: Context): Promise<unknown> {
  const body = await readBody(c.req.raw, bodyBytesMax)
  if (!body) throw new Problem('too-large', 'This body may have at most 256 KiB.')
  const json = parseJson(body)
  if (!json) throw new Problem('not-json', 'The body is not one JSON document in UTF-8.')
  return json.value
}

const pageLimit = 100

/**
 * Answers a page of a list that is ordered by slug: `?after=` a slug, `next` says how to go on.
 */
export async function listPage<T extends { readonly slug: string }>(
  c: Context,
  list: (after: string, limit: number) => Promise<T[]>,
  toJson: (item: T) => unknown
): Promise<Response> {
  const items = await list(c.req.query('after') ?? '', pageLimit + 1)
  const page = items.slice(0, pageLimit)
  const last = items.length > pageLimit ? page.at(-1) : undefined
  const next = last && `${c.req.path}?after=${encodeURIComponent(last.slug)}`
  return c.json({ items: page.map(toJson), next })
}
