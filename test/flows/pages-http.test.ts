// How pages are answered: language, headers, validators, refusals, cost; and that what strangers write
// stays text.

import { describe, it } from 'vitest'

import {
  call,
  get,
  givenSource,
  item,
  origin,
  posted,
  published,
  retracted,
} from '../support/given.ts'
import { requestWith, watchedRequest } from '../support/watched-db.ts'

const person = 'text/html,application/xhtml+xml,*/*;q=0.8'
const hostile = '</script><script>alert(1)</script><!--"\'&]]>\u202E'

async function givenArticle(fields: Record<string, unknown> = {}, id = 'a'): Promise<string> {
  const [report] = await posted(published(item(id, fields)))
  return report?.url.slice(origin.length) ?? ''
}

/** An address of every kind of page. */
async function givenPages(): Promise<string[]> {
  await givenSource()
  const article = await givenArticle({ tags: ['Kinh tế'] })
  return [
    '/',
    '/sources/bao',
    '/topics/kinh-te',
    '/sources/bao/topics/kinh-te',
    '/sources/bao?before=9999999999.00000000-0000-0000-0000-000000000000',
    '/sources',
    '/topics',
    '/embed',
    '/sources/bao/embed',
    '/topics/kinh-te/embed?items=3&theme=dark',
    '/sources/bao/topics/kinh-te/embed',
    article,
    `${article}/republish`,
    '/search',
    '/search?q=tin',
    '/problems',
  ]
}

describe('the language', () => {
  it('is the reader’s, or the one that the address names; a shared cache keeps them apart', async ({
    expect,
  }) => {
    for (const path of await givenPages()) {
      const asked = (headers: Record<string, string>, hl = '') =>
        get(path + (hl && `${path.includes('?') ? '&' : '?'}hl=${hl}`), headers)
      const etags = new Set<string | null>()
      for (const [language, response] of [
        ['en', await asked({})],
        ['vi', await asked({ 'Accept-Language': 'vi-VN,vi;q=0.9,en;q=0.8' })],
        ['en', await asked({ 'Accept-Language': 'fr, en;q=0.5' })],
        ['en', await asked({ 'Accept-Language': 'x'.repeat(5000) })],
      ] as const) {
        expect(response.headers.get('Content-Language'), path).toBe(language)
        expect(response.headers.get('Vary')).toBe('Accept-Language, Accept-Encoding')
        expect(await response.text()).toMatch(
          new RegExp(`^<!doctype html><html lang="${language}"`)
        )
        etags.add(response.headers.get('ETag'))
      }
      expect(etags.size).toBe(2)
      for (const language of ['vi', 'en']) {
        const response = await asked(
          { 'Accept-Language': language === 'vi' ? 'en' : 'vi' },
          language
        )
        expect(response.headers.get('Content-Language')).toBe(language)
        expect(response.headers.get('Vary')).toBe('Accept-Encoding')
        const html = await response.text()
        expect(html).toContain(`<html lang="${language}"`)
        etags.add(response.headers.get('ETag'))
      }
      expect(etags.size, path).toBe(4)
      expect((await asked({ 'Accept-Language': 'vi' }, 'fr')).headers.get('Content-Language')).toBe(
        'vi'
      )
      const held = (await asked({})).headers.get('ETag') ?? ''
      const other = await asked({ 'If-None-Match': held, 'Accept-Language': 'vi' })
      expect(other.status, path).toBe(200)
    }
  })

  it('that the address names stays from page to page', async ({ expect }) => {
    for (const path of await givenPages()) {
      if (path.includes('embed')) continue
      const html = await (await get(`${path}${path.includes('?') ? '&' : '?'}hl=vi`)).text()
      const links = [...html.matchAll(/<a [^>]*href="(\/[^"]*)"/g)].map(([, href]) => `${href}`)
      expect(links.length).toBeGreaterThan(4)
      for (const href of links.filter((each) => each !== '/feeds.opml')) {
        expect(href, path).toMatch(/(?:\?|&amp;)hl=(?:vi|en)$/)
      }
      expect(html).toContain('<input type="hidden" name="hl" value="vi"/>')
    }
  })
})

describe('every page', () => {
  it('escapes what strangers write, and runs only our own script', async ({ expect }) => {
    await givenSource('bao', { title: `Báo ${hostile}`, description: hostile, rights: hostile })
    await givenSource('b', { title: 'B' })
    const article = await givenArticle({
      title: `Tin ${hostile}`,
      summary: hostile,
      tags: [`Thẻ ${hostile}`],
      authors: [{ name: `PV ${hostile}`, url: 'https://bao.example/"onclick="alert(1)' }],
      image: 'https://bao.example/a.jpg?"onerror="alert(1)',
      content_html: '<p>Chữ</p><script>alert(1)</script><img src="x" onerror="alert(1)">',
      attachments: [
        { url: 'https://bao.example/%E0%A4%A', mime_type: 'application/pdf', title: hostile },
      ],
      _loa: {
        image: { alt: hostile, caption: hostile, credit: hostile },
        via: { title: hostile, url: 'https://bao.example/"' },
        rights: hostile,
        correction: hostile,
      },
    })
    const topic = '/topics/the-script-script-alert-1-script'
    const pages = [
      '/',
      '/sources/bao',
      topic,
      `/sources/bao${topic}`,
      '/sources',
      '/topics',
      '/embed',
    ]
    for (const path of [...pages, article, `${article}/republish`, `${topic}/embed`]) {
      const response = await get(path)
      expect(response.status, path).toBe(200)
      const html = await response.text()
      const scripts = html.match(/<script[^>]*>/gi) ?? []
      for (const tag of scripts) {
        expect(tag).toMatch(
          /^<script (?:src="\/page\.js\?v=\w+" defer=""|type="application\/ld\+json")>$/
        )
      }
      expect(html.match(/<\/script>/gi) ?? []).toHaveLength(scripts.length)
      expect(html, path).not.toMatch(/<[^>]*\son\w+=|"javascript:|<!--|\sstyle="/i)
    }
    await posted(retracted('a', { data: { id: 'a', _loa: { note: hostile } } }))
    expect(await (await get(article)).text()).not.toContain('<script>')
  })

  it('may load nothing from elsewhere but pictures and sounds, and be framed by nobody', async ({
    expect,
  }) => {
    for (const path of [...(await givenPages()), '/nothing-here']) {
      const { headers } = await get(path, { Accept: 'text/html' })
      const policy = headers.get('Content-Security-Policy') ?? ''
      expect(policy, path).toMatch(/^default-src 'none'; style-src 'self'; /)
      expect(policy).not.toContain('unsafe')
      expect(policy).toContain("base-uri 'none'")
      expect(policy.includes("frame-ancestors 'none'")).toBe(!path.includes('embed'))
      expect(headers.get('Referrer-Policy')).toBe('strict-origin-when-cross-origin')
      expect(headers.get('X-Content-Type-Options')).toBe('nosniff')
      expect(headers.get('Content-Type')).toBe('text/html; charset=UTF-8')
      expect(headers.get('Set-Cookie')).toBeNull()
    }
  })

  it('is under 30 kB with its style and its script, however full', async ({ expect }) => {
    const long = 'Một câu khá dài để lấp đầy chỗ trống của trang, '.repeat(20)
    const sources = ['bao', ...Array.from({ length: 14 }, (_, index) => `nguon-${index}`)]
    for (const slug of sources) await givenSource(slug, { title: `Nguồn tin có tên dài ${slug}` })
    const tags = Array.from({ length: 50 }, (_, index) => `Chủ đề có một cái tên dài ${index}`)
    for (const source of sources.slice(0, 3)) {
      const items = Array.from({ length: 30 }, (_, index) =>
        item(`${source}-${index}`, { title: long.slice(0, 400), summary: long, tags })
      )
      await posted(published(items), { source })
    }
    const assets = (await Promise.all(['/style.css', '/page.js'].map((path) => get(path)))).map(
      (each) => each.text()
    )
    const shared = (await Promise.all(assets)).reduce((sum, text) => sum + bytesOf(text), 0)
    const topic = '/topics/chu-de-co-mot-cai-ten-dai-1'
    const pages = [
      '/',
      '/sources/bao',
      topic,
      `/sources/bao${topic}`,
      '/sources',
      '/topics',
      '/problems',
      '/embed?items=20',
      '/search?q=cau',
    ]
    for (const path of pages) {
      const html = await (await get(`${path}${path.includes('?') ? '&' : '?'}hl=vi`)).text()
      expect(bytesOf(html) + shared, path).toBeLessThan(30_000)
    }
  })

  it('is sent to a reader once, and again only when it changed', async ({ expect }) => {
    for (const path of await givenPages()) {
      const first = await get(path)
      expect(first.headers.get('Cache-Control')).toBe('public, max-age=60')
      const etag = first.headers.get('ETag') ?? ''
      const again = await get(path, { 'If-None-Match': etag })
      expect([again.status, await again.text()], path).toEqual([304, ''])
      expect(again.headers.get('Vary')).toBe('Accept-Language, Accept-Encoding')
      expect((await get(path, { 'If-Match': '"other"' })).status).toBe(412)
      const head = await requestWith({}, path, { method: 'HEAD' })
      expect([head.status, head.headers.get('ETag'), await head.text()]).toEqual([200, etag, ''])
    }
  })

  it('changes with everything that it shows', async ({ expect }) => {
    const [
      home = '',
      source = '',
      topic = '',
      both = '',
      ,
      sources = '',
      topics = '',
      box = '',
      ,
      topicBox = '',
      ,
      article = '',
    ] = await givenPages()
    const changes: [() => Promise<unknown>, string[], string[]][] = [
      [
        () => givenSource('bao', { title: 'Báo mới' }),
        [home, source, topic, both, sources, box, topicBox, article],
        [],
      ],
      [
        () => call('PUT', '/api/topics/kinh-te', { title: 'Kinh doanh' }),
        [home, source, topic, both, topics, topicBox],
        [article],
      ],
      [() => givenSource('im'), [home, sources], [source, topic, both, article, topicBox]],
      [() => givenSource('phong'), [home, sources], [source, topic, both, article, topicBox]],
      // It published nothing, and was not the last to change.
      [() => call('DELETE', '/api/sources/im'), [home, sources, topics], [source, topic, article]],
      [
        () => posted(published(item('p', { tags: ['Kinh tế'] })), { source: 'phong' }),
        [home, topic, box, topicBox],
        [source, both, article],
      ],
      [
        () => posted(published(item('a', { title: 'Tin khác', tags: ['Kinh tế'] }))),
        [home, source, topic, both, box, topicBox, article],
        [],
      ],
      [
        () => posted(published(item('a', { title: 'Tin khác', tags: ['Kinh tế'] }))),
        [],
        [home, source, topic, both, box, topicBox, article],
      ],
    ]
    for (const [change, changed, same] of changes) {
      const pages = [...changed, ...same]
      const held = new Map<string, string>()
      for (const path of pages) held.set(path, (await get(path)).headers.get('ETag') ?? '')
      await change()
      for (const path of pages) {
        const { status } = await get(path, { 'If-None-Match': held.get(path) ?? '' })
        expect(status, `${path} after ${String(change)}`).toBe(changed.includes(path) ? 200 : 304)
      }
    }
  })
})

describe('a box', () => {
  it('shows as many headlines as it is asked for, in the theme it is asked for', async ({
    expect,
  }) => {
    await givenSource()
    await posted(published(Array.from({ length: 25 }, (_, index) => item(`a${index}`))))
    const cases: [string, number, string][] = [
      ['', 5, 'auto'],
      ['?items=3&theme=dark', 3, 'dark'],
      ['?items=20&theme=light', 20, 'light'],
      ['?items=1', 1, 'auto'],
      ['?items=0', 1, 'auto'],
      ['?items=999', 20, 'auto'],
      ['?items=99999999999999999999', 5, 'auto'],
      ['?items=-1&theme=%22%3E%3Cscript%3E', 5, 'auto'],
      ['?items=1e1&theme=DARK', 5, 'auto'],
      ['?items=%00&theme=', 5, 'auto'],
    ]
    for (const [query, items, theme] of cases) {
      const response = await get(`/sources/bao/embed${query}`)
      const html = await response.text()
      expect(html.match(/<li>/g), query).toHaveLength(items)
      expect(html).toContain(`<html lang="en" data-theme="${theme}">`)
    }
  })

  it('leads to the originals in windows of their own, and lets the page around it size it', async ({
    expect,
  }) => {
    await givenSource()
    await givenArticle()
    const html = await (await get('/sources/bao/embed')).text()
    expect(html).toContain('<a href="https://bao.example/a" target="_blank"')
    expect(html).toContain(`<a href="${origin}/sources/bao" target="_blank">Báo bao</a>`)
    expect(html).toContain('<meta name="responsive-embedded-sizing" content="allow-origins=*"/>')
    expect(html).not.toContain('<script')
  })
})

describe('a refusal', () => {
  it('is a page that helps for people, and a problem document for programs', async ({ expect }) => {
    await givenSource('cu')
    await call('DELETE', '/api/sources/cu')
    const cases: [string, number, string][] = [
      ['/sources/x', 404, 'There is nothing here'],
      ['/topics/x', 404, 'There is nothing here'],
      ['/topics/%F0%9F%92%A9', 404, 'There is nothing here'],
      ['/sources/x/topics/y', 404, 'There is nothing here'],
      ['/sources/x/embed', 404, 'There is nothing here'],
      ['/articles/x', 404, 'There is nothing here'],
      ['/articles/00000000-0000-5000-8000-000000000000', 404, 'There is nothing here'],
      ['/articles/x/republish', 404, 'There is nothing here'],
      ['/nothing/here', 404, 'There is nothing here'],
      ['/sources/cu', 410, 'This source left the wire'],
      ['/sources/cu/embed', 410, 'This source left the wire'],
    ]
    for (const [path, status, title] of cases) {
      const response = await get(path, { Accept: person })
      expect(response.status, path).toBe(status)
      expect(response.headers.get('Cache-Control')).toBe('no-store')
      expect(response.headers.get('Vary')).toBe('Accept, Accept-Language')
      const html = await response.text()
      expect(html).toContain(`<h1>${title}</h1>`)
      expect(html).toContain('<a href="/">Home page</a>')
      expect(html).toContain('type="application/rss+xml"')
      const program = await get(path, { Accept: '*/*' })
      expect(program.status).toBe(status)
      expect(program.headers.get('Content-Type')).toBe('application/problem+json')
    }
    expect(await (await get('/sources/x?hl=vi', { Accept: person })).text()).toContain(
      'Không có gì ở đây'
    )
  })

  it('leads nowhere else, whatever the address', async ({ expect }) => {
    for (const path of [
      '//evil.example/x',
      '///evil.example',
      '/\\evil.example',
      '/%0d%0aSet-Cookie:a=b',
      '/"><script>alert(1)</script>',
    ]) {
      const response = await get(path, { Accept: 'text/html' })
      expect(response.status, path).toBe(404)
      expect(response.headers.get('Set-Cookie')).toBeNull()
      const html = await response.text()
      expect(html).not.toMatch(/(?:href|action|src)="(?:\/\/|\/\\|[a-z]+:(?!\/\/loa\.example))/)
      expect(html).not.toContain('<script>')
    }
  })

  it('of a feed is a problem document for everybody, since caches keep it', async ({ expect }) => {
    const response = await get('/sources/x/feed.rss', { Accept: person })
    expect(response.headers.get('Content-Type')).toBe('application/problem+json')
    expect(response.headers.get('Cache-Control')).toContain('public')
    expect(response.headers.get('Vary')).toBeNull()
  })

  it('because of a failure is a page that says so, without telling what failed', async ({
    expect,
  }) => {
    await givenSource()
    const failing = (message: string) => ({
      DB: {
        prepare: () => {
          throw new Error(message)
        },
      } as unknown as D1Database,
    })
    for (const [message, status, title] of [
      ['a secret detail', 500, 'Something went wrong on our side'],
      ['D1_ERROR: a secret detail', 503, 'This does not work just now'],
    ] as const) {
      const headers = { Accept: 'text/html' }
      const response = await requestWith(failing(message), '/sources/bao', { headers })
      expect(response.status).toBe(status)
      expect(response.headers.get('Cache-Control')).toBe('no-store')
      const html = await response.text()
      expect(html).toContain(title)
      expect(html).not.toContain('secret')
    }
  })
})

describe('a page costs', () => {
  it('one row to a reader who has it, two for an article, eight for what lists feeds', async ({
    expect,
  }) => {
    for (const path of await givenPages()) {
      const etag = (await get(path)).headers.get('ETag') ?? ''
      const { response, rowsRead } = await watchedRequest(path, {
        headers: { 'If-None-Match': etag },
      })
      expect(response.status).toBe(304)
      const isDirectory = ['/', '/sources', '/topics'].includes(path)
      const most = isDirectory ? 8 : path.startsWith('/articles') ? 2 : 1
      expect(rowsRead, path).toBe(path === '/problems' ? 0 : most)
    }
  })

  it('the same, whatever the size of the wire', async ({ expect }) => {
    await givenSource()
    const post = async (from: number, count: number) => {
      for (let start = from; start < from + count; start += 100) {
        const items = Array.from({ length: Math.min(100, from + count - start) }, (_, index) =>
          item(`a${start + index}`, { tags: ['Kinh tế'], date_published: new Date().toISOString() })
        )
        await posted(published(items))
      }
    }
    const paths = [
      '/',
      '/sources/bao',
      '/topics/kinh-te',
      '/sources/bao/topics/kinh-te',
      '/embed',
      '/sources',
    ]
    const cost = () => Promise.all(paths.map(async (path) => (await watchedRequest(path)).rowsRead))
    await post(0, 100)
    const few = await cost()
    await post(100, 700)
    expect(await cost()).toEqual(few)
    expect(few).toEqual([169, 72, 73, 69, 27, 64])
    // Also where hundreds share a second.
    const html = await (await get('/sources/bao')).text()
    const [, older = ''] = /<a href="([^"]+)" rel="next">/.exec(html) ?? []
    expect((await watchedRequest(older)).rowsRead).toBeLessThanOrEqual(3 + 5 * 16)
  })
})

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length
}
