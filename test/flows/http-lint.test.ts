// Every kind of public address before an HTTP linter (test/support/http-lint.ts): what REDbot would say of it.

import { exports } from 'cloudflare:workers'
import { beforeEach, describe, it } from 'vitest'

import { call, givenSource, item, origin, posted, published, retracted } from '../support/given.ts'
import { answerOf, lintAnswer, lintResource, type Answer, type Ask } from '../support/http-lint.ts'

const ask: Ask = (url, init = {}) => exports.default.fetch(url, { redirect: 'manual', ...init })

let articlePath = ''
let retractedPath = ''

async function givenWire() {
  await givenSource('bao', { title: 'Báo <Sông> & "Xanh"' })
  await givenSource('cu')
  const fields = { tags: ['Kinh tế'] }
  const [kept, taken] = await posted(published([item('a', fields), item('b', fields)]))
  await posted(retracted('b'))
  await posted(published(item('c')), { source: 'cu' })
  await call('DELETE', '/api/sources/cu')
  articlePath = new URL(kept?.url ?? '').pathname
  retractedPath = new URL(taken?.url ?? '').pathname
}

const kinds: Readonly<Record<string, readonly [status: number | null, paths: () => string[]]>> = {
  // Each sort of feed and each format once.
  feeds: [
    200,
    () => [
      '/feed.rss',
      '/sources/bao/feed.atom',
      '/topics/kinh-te/feed.json',
      '/sources/bao/topics/kinh-te/feed.rss',
    ],
  ],
  'feeds that a reader composes': [
    200,
    () => [
      '/feed.atom?source=bao&topic=kinh-te',
      '/feed.json?q=noi%20dung&lang=vi',
      '/feed.rss?limit=1&content=summary&utm_source=x',
      '/sources/bao/feed.json?content=summary',
    ],
  ],
  'the subscription lists': [200, () => ['/feeds.opml', '/sources.opml', '/topics.opml']],
  pages: [
    200,
    () => ['/', '/sources/bao', '/topics/kinh-te', '/sources/bao/topics/kinh-te', '/problems'],
  ],
  'an article': [200, () => [articlePath]],
  'a retracted article': [410, () => [retractedPath]],
  'the style sheet': [200, () => ['/style.css']],
  'the health check': [200, () => ['/health']],
  'what is not there': [
    404,
    () => [
      '/nothing',
      '/feed.xml',
      '/sources/none/feed.rss',
      '/topics/none/feed.atom',
      '/topics/none',
      '/articles/none',
      '/sources/bao/topics/none/feed.json',
    ],
  ],
  'odd addresses': [
    null,
    () => [
      '/feed.rss/',
      '//feed.rss',
      '/FEED.RSS',
      '/feed.rss?utm_source=x',
      `/${'a'.repeat(8000)}`,
      `/feed.rss?${'a'.repeat(8000)}`,
      '/%zz',
      '/sources/%E0%A4%A/feed.rss',
      '/topics/%00/feed.json',
      '/sources/bao%2Ftopics%2Fkinh-te/feed.atom',
    ],
  ],
  'what left the wire': [410, () => ['/sources/cu/feed.rss', '/sources/cu/feed.json']],
  'what is the operator’s alone': [401, () => ['/api/sources', '/api/nothing']],
}

// Up to two hundred requests a test, on machines that do other things too.
describe('a linter of HTTP', { timeout: 60_000 }, () => {
  beforeEach(givenWire)

  for (const [kind, [status, paths]] of Object.entries(kinds)) {
    it(`has nothing to say against ${kind}`, async ({ expect }) => {
      for (const path of paths()) {
        const { status: found } = await ask(origin + path)
        expect(found, path).toBe(status ?? found)
        expect(await lintResource(ask, origin + path)).toEqual([])
      }
    })
  }

  it('has nothing to say against archives, and one that is not there yet', async ({ expect }) => {
    // A hundred fill the first.
    await posted(published(Array.from({ length: 100 }, (_, index) => item(`n-${index}`))))
    for (const [path, status] of [
      ['/archive/1.atom', 200],
      ['/sources/bao/archive/1.rss', 200],
      ['/archive/2.json', 307],
    ] as const) {
      expect((await ask(origin + path)).status, path).toBe(status)
      expect(await lintResource(ask, origin + path)).toEqual([])
    }
  })

  for (const method of ['OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND']) {
    it(`has nothing to say against the answers to ${method}`, async ({ expect }) => {
      for (const path of Object.values(kinds).flatMap(([, paths]) => paths())) {
        const url = origin + path
        const answer = await answerOf(await ask(url, { method }), { method, url })
        expect(lintAnswer(answer)).toEqual([])
      }
    })
  }
})

describe('the linter itself', () => {
  const sound: Answer = {
    method: 'GET',
    url: 'https://a.example/',
    status: 200,
    headers: new Headers({
      'Content-Type': 'application/rss+xml; charset=utf-8',
      'Cache-Control': 'public, max-age=300',
      'X-Content-Type-Options': 'nosniff',
      ETag: 'W/"1"',
      Link: '<https://a.example/>; rel="self"',
    }),
    body: new Uint8Array([1]),
  }
  const withHeaders = (headers: Record<string, string>, fields: Partial<Answer> = {}): Answer => ({
    ...sound,
    ...fields,
    headers: new Headers({ ...Object.fromEntries(sound.headers), ...headers }),
  })

  it('has nothing to say against an answer that is in order', ({ expect }) => {
    expect(lintAnswer(sound)).toEqual([])
  })

  const faults: Readonly<Record<string, readonly [Answer, RegExp]>> = {
    'a bare ETag': [withHeaders({ ETag: 'abc' }), /§8\.8\.3/],
    'a date of another form': [withHeaders({ 'Last-Modified': '2026-11-20' }), /§8\.8\.2/],
    'a Last-Modified that lies ahead': [
      withHeaders({ 'Last-Modified': 'Fri, 31 Dec 9999 23:59:59 GMT' }),
      /lies ahead/,
    ],
    'a broken Link': [withHeaders({ Link: 'https://a.example/; rel=self' }), /8288/],
    'a link to nowhere': [withHeaders({ Link: '</a>; rel="self"' }), /not absolute/],
    'a relation nobody knows': [
      withHeaders({ Link: '<https://a.example/>; rel="myself"' }),
      /not registered/,
    ],
    'an unknown directive': [withHeaders({ 'Cache-Control': 'max_age=1' }), /nobody knows/],
    'directives that contradict': [
      withHeaders({ 'Cache-Control': 'no-store, max-age=1' }),
      /no-store and more/,
    ],
    'no charset': [withHeaders({ 'Content-Type': 'text/plain' }), /charset/],
    'a wrong length': [withHeaders({ 'Content-Length': '7' }), /§8\.6/],
    'a cookie': [withHeaders({ 'Set-Cookie': 'a=b' }), /set-cookie/],
    '405 without Allow': [withHeaders({}, { status: 405 }), /§15\.5\.6/],
    '401 without a challenge': [withHeaders({}, { status: 401 }), /§15\.5\.2/],
    '304 with content': [withHeaders({}, { status: 304 }), /§6\.4\.1/],
    'validators hidden from other sites': [
      withHeaders({ 'Access-Control-Allow-Origin': '*' }),
      /ETag is hidden/,
    ],
  }
  for (const [name, [answer, complaint]] of Object.entries(faults)) {
    it(`complains of ${name}`, ({ expect }) => {
      expect(lintAnswer(answer).join('\n')).toMatch(complaint)
    })
  }

  it('complains of a resource whose validators lead nowhere', async ({ expect }) => {
    const { headers } = sound
    const deaf: Ask = async (_, init) =>
      new Response(init?.method === 'HEAD' ? null : 'a', { headers })
    expect((await lintResource(deaf, sound.url)).join('\n')).toMatch(/§13\.1\.2/)
  })

  it('complains of a resource that a stray header changes', async ({ expect }) => {
    const gullible: Ask = async (_, init) =>
      new Response(init?.headers?.['X-Forwarded-Host'] ?? 'a', { headers: sound.headers })
    expect((await lintResource(gullible, sound.url)).join('\n')).toMatch(/X-Forwarded-Host changes/)
  })
})
