// Every route, and what is the same for all of them: headers, refusals, what is not there.

import { Hono, type Context } from 'hono'

import { invalidate, type WritingRoutes } from './feeds/invalidate.ts'
import { feedRoutes } from './feeds/routes.ts'
import { announce } from './hub/publish.ts'
import { hubRoutes } from './hub/routes.ts'
import { readSummary } from './hub/state-store.ts'
import { ingestRoutes } from './ingest/routes.ts'
import { log } from './lib/log.ts'
import { Problem, problemResponse } from './lib/problem.ts'
import { siteOf } from './lib/site.ts'
import { excerpt } from './lib/text.ts'
import { epochMilliseconds } from './lib/time.ts'
import { operatorOnly } from './operator/access.ts'
import { operatorPostRoutes } from './operator/posts.ts'
import { operatorReaderRoutes } from './operator/readers.ts'
import { operatorSourceRoutes } from './operator/sources.ts'
import { operatorHubRoutes } from './operator/subscriptions.ts'
import { operatorTopicRoutes } from './operator/topics.ts'
import { hasPage, showError } from './pages/answer.tsx'
import { pageRoutes } from './pages/routes.tsx'
import { platformOf } from './platform.ts'

export const app = new Hono<WritingRoutes>()

app.use(async (c, next) => {
  await next()
  c.header('X-Content-Type-Options', 'nosniff')
  c.header('Referrer-Policy', 'strict-origin-when-cross-origin')
})

// Before the answer goes out, as far as this isolate is concerned.
app.use(async (c, next) => {
  await next()
  const change = c.get('change')
  if (!change) return
  const platform = platformOf(c.env, c.executionCtx)
  c.executionCtx.waitUntil(invalidate(change, platform, epochMilliseconds()))
})

// Whatever was committed, the hub hears of it once the answer is on its way: nobody waits for it. A post
// knows whether anybody follows what it changed.
app.use(async (c, next) => {
  await next()
  if (['GET', 'HEAD', 'OPTIONS'].includes(c.req.method) || !c.res.ok) return
  if (c.get('isFollowed') === false) return
  c.executionCtx.waitUntil(announce(c.env, epochMilliseconds))
})

app.get('/health', async (c) => {
  const summary = await readSummary(c.env.DB)
  const hub: unknown = summary === null ? { status: 'untested' } : JSON.parse(summary)
  return c.json({ status: 'ok', hub }, 200, { 'Cache-Control': 'no-store' })
})

app.use('/api/*', operatorOnly)
app.route('/api/sources', operatorSourceRoutes)
app.route('/api/sources', operatorPostRoutes)
app.route('/api/topics', operatorTopicRoutes)
app.route('/api', operatorHubRoutes)
app.route('/api/feeds', operatorReaderRoutes)
app.route('/', feedRoutes)
app.route('/', hubRoutes)
app.route('/', ingestRoutes)
app.route('/', pageRoutes)

app.notFound((c) => {
  const allowed = allowedMethods(c.req.path)
  if (allowed.length === 0) {
    return answerNotFound(c, new Problem('not-found', `There is nothing at ${shownPath(c)}.`))
  }
  const headers = { Allow: allowed.join(', ') }
  if (c.req.method === 'OPTIONS') {
    return new Response(null, {
      status: 204,
      headers: { ...headers, 'Cache-Control': 'public, max-age=3600' },
    })
  }
  const problem = new Problem('method-not-allowed', `${c.req.method} is not possible here.`, {
    headers,
  })
  return refuse(c, problem)
})

app.onError((error, c) => {
  if (error instanceof Problem && error.code === 'not-found') return answerNotFound(c, error)
  if (error instanceof Problem) return refuse(c, error)
  log('request_failed', { method: c.req.method, path: c.req.path, error })
  // D1 says of all its failures that they are its own; another try may well succeed, but for what is
  // too large for it.
  const isDatabase = error.message.startsWith('D1_') && !error.message.includes('SQLITE_TOOBIG')
  const problem = isDatabase
    ? new Problem('unavailable', 'The database did not answer.', {
        headers: { 'Retry-After': '10' },
      })
    : new Problem('internal', 'The failure was noted.')
  return refuse(c, problem)
})

type AppContext = Context<WritingRoutes>

// Published addresses are never redirected; this is for those that were typed. Only to a path that some
// route has, and always to our own origin.
function answerNotFound(c: AppContext, problem: Problem): Response | Promise<Response> {
  const { origin } = siteOf(c.env, c.req.url)
  const url = new URL(c.req.url)
  const meant = meantPath(url.pathname)
  const isRead = c.req.method === 'GET' || c.req.method === 'HEAD'
  if (!isRead || meant === url.pathname || !allowedMethods(meant).includes('GET'))
    return refuse(c, problem)
  const headers = { Location: origin + meant + url.search, 'Cache-Control': 'public, max-age=3600' }
  return new Response(null, { status: 301, headers })
}

/** A page for people, a problem document for programs. */
function refuse(c: AppContext, problem: Problem): Response | Promise<Response> {
  return hasPage(c, problem)
    ? showError(c, problem)
    : problemResponse(problem, siteOf(c.env, c.req.url).origin)
}

/** A path as we write it: no doubled slash, none at the end, lower case. */
function meantPath(path: string): string {
  const segments = path.split('/').filter((segment) => segment !== '')
  try {
    const decoded = segments.map((segment) =>
      decodeURIComponent(segment).normalize('NFC').toLowerCase()
    )
    return `/${decoded.map(encodeURIComponent).join('/')}`
  } catch {
    return path
  }
}

const shownLengthMax = 200
const shownPath = (c: AppContext) => excerpt(c.req.path, shownLengthMax)

/** The methods some route has for a path: those that match more than what matches every method. */
function allowedMethods(path: string): string[] {
  const matching = (method: string) => app.router.match(method, path)[0].length
  const always = matching('NONE')
  const methods = ['GET', 'POST', 'PUT', 'DELETE'].filter((method) => matching(method) > always)
  if (methods.length === 0) return []
  return [...methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : method)), 'OPTIONS']
}
