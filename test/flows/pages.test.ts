import { describe, it } from 'vitest'

import { get, givenSource, item, origin, posted, published } from '../support/given.ts'

const hostile = '<script>alert(1)</script>"\'&'

async function givenHostileArticle() {
  await givenSource('bao', { title: `Báo ${hostile}` })
  const [report] = await posted(
    published(
      item('a', {
        title: `Tin ${hostile}`,
        tags: [`Thẻ ${hostile}`],
        authors: [{ name: `PV ${hostile}` }],
        image: 'https://bao.example/a.jpg?"onerror="alert(1)',
        content_html: '<p>Chữ</p><script>alert(1)</script><img src="x" onerror="alert(1)">',
        _loa: { image: { alt: hostile }, via: { title: hostile, url: 'https://bao.example/"' } },
      })
    )
  )
  return report?.url.slice(origin.length) ?? ''
}

describe('every page', () => {
  it('escapes what publishers write, and runs no script', async ({ expect }) => {
    const article = await givenHostileArticle()
    for (const path of ['/', '/sources/bao', '/topics/the-script-alert-1-script', article]) {
      const response = await get(path)
      expect(response.status, path).toBe(200)
      const html = await response.text()
      expect(html, path).toMatch(/^<!doctype html>/i)
      expect(html, path).not.toMatch(/<script|\sonerror=|"javascript:/i)
      expect(response.headers.get('Content-Security-Policy')).toMatch(
        /^default-src 'none'; style-src 'self'/
      )
      expect(response.headers.get('Content-Security-Policy')).not.toContain('unsafe')
      expect(response.headers.get('Cache-Control')).toBe('public, max-age=60')
      expect(response.headers.get('Content-Type')).toBe('text/html; charset=UTF-8')
    }
  })

  it('that stands beside a feed leads to its three documents', async ({ expect }) => {
    await givenSource()
    await posted(published(item('a', { tags: ['Kinh tế'] })))
    for (const path of ['', '/sources/bao', '/topics/kinh-te', '/sources/bao/topics/kinh-te']) {
      const html = await (await get(path || '/')).text()
      for (const [type, extension] of [
        ['application/rss+xml', 'rss'],
        ['application/atom+xml', 'atom'],
        ['application/feed+json', 'json'],
      ]) {
        expect(html, path).toMatch(
          new RegExp(
            `<link rel="alternate" type="${type?.replace('+', '\\+')}" title="[^"]+" href="${origin}${path}/feed.${extension}"`
          )
        )
      }
    }
  })
})

it('the home page lists every source and topic with its feeds', async ({ expect }) => {
  await givenSource('bao')
  await givenSource('phong')
  await posted(published(item('a', { tags: ['Kinh tế', 'Đô thị'] })))
  const html = await (await get('/')).text()
  for (const path of ['', '/sources/bao', '/sources/phong', '/topics/kinh-te', '/topics/do-thi']) {
    for (const extension of ['rss', 'atom', 'json'])
      expect(html).toContain(`href="${path}/feed.${extension}"`)
  }
})

it('an article’s page says which address is the original', async ({ expect }) => {
  await givenSource()
  const [report] = await posted(published(item('a')))
  const html = await (await get(report?.url.slice(origin.length) ?? '')).text()
  expect(html).toContain('<link rel="canonical" href="https://bao.example/a"/>')
  expect(html).toContain('<time datetime="2026-11-20T08:00:00+07:00">')
})

it('a page of what does not exist is 404', async ({ expect }) => {
  for (const path of [
    '/sources/x',
    '/topics/x',
    '/articles/x',
    '/articles/00000000-0000-5000-8000-000000000000',
    '/x',
  ]) {
    expect((await get(path)).status, path).toBe(404)
  }
})
