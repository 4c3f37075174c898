// What is the same for the answer with any page: language, validators, headers.

import type { Context } from 'hono'
import { html } from 'hono/html'
import type { JSX } from 'hono/jsx/jsx-runtime'

import { edgeFields } from '../feeds/edge.ts'
import { evaluatePreconditions } from '../lib/conditional.ts'
import { Problem, problems, type ProblemCode } from '../lib/problem.ts'
import { shortHash } from '../lib/short-hash.ts'
import { siteOf } from '../lib/site.ts'
import { ErrorPage } from './errors.tsx'
import { viewOf, type View } from './view.ts'

export type PageContext = Context<{ Bindings: Env }>
/** What a refusal needs of the context of any route. */
type AnyContext = Pick<PageContext, 'env' | 'req' | 'html'>

const cacheControl = 'public, max-age=60'

// Our own style sheet and script; the pictures and sounds of the articles; the search form.
const policy =
  "default-src 'none'; style-src 'self'; script-src 'self'; img-src https: http:; media-src https: http:; base-uri 'none'; form-action 'self'"
const pagePolicy = `${policy}; frame-ancestors 'none'`
// What anybody may put into a frame, also a file or an app, which `*` would leave out.
const boxPolicy = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'"

/** How a request's page is shown; `parameters` are those of the address that the page knows. */
export function viewFor(c: AnyContext, ...parameters: readonly string[]): View {
  const site = siteOf(c.env, c.req.url)
  const acceptLanguage = c.req.header('Accept-Language')
  return viewOf({ site, url: new URL(c.req.url), acceptLanguage, parameters })
}

type Shown = {
  /** Everything that the content depends on beside the view and this release. */
  readonly revision: readonly (string | number)[]
  /** What its content depends on (src/feeds/edge.ts); without, it is not kept at the edge. */
  readonly tags?: readonly string[]
  readonly content: () => JSX.Element | Promise<JSX.Element>
  readonly isBox?: boolean
}

/** Answers with a page, or that the reader has it already. Ask only for what exists. */
export async function show(c: PageContext, view: View, shown: Shown): Promise<Response> {
  const etag = etagOf(c.env, view, shown.revision)
  const headers = {
    ...headersOf(view, shown.isBox),
    'Cache-Control': cacheControl,
    ETag: etag,
    ...(shown.tags && edgeFields(shown.tags)),
  }
  const precondition = evaluatePreconditions(c.req.raw.headers, { etag, lastModified: null })
  if (precondition === 'not modified') return c.body(null, 304, headers)
  if (precondition === 'failed') {
    throw new Problem('precondition-failed', 'It has another revision than the request names.')
  }
  return c.html(html`<!doctype html>${await shown.content()}`, 200, headers)
}

/** Answers that an article was withdrawn: without validators, so that nobody is told to keep the article. */
export function showGone(
  c: PageContext,
  view: View,
  content: JSX.Element
): Response | Promise<Response> {
  const headers = { ...headersOf(view), 'Cache-Control': cacheControl }
  return c.html(html`<!doctype html>${content}`, 410, headers)
}

/** The refusals that people meet; the others are for programs. */
const shownCodes: ReadonlySet<ProblemCode> = new Set([
  'not-found',
  'gone',
  'internal',
  'unavailable',
])

/**
 * Whether a refusal is answered with a page: people follow links and say what they like to read. What
 * caches may keep, as a feed's refusals, has one form for all.
 */
export function hasPage(c: AnyContext, { code, headers }: Problem): boolean {
  const isReading = c.req.method === 'GET' || c.req.method === 'HEAD'
  const isForPeople = (c.req.header('Accept') ?? '').includes('text/html')
  return isReading && isForPeople && shownCodes.has(code) && !headers['Cache-Control']
}

export function showError(c: AnyContext, { code, headers }: Problem): Response | Promise<Response> {
  const view = viewFor(c)
  return c.html(
    html`<!doctype html>${<ErrorPage view={view} code={code} />}`,
    problems[code].status,
    {
      ...headersOf(view),
      ...headers,
      'Cache-Control': 'no-store',
      Vary: 'Accept, Accept-Language',
    }
  )
}

// Weak, like those of feeds: the bytes may be compressed on the way.
function etagOf(env: Env, view: View, revision: Shown['revision']): string {
  const { site, language, isLanguageChosen, path, query } = view
  const rest = { site, isLanguageChosen, path, query, release: env.VERSION.id }
  const parts = [...revision, language, shortHash(JSON.stringify(rest)).toString(36)]
  return `W/"${parts.join('-')}"`
}

function headersOf(view: View, isBox = false): Record<string, string> {
  return {
    'Content-Security-Policy': isBox ? boxPolicy : pagePolicy,
    'Content-Language': view.language,
    ...(!view.isLanguageChosen && { Vary: 'Accept-Language' }),
  }
}
