// Without Cache-Control a cache in front of the Worker keeps an answer by rules of its own.

import { it } from 'vitest'

import { app } from '../../src/app.ts'
import { call, get, givenSource, item, origin, post, posted, published } from '../support/given.ts'
import { requestWith } from '../support/watched-db.ts'

it('every route says how its answer may be cached, whatever the method and whatever the answer', async ({
  expect,
}) => {
  await givenSource()
  const [report] = await posted(published(item('a', { tags: ['Kinh tế'] })))
  const uuid = report?.url.split('/').at(-1) ?? ''
  const paths = new Set(
    app.routes
      .map(({ path }) => path)
      .filter((path) => !path.includes('*'))
      .map((path) =>
        path
          .replace(/:file\{.*\}/, 'feed.rss')
          .replace(':source', 'bao')
          .replace(':topic', 'kinh-te')
          .replace(':uuid', uuid)
      )
  )
  expect(paths.size).toBeGreaterThan(18)
  for (const path of paths) {
    for (const method of ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH']) {
      const anonymous = await requestWith({}, path, { method })
      expect(anonymous.headers.get('Cache-Control'), `${method} ${path}`).toBeTruthy()
      const operator = await call(method, path, method.startsWith('P') ? {} : undefined)
      expect(operator.headers.get('Cache-Control'), `${method} ${path} as operator`).toBeTruthy()
    }
  }
})

it('what concerns one sender or the operator is stored by no cache', async ({ expect }) => {
  await givenSource()
  const answers = [
    await post(published(item('a'))),
    await post('{'),
    await post(published(item('a')), { query: '?dry-run' }),
    await call('GET', '/api/sources/bao/secret'),
    await call('POST', '/api/sources/bao/secret'),
    await call('GET', '/api/sources/bao/posts'),
    await call('GET', '/api/sources/bao/health'),
    await call('DELETE', '/api/sources/bao'),
    await get('/api/sources'),
  ]
  for (const { url, status, headers } of answers) {
    expect(headers.get('Cache-Control'), `${status} ${url || origin}`).toBe('no-store')
  }
})
