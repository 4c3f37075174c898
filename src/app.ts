// Every route, and what is the same for all of them: headers, refusals, what is not there.

import { Hono } from 'hono'

import { feedRoutes } from './feeds/routes.ts'
import { ingestRoutes } from './ingest/routes.ts'
import { log } from './lib/log.ts'
import { Problem, problemResponse } from './lib/problem.ts'
import { siteOf } from './lib/site.ts'
import { operatorOnly } from './operator/access.ts'
import { operatorPostRoutes } from './operator/posts.ts'
import { operatorSourceRoutes } from './operator/sources.ts'
import { operatorTopicRoutes } from './operator/topics.ts'
import { pageRoutes } from './pages/routes.tsx'

export const app = new Hono<{ Bindings: Env }>()

app.use(async (c, next) => {
  await next()
  c.header('X-Content-Type-Options', 'nosniff')
  c.header('Referrer-Policy', 'strict-origin-when-cross-origin')
})

app.get('/health', async (c) => {
  await c.env.DB.prepare('SELECT 1').first()
  return c.json({ status: 'ok' }, 200, { 'Cache-Control': 'no-store' })
})

app.use('/api/*', operatorOnly)
app.route('/api/sources', operatorSourceRoutes)
app.route('/api/sources', operatorPostRoutes)
app.route('/api/topics', operatorTopicRoutes)
app.route('/', feedRoutes)
app.route('/', ingestRoutes)
app.route('/', pageRoutes)

app.notFound((c) => {
  const allowed = allowedMethods(c.req.path)
  const problem =
    allowed.length > 0
      ? new Problem('method-not-allowed', `${c.req.method} is not possible here.`, {
          headers: { Allow: allowed.join(', ') },
        })
      : new Problem('not-found', `There is nothing at ${c.req.path}.`)
  return problemResponse(problem, siteOf(c.env, c.req.url).origin)
})

app.onError((error, c) => {
  const { origin } = siteOf(c.env, c.req.url)
  if (error instanceof Problem) return problemResponse(error, origin)
  log('request_failed', { method: c.req.method, path: c.req.path, error })
  // D1 says of all its failures that they are its own; another try may well succeed, but for what is
  // too large for it.
  const isDatabase = error.message.startsWith('D1_') && !error.message.includes('SQLITE_TOOBIG')
  const problem = isDatabase
    ? new Problem('unavailable', 'The database did not answer.', {
        headers: { 'Retry-After': '10' },
      })
    : new Problem('internal', 'The failure was noted.')
  return problemResponse(problem, origin)
})

/** The methods some route has for a path: those that match more than what matches every method. */
function allowedMethods(path: string): string[] {
  const matching = (method: string) => app.router.match(method, path)[0].length
  const always = matching('NONE')
  const methods = ['GET', 'POST', 'PUT', 'DELETE'].filter((method) => matching(method) > always)
  return methods.includes('GET') ? ['GET', 'HEAD', ...methods.slice(1)] : methods
}
