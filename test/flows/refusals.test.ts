import { env, exports } from 'cloudflare:workers'
import { describe, it } from 'vitest'

import {
  call,
  get,
  givenSource,
  item,
  origin,
  post,
  published,
  secretOf,
  snapshot,
} from '../support/given.ts'
import { watchedRequest } from '../support/watched-db.ts'

type ProblemJson = {
  type: string
  status: number
  title: string
  detail: string
  errors?: { pointer: string; detail: string }[]
}

async function problemOf(response: Response): Promise<ProblemJson> {
  return response.json<ProblemJson>()
}

describe('every refusal', () => {
  it('is a problem document whose type leads to its explanation', async ({ expect }) => {
    await givenSource()
    const refusals = [
      await post('{', {}),
      await post({ type: 'article.published', data: {} }),
      await post(published(item('a')), { headers: { 'webhook-signature': 'v1,AAAA' } }),
      await get('/nothing/here'),
      await get('/sources/nobody/feed.rss'),
      await get('/api/sources'),
    ]
    const page = await (await get('/problems')).text()
    for (const response of refusals) {
      expect(response.headers.get('Content-Type')).toBe('application/problem+json')
      expect(response.headers.get('Cache-Control')).toBeTruthy()
      const problem = await problemOf(response)
      expect(problem.status).toBe(response.status)
      expect(problem.title).not.toBe('')
      expect(problem.detail).not.toMatch(/at .*\.ts|Error:|undefined/)
      const [address, code] = problem.type.split('#')
      expect(address).toBe(`${origin}/problems`)
      expect(page).toContain(`id="${code}"`)
    }
  })
})

describe('a signature', () => {
  it('that does not verify and a source that does not exist get the same answer', async ({
    expect,
  }) => {
    await givenSource('bao')
    await givenSource('cu')
    await call('DELETE', '/api/sources/cu')
    const secret = `whsec_${btoa('x'.repeat(32))}`
    const answers = await Promise.all(
      ['bao', 'nobody', 'cu', 'No Slug'].map(async (source) => {
        const response = await post(published(item('a')), {
          source: encodeURIComponent(source),
          secret,
        })
        return {
          status: response.status,
          body: await response.text(),
          headers: [...response.headers],
        }
      })
    )
    expect(answers[0]?.status).toBe(401)
    for (const answer of answers) expect(answer).toEqual(answers[0])
    expect(new Headers(answers[0]?.headers).get('WWW-Authenticate')).toBe('StandardWebhooks')
  })

  it('of a removed source’s own secret does not verify', async ({ expect }) => {
    await givenSource('cu')
    const secret = await secretOf('cu')
    await call('DELETE', '/api/sources/cu')
    expect((await post(published(item('a')), { source: 'cu', secret })).status).toBe(401)
    // Nor when it comes back: a new generation.
    await givenSource('cu')
    expect((await post(published(item('a')), { source: 'cu', secret })).status).toBe(401)
    expect((await post(published(item('a')), { source: 'cu' })).status).toBe(201)
  })

  it('too old or too new is told so, with the time here', async ({ expect }) => {
    await givenSource()
    // Read before each post: how long those before it took must not matter.
    const from = (seconds: number) => Math.floor(Date.now() / 1000) + seconds
    for (const offset of [-310, 310]) {
      const timestamp = from(offset)
      const response = await post(published(item('a')), { timestamp })
      expect(response.status).toBe(401)
      const problem = await problemOf(response)
      expect(problem.type).toContain('#bad-timestamp')
      expect(problem.detail).toContain(String(timestamp))
    }
    expect((await post(published(item('a')), { timestamp: from(-290) })).status).toBe(201)
    expect((await post(published(item('b')), { timestamp: from(290) })).status).toBe(201)
  })

  it('made with the secret before a rotation verifies for 24 hours', async ({ expect }) => {
    await givenSource()
    const old = await secretOf('bao')
    const rotated = await call('POST', '/api/sources/bao/secret')
    const { secret, generation } = await rotated.json<{ secret: string; generation: number }>()
    expect(generation).toBe(2)
    expect(secret).not.toBe(old)
    expect((await post(published(item('a')), { secret: old })).status).toBe(201)
    expect((await post(published(item('b')), { secret })).status).toBe(201)
    await env.DB.prepare('UPDATE sources SET secret_rotated_at = secret_rotated_at - 86401').run()
    expect((await post(published(item('c')), { secret: old })).status).toBe(401)
    expect((await post(published(item('d')), { secret })).status).toBe(201)
  })

  it('is asked for before anything about the body is told', async ({ expect }) => {
    await givenSource()
    const response = await post('not json', { secret: `whsec_${btoa('x'.repeat(32))}` })
    expect(response.status).toBe(401)
  })

  it('that is missing is refused without a row being read', async ({ expect }) => {
    const { response, rowsRead, rowsWritten } = await watchedRequest('/sources/bao/webhook', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: '{}',
    })
    expect(response.status).toBe(401)
    expect([rowsRead, rowsWritten]).toEqual([0, 0])
  })
})

describe('a body', () => {
  it('that is not JSON in UTF-8 is 400', async ({ expect }) => {
    await givenSource()
    const bodies = ['', '{', '{"a":1}{', 'null,', new Uint8Array([0x22, 0xff, 0x22])]
    for (const body of bodies) {
      const response = await post(body)
      expect(response.status).toBe(400)
      expect((await problemOf(response)).type).toContain('#not-json')
    }
  })

  it('of another media type, or encoded, is 415 and told what would do', async ({ expect }) => {
    await givenSource()
    const refused: Record<string, string>[] = [
      { 'Content-Type': 'text/plain' },
      { 'Content-Type': 'application/x-www-form-urlencoded' },
      { 'Content-Type': 'application/xml' },
      { 'Content-Encoding': 'gzip' },
    ]
    for (const headers of refused) {
      const response = await post(published(item('a')), { headers })
      expect(response.status, JSON.stringify(headers)).toBe(415)
      expect(response.headers.get('Accept')).toContain('application/json')
    }
    for (const type of [
      'application/json; charset=utf-8',
      'application/vnd.cms.v1+json',
      'Application/Feed+JSON',
    ]) {
      const response = await post(published(item(type)), { headers: { 'Content-Type': type } })
      expect(response.status, type).toBe(201)
    }
  })

  it('over 8 MiB is 413, whatever Content-Length says', async ({ expect }) => {
    await givenSource()
    const chunk = new Uint8Array(1024 * 1024).fill(0x20)
    let sent = 0
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (sent++ < 9) controller.enqueue(chunk)
        else controller.close()
      },
    })
    const response = await exports.default.fetch(`${origin}/sources/bao/webhook`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body,
    })
    expect(response.status).toBe(413)
    const declared = await post(published(item('a')), { headers: { 'Content-Length': '99999999' } })
    expect(declared.status).toBe(413)
  })

  it('with an article over 1 MiB is 413, and with one just below is stored whole', async ({
    expect,
  }) => {
    await givenSource()
    const text = (length: number) => `<p>${'ô'.repeat(length / 2)}</p>`
    const large = await post(published([item('a'), item('b', { content_html: text(1024 * 1024) })]))
    expect(large.status).toBe(413)
    expect((await problemOf(large)).detail).toContain('/data/1')
    const fitting = await post(published(item('c', { content_html: text(1024 * 1024 - 2000) })))
    expect(fitting.status).toBe(201)
    const feed = await (await get('/feed.json')).json<{ items: { content_html: string }[] }>()
    expect(feed.items).toHaveLength(1)
    expect(feed.items[0]?.content_html).toBe(text(1024 * 1024 - 2000))
  })

  it('whose text grows past what a row may hold is 413, and nothing is stored', async ({
    expect,
  }) => {
    await givenSource()
    const before = await snapshot('')
    const response = await post(published(item('a', { content_html: '&'.repeat(1_000_000) })))
    expect(response.status).toBe(413)
    expect(await snapshot('')).toEqual(before)
  })

  it('that is JSON but no post is 422 with pointers at what to mend', async ({ expect }) => {
    await givenSource()
    const cases: [unknown, string][] = [
      [[], ''],
      ['"text"', ''],
      ['null', ''],
      [{}, ''],
      [{ type: 5, data: {} }, '/type'],
      [{ type: 'article.published' }, '/data'],
      [{ type: 'article.published', data: 'x' }, '/data'],
      [{ type: 'article.published', timestamp: 'yesterday', data: item('a') }, '/timestamp'],
      [{ type: 'article.retracted', data: {} }, '/data/id'],
      [{ version: 'https://jsonfeed.org/version/1.1' }, '/items'],
      [{ version: 'https://jsonfeed.org/version/1.1', items: [{ id: 'a' }] }, '/items/0/url'],
      [published({ ...item('a'), id: '' }), '/data/id'],
      [published({ ...item('a'), id: ' a' }), '/data/id'],
      [published({ ...item('a'), id: 'a\u0000' }), '/data/id'],
      [published({ ...item('a'), id: 'ô'.repeat(257) }), '/data/id'],
      [published({ ...item('a'), url: '/bai' }), '/data/url'],
      [published({ ...item('a'), url: 'javascript:alert(1)' }), '/data/url'],
      [published({ ...item('a'), title: '  ' }), '/data/title'],
      [published({ ...item('a'), title: { vi: 'a' } }), '/data/title'],
      [published({ ...item('a'), content_html: undefined }), '/data'],
      [published({ ...item('a'), date_published: '2021-07-09T18:51:51' }), '/data/date_published'],
      [published({ ...item('a'), date_published: '2021-02-30T18:51:51Z' }), '/data/date_published'],
      [published({ ...item('a'), date_published: 1625831511 }), '/data/date_published'],
      [published({ ...item('a'), language: 'tiếng Việt' }), '/data/language'],
      [published({ ...item('a'), tags: 'Kinh tế' }), '/data/tags'],
      [published({ ...item('a'), tags: [1] }), '/data/tags/0'],
      [published({ ...item('a'), tags: Array(51).fill('a') }), '/data/tags'],
      [
        published({ ...item('a'), attachments: [{ url: 'https://a.example/' }] }),
        '/data/attachments/0/mime_type',
      ],
      [published({ ...item('a'), _loa: { via: { title: 'A' } } }), '/data/_loa/via/url'],
      [published({ ...item('a'), _loa: { license: 'CC BY' } }), '/data/_loa/license'],
    ]
    for (const [body, pointer] of cases) {
      const response = await post(body)
      expect(response.status, JSON.stringify(body)).toBe(422)
      const problem = await problemOf(response)
      expect(
        problem.errors?.map((error) => error.pointer),
        JSON.stringify(body)
      ).toContain(pointer)
    }
  })

  it('may say null for what it does not have', async ({ expect }) => {
    await givenSource()
    const nulls = {
      summary: null,
      image: null,
      tags: null,
      authors: null,
      language: null,
      attachments: null,
      date_modified: null,
      _loa: null,
      content_text: null,
    }
    expect((await post(published(item('a', nulls)))).status).toBe(201)
  })

  it('with HTML nested or attributed beyond reason is 422', async ({ expect }) => {
    await givenSource()
    const attributes = Array.from({ length: 300 }, (_, index) => `a${index}`).join(' ')
    for (const html of ['<div>'.repeat(10_000), `<p ${attributes}>x</p>`]) {
      const response = await post(published(item('a', { content_html: html })))
      expect(response.status).toBe(422)
      expect((await problemOf(response)).errors?.[0]?.pointer).toBe('/data/content_html')
    }
  })
})

describe('a method', () => {
  it('that a path does not know is 405 with those it does', async ({ expect }) => {
    await givenSource()
    const cases: [string, string, string][] = [
      ['DELETE', '/feed.rss', 'GET, HEAD, OPTIONS'],
      ['POST', '/sources/bao/feed.json', 'GET, HEAD, OPTIONS'],
      ['GET', '/sources/bao/webhook', 'POST, OPTIONS'],
      ['PUT', '/health', 'GET, HEAD, OPTIONS'],
      ['POST', '/', 'GET, HEAD, OPTIONS'],
    ]
    for (const [method, path, allowed] of cases) {
      const response = await exports.default.fetch(`${origin}${path}`, { method })
      expect(response.status, `${method} ${path}`).toBe(405)
      expect(response.headers.get('Allow')).toBe(allowed)
    }
    const operator = await call('PATCH', '/api/sources/bao')
    expect(operator.status).toBe(405)
    expect(operator.headers.get('Allow')).toBe('GET, HEAD, PUT, DELETE, OPTIONS')
  })
})

it('an outage of the database is 503 with Retry-After, and tells nothing of the inside', async ({
  expect,
}) => {
  await givenSource()
  await env.DB.prepare('DROP TABLE feed_articles').run()
  await env.DB.prepare('DROP TABLE feeds').run()
  const response = await get('/feed.rss')
  expect(response.status).toBe(503)
  expect(response.headers.get('Retry-After')).toBe('10')
  expect(await response.text()).not.toMatch(/feeds|SQL|D1/)
})
