// What pages say, and that they say it to whoever reads in whatever language.

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

async function givenArticle(fields: Record<string, unknown> = {}, id = 'a'): Promise<string> {
  const [report] = await posted(published(item(id, fields)))
  return report?.url.slice(origin.length) ?? ''
}

async function pageOf(path: string, headers: Record<string, string> = {}): Promise<string> {
  const response = await get(path, headers)
  if (response.status !== 200) throw new Error(`${path}: ${response.status}`)
  return response.text()
}

describe('every page', () => {
  it('leads to the three documents of its feed, titled in words', async ({ expect }) => {
    await givenSource()
    const article = await givenArticle({ tags: ['Kinh tế'] })
    const pages = [
      ['/', '', 'Loa'],
      ['/sources/bao', '/sources/bao', 'Báo bao'],
      ['/topics/kinh-te', '/topics/kinh-te', 'Kinh tế'],
      ['/sources/bao/topics/kinh-te', '/sources/bao/topics/kinh-te', 'Báo bao: Kinh tế'],
      [article, '/sources/bao', 'Báo bao'],
      [`${article}/republish`, '/sources/bao', 'Báo bao'],
      ['/sources', '', 'Loa'],
      ['/topics', '', 'Loa'],
      ['/problems', '', 'Loa'],
      ['/embed', '', 'Loa'],
      ['/topics/kinh-te/embed', '/topics/kinh-te', 'Kinh tế'],
    ] as const
    for (const [path, feed, title] of pages) {
      const html = await pageOf(path)
      for (const [name, type, extension] of [
        ['RSS', 'application/rss+xml', 'rss'],
        ['Atom', 'application/atom+xml', 'atom'],
        ['JSON Feed', 'application/feed+json', 'json'],
      ]) {
        expect(html, path).toContain(
          `<link rel="alternate" type="${type}" title="${title} (${name})" href="${origin}${feed}/feed.${extension}"/>`
        )
      }
    }
  })

  it('leads to the list of all feeds, to both languages, and past the menu', async ({ expect }) => {
    const html = await pageOf('/problems')
    for (const part of [
      '<a href="/feeds.opml">',
      'href="/problems?hl=en"',
      'href="/problems?hl=vi"',
      '<a class="hidden" href="#content">',
      '<main id="content">',
    ])
      expect(html).toContain(part)
  })
})

describe('the home page', () => {
  it('says what this is, how to subscribe, and shows sources, topics and the newest articles', async ({
    expect,
  }) => {
    await givenSource('bao')
    await givenSource('phong')
    const article = await givenArticle({ tags: ['Kinh tế', 'Đô thị'] })
    const html = await pageOf('/')
    for (const part of [
      'News of several publishers in one place',
      'How to subscribe',
      '<a href="/sources/bao" lang="vi">Báo bao</a>',
      '<a href="/sources/phong" lang="vi">Báo phong</a>',
      '<a href="/topics/kinh-te">Kinh tế</a>',
      '<a href="/topics/do-thi">Đô thị</a>',
      `<a href="${article}" lang="vi" dir="auto">Tin a</a>`,
      '<h3 class="day">Friday, 20 November 2026</h3>',
      'action="/search"',
      'feeds.opml',
    ])
      expect(html).toContain(part)
  })

  it('draws how lively each source is, and says the same in words', async ({ expect }) => {
    await givenSource('bao')
    await givenSource('lau')
    const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString()
    const items = [0, 0, 1, 10, 45, 70].map((days, index) =>
      item(`a${index}`, { date_published: daysAgo(days), tags: ['Kinh tế'] })
    )
    await posted(published(items))
    const html = await pageOf('/')
    const label = 'Articles a week, over the last 8 weeks, oldest first: 0, 1, 0, 0, 0, 0, 1, 3'
    expect(html.split(label)).toHaveLength(3)
    expect(html).toContain('<span>3 in 7 days</span>')
    expect(html).toContain('oldest first: 0, 0, 0, 0, 0, 0, 0, 0')
    expect(await pageOf('/sources')).toContain(label)
    expect(await pageOf('/topics')).toContain(label)
    expect(await pageOf('/?hl=vi')).toContain('<span>3 bài trong 7 ngày</span>')
  })

  it('and the lists beside it go on where there is more', async ({ expect }) => {
    await givenSource()
    const tags = Array.from(
      { length: 45 },
      (_, index) => `Chủ đề ${String(index).padStart(2, '0')}`
    )
    await givenArticle({ tags })
    expect((await pageOf('/')).match(/class="bars"/g)).toHaveLength(1 + 10)
    const first = await pageOf('/topics')
    expect(first.match(/class="bars"/g)).toHaveLength(30)
    const [, next] = /<a href="([^"]+)" rel="next">/.exec(first) ?? []
    const second = await pageOf(next ?? '')
    expect(second.match(/class="bars"/g)).toHaveLength(15)
    expect(second).not.toContain('rel="next"')
  })

  it('leaves out sources that left the wire and topics that nobody may know yet', async ({
    expect,
  }) => {
    await givenSource('bao')
    await givenSource('cu')
    await givenArticle({ tags: ['Bí mật'], date_published: '2099-01-01T00:00:00Z' })
    await posted(published(item('b', { title: 'Tin đã gỡ' })), { source: 'cu' })
    await call('DELETE', '/api/sources/cu')
    for (const path of ['/', '/sources', '/topics']) {
      const html = await pageOf(path)
      expect(html).not.toContain('/sources/cu')
      expect(html).not.toContain('Bí mật')
      expect(html).not.toContain('Tin đã gỡ')
    }
  })
})

describe('a feed’s page', () => {
  it('says what a feed is and gives three addresses to copy and links to readers', async ({
    expect,
  }) => {
    await givenSource('bao', { description: 'Tin của một thành phố.' })
    await givenArticle({ tags: ['Kinh tế'] })
    const html = await pageOf('/sources/bao')
    expect(html).toContain('A feed is an address where the newest articles always are')
    expect(html).toContain('<p class="lead" lang="vi">Tin của một thành phố.</p>')
    for (const extension of ['rss', 'atom', 'json']) {
      const url = `${origin}/sources/bao/feed.${extension}`
      expect(html).toContain(`<a id="${extension}" href="${url}">${url}</a>`)
      expect(html).toContain(`data-copy="${extension}"`)
      expect((await get(`/sources/bao/feed.${extension}`)).status).toBe(200)
    }
    const encoded = encodeURIComponent(`${origin}/sources/bao/feed.rss`)
    for (const address of [
      `https://feedly.com/i/subscription/feed%2F${encoded}`,
      `https://www.inoreader.com/?add_feed=${encoded}`,
      `https://www.newsblur.com/?url=${encoded}`,
      `https://theoldreader.com/feeds/subscribe?url=${encoded}`,
      `https://feedbin.com/?subscribe=${encoded}`,
      `feed:${origin}/sources/bao/feed.rss`,
    ])
      expect(html).toContain(`href="${address}"`)
  })

  it('leads to its neighbours, and they lead back', async ({ expect }) => {
    await givenSource('bao')
    await givenSource('phong')
    await givenArticle({ tags: ['Kinh tế'] })
    await posted(published(item('b', { tags: ['Kinh tế', 'Y tế'] })), { source: 'phong' })
    const source = await pageOf('/sources/bao')
    expect(source).toContain('<a href="/sources/bao/topics/kinh-te">Kinh tế</a>')
    expect(source).not.toContain('y-te')
    const topic = await pageOf('/topics/kinh-te')
    expect(topic).toContain('<a href="/sources/bao/topics/kinh-te" lang="vi">Báo bao</a>')
    expect(topic).toContain('<a href="/sources/phong/topics/kinh-te" lang="vi">Báo phong</a>')
    const both = await pageOf('/sources/bao/topics/kinh-te')
    expect(both).toContain('<a href="/sources/bao">All articles of Báo bao</a>')
    expect(both).toContain('<a href="/topics/kinh-te">“Kinh tế” from all sources</a>')
  })

  it('lists every article once, newest first, over its pages, also many of one second', async ({
    expect,
  }) => {
    await givenSource()
    const items = Array.from({ length: 47 }, (_, index) =>
      item(`a${index}`, {
        title: `Tin số ${index}.`,
        date_published:
          index < 30 ? '2026-11-20T08:00:00+07:00' : `2026-11-1${index % 9}T08:00:00Z`,
      })
    )
    await posted(published(items))
    const listed: string[] = []
    let path: string | undefined = '/sources/bao'
    let pages = 0
    while (path) {
      const html = await pageOf(path)
      listed.push(
        ...[...html.matchAll(/<li><a href="(\/articles\/[^"]+)"/g)].map(([, url]) => `${url}`)
      )
      path = /<a href="([^"]+)" rel="next">/.exec(html)?.[1]
      pages++
    }
    expect(pages).toBe(4)
    expect(listed).toHaveLength(47)
    expect(new Set(listed).size).toBe(47)
    const feed = await (await get('/sources/bao/feed.json')).json<{ items: { id: string }[] }>()
    expect(listed.map((url) => url.replace('/articles/', 'urn:uuid:'))).toEqual(
      feed.items.map(({ id }) => id)
    )
  })

  it('refuses a place that is none', async ({ expect }) => {
    await givenSource()
    for (const before of [
      'x',
      '1',
      '1.',
      `1.${'g'.repeat(36)}`,
      '9e9.a',
      '-',
      "1'--",
      '%00',
      '1.%F0',
    ]) {
      expect((await get(`/sources/bao?before=${before}`)).status, before).toBe(404)
    }
    const beyond = '/sources/bao?before=1.00000000-0000-0000-0000-000000000000'
    expect(await pageOf(beyond)).toContain('There are no articles here yet.')
  })
})

describe('an article’s page', () => {
  const everything = {
    title: 'Cầu mở lại',
    summary: 'Cầu thông xe.',
    tags: ['Giao thông'],
    authors: [{ name: 'Lê An', url: 'https://bao.example/le-an' }, { name: 'PV' }],
    image: 'https://bao.example/a.jpg',
    date_published: '2026-11-20T08:00:00+07:00',
    date_modified: '2026-11-20T10:30:00+07:00',
    attachments: [
      { url: 'https://bao.example/b.pdf', mime_type: 'application/pdf', title: 'Bản đồ' },
    ],
    _loa: {
      image: { alt: 'Cây cầu', caption: 'Cầu lúc sáng.', credit: 'Ngọc', width: 1200, height: 800 },
      via: { title: 'Báo Khác', url: 'https://khac.example/1' },
      rights: '© Báo bao',
      license: 'https://creativecommons.org/licenses/by/4.0/',
      correction: 'Bản trước ghi nhầm giờ.',
    },
  }

  it('tells everything that is known of it', async ({ expect }) => {
    await givenSource()
    const html = await pageOf(await givenArticle(everything))
    for (const part of [
      '<link rel="canonical" href="https://bao.example/a"/>',
      '<a href="https://bao.example/a">Original at bao.example</a>',
      'By <a href="https://bao.example/le-an">Lê An</a>, PV',
      'Published <time datetime="2026-11-20T08:00:00+07:00">20 November 2026, 08:00 (UTC+7)</time>',
      'Updated <time datetime="2026-11-20T10:30:00+07:00">',
      '<img src="https://bao.example/a.jpg" alt="Cây cầu" width="1200" height="800"',
      'Cầu lúc sáng. Photo: Ngọc',
      '<a href="https://khac.example/1">Báo Khác</a>',
      'Bản trước ghi nhầm giờ.',
      '<a href="/topics/giao-thong">Giao thông</a>',
      '© Báo bao',
      '<a href="https://creativecommons.org/licenses/by/4.0/" rel="license">',
      '<a href="https://bao.example/b.pdf" type="application/pdf">Bản đồ</a>',
    ])
      expect(html).toContain(part)
  })

  it('tells programs the same: schema.org and OpenGraph', async ({ expect }) => {
    await givenSource()
    const html = await pageOf(await givenArticle(everything))
    const [, json] = /<script type="application\/ld\+json">(.*?)<\/script>/s.exec(html) ?? []
    expect(JSON.parse(json ?? '')).toMatchObject({
      '@context': 'https://schema.org',
      '@type': 'NewsArticle',
      headline: 'Cầu mở lại',
      description: 'Cầu thông xe.',
      inLanguage: 'vi',
      datePublished: '2026-11-20T08:00:00+07:00',
      dateModified: '2026-11-20T10:30:00+07:00',
      mainEntityOfPage: 'https://bao.example/a',
      author: [
        { '@type': 'Person', name: 'Lê An', url: 'https://bao.example/le-an' },
        { '@type': 'Person', name: 'PV' },
      ],
      publisher: { '@type': 'Organization', name: 'Báo bao', url: 'https://bao.example/' },
      image: { url: 'https://bao.example/a.jpg', creditText: 'Ngọc' },
      keywords: ['Giao thông'],
      isBasedOn: 'https://khac.example/1',
      copyrightNotice: '© Báo bao',
      license: 'https://creativecommons.org/licenses/by/4.0/',
      correction: [{ text: 'Bản trước ghi nhầm giờ.' }],
    })
    for (const [property, content] of [
      ['og:type', 'article'],
      ['og:title', 'Cầu mở lại'],
      ['og:description', 'Cầu thông xe.'],
      ['og:url', 'https://bao.example/a'],
      ['og:locale', 'vi_VN'],
      ['og:image', 'https://bao.example/a.jpg'],
      ['og:image:alt', 'Cây cầu'],
      ['article:published_time', '2026-11-20T08:00:00+07:00'],
      ['article:tag', 'Giao thông'],
    ])
      expect(html).toContain(`<meta property="${property}" content="${content}"/>`)
  })

  it('says nothing of what is not known', async ({ expect }) => {
    await givenSource()
    const html = await pageOf(await givenArticle())
    for (const absent of [
      '<figure',
      'og:image',
      'Taken from',
      'Licence',
      'Files',
      'Corrections',
      'undefined',
      'null',
    ])
      expect(html).not.toContain(absent)
  })

  it('is 410 once it was retracted, and says so, when and why', async ({ expect }) => {
    await givenSource()
    const path = await givenArticle({ title: 'Tin sai', tags: ['Kinh tế'] })
    const etag = (await get(path)).headers.get('ETag') ?? ''
    await posted(
      retracted('a', {
        timestamp: '2026-11-21T01:00:00Z',
        data: { id: 'a', _loa: { note: 'Chưa <b>kiểm chứng' } },
      })
    )
    for (const [address, headers] of [
      [path, {}],
      [path, { 'If-None-Match': etag }],
      [path, { 'If-None-Match': '*' }],
      [`${path}/republish`, {}],
    ] as const) {
      const response = await get(address, headers)
      expect(response.status).toBe(410)
      expect(response.headers.get('ETag')).toBeNull()
      const html = await response.text()
      expect(html).toContain('This article was retracted')
      expect(html).toContain(
        '<time datetime="2026-11-21T01:00:00Z">21 November 2026, 01:00 (UTC)</time>'
      )
      expect(html).toContain('Chưa &lt;b&gt;kiểm chứng')
      expect(html).toContain('<meta name="robots" content="noindex"/>')
      expect(html).not.toContain('Tin sai')
    }
    for (const page of ['/', '/sources/bao', '/topics/kinh-te', '/embed', '/topics/kinh-te/embed'])
      expect(await pageOf(page)).not.toContain('Tin sai')
    expect(await (await get(`${path}?hl=vi`)).text()).toContain('Bài viết này đã được gỡ')
  })
})

describe('how to republish', () => {
  const decoded = (html: string) =>
    html
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&quot;', '"')
      .replaceAll('&#39;', "'")
      .replaceAll('&amp;', '&')

  async function codeOf(path: string, id: string): Promise<string> {
    const html = await pageOf(path)
    const [, code] = new RegExp(`<textarea id="${id}"[^>]*>([^<]*)</textarea>`).exec(html) ?? []
    return decoded(code ?? '')
  }

  it('an article comes as clean HTML with names, dates, link, licence and corrections', async ({
    expect,
  }) => {
    await givenSource('bao', { title: 'Báo & Bạn' })
    const path = await givenArticle({
      title: 'Cầu <b> mở lại',
      content_html: '<p>Cầu <strong>mở</strong>.</p><script>alert(1)</script>',
      authors: [{ name: 'Lê An' }],
      image: 'https://bao.example/a.jpg?b=1&c=2',
      _loa: {
        image: { alt: '"Cầu"', credit: 'Ngọc' },
        license: 'https://creativecommons.org/licenses/by/4.0/',
        correction: 'Nhầm < giờ.',
        via: { title: 'Báo Khác', url: 'https://khac.example/1' },
      },
    })
    expect(await pageOf(path)).toContain(`<a href="${path}/republish">`)
    const fragment = await codeOf(`${path}/republish`, 'fragment')
    for (const part of [
      '<article lang="vi">',
      '<h2>Cầu &lt;b&gt; mở lại</h2>',
      'Tác giả: Lê An',
      '<time datetime="2026-11-20T08:00:00+07:00">20/11/2026, 08:00 (GMT+7)</time>',
      '<img src="https://bao.example/a.jpg?b=1&amp;c=2" alt="&quot;Cầu&quot;">',
      '<figcaption>Ảnh: Ngọc</figcaption>',
      '<p>Cầu <strong>mở</strong>.</p>',
      'Nhầm &lt; giờ.',
      '<a href="https://bao.example/a">Đăng lần đầu trên Báo &amp; Bạn</a>',
      'Dẫn lại từ <a href="https://khac.example/1">Báo Khác</a>',
      '<a rel="license" href="https://creativecommons.org/licenses/by/4.0/">',
    ])
      expect(fragment).toContain(part)
    expect(fragment).not.toMatch(/<script|class=|style=/)
    expect(await codeOf(`${path}/republish`, 'canonical')).toBe(
      '<link rel="canonical" href="https://bao.example/a">'
    )
    expect(await codeOf(`${path}/republish`, 'noindex')).toBe(
      '<meta name="robots" content="noindex">'
    )
    expect(await pageOf(`${path}/republish`)).toContain('<meta name="robots" content="noindex"/>')
  })

  it('a feed comes as headlines with links, and as a box', async ({ expect }) => {
    await givenSource('bao', { title: 'Báo & Bạn', rights: 'Ghi rõ nguồn.' })
    await givenArticle({ title: 'Cầu <b> mở lại', tags: ['Kinh tế'] })
    const headlines = await codeOf('/topics/kinh-te', 'headlines')
    expect(headlines).toBe(
      `<p><a href="${origin}/topics/kinh-te">Headlines: Kinh tế</a></p>\n<ul>\n` +
        '<li><a href="https://bao.example/a">Cầu &lt;b&gt; mở lại</a> (Báo &amp; Bạn)</li>\n</ul>'
    )
    expect(await pageOf('/sources/bao')).toContain('Ghi rõ nguồn.')
    for (const path of ['', '/sources/bao', '/topics/kinh-te', '/sources/bao/topics/kinh-te']) {
      const box = await codeOf(path || '/', 'box')
      const [, address] =
        /^<iframe src="([^"]+)" title="[^"]+" style="[^"]+" loading="lazy"><\/iframe>$/.exec(box) ??
        []
      expect(address).toBe(`${origin}${path}/embed?items=5&amp;theme=auto&amp;hl=en`)
      expect(await pageOf(decoded(address ?? '').slice(origin.length))).toContain('mở lại')
    }
  })
})

describe('the search', () => {
  it('finds words in titles and texts, with accents or without, newest first', async ({
    expect,
  }) => {
    await givenSource()
    await givenArticle({ title: 'Đường mới', date_published: '2026-11-19T08:00:00+07:00' }, 'a')
    await givenArticle({ content_html: '<p>Con đường ven sông.</p>', title: 'Tin b' }, 'b')
    await givenArticle({ title: 'Không liên quan' }, 'c')
    for (const q of ['duong', 'Đường', 'ĐƯỜNG', 'duong%20']) {
      const html = await pageOf(`/search?q=${q}`)
      const titles = [...html.matchAll(/<li><a href="\/articles\/[^>]*>([^<]*)</g)].map(
        ([, title]) => title
      )
      expect(titles, q).toEqual(['Tin b', 'Đường mới'])
      expect(html).toContain('2 articles found.')
      expect(html).toContain('<a href="/sources/bao">Báo bao</a>')
    }
    expect(await pageOf('/search?q=duong+song')).toContain('One article found.')
    expect(await pageOf('/search?q=xyz')).toContain('No article has all of these words.')
    expect(await pageOf('/search?q=duong&hl=vi')).toContain('Tìm thấy 2 bài.')
  })

  it('leads to the feed of what is searched for, which finds the same', async ({ expect }) => {
    await givenSource()
    await givenArticle({ title: 'Đường mới' })
    const html = await pageOf('/search?q=%C4%90%C6%B0%E1%BB%9Dng+m%E1%BB%9Bi')
    for (const extension of ['rss', 'atom', 'json']) {
      const [, href] = new RegExp(`<a id="${extension}" href="([^"]+)"`).exec(html) ?? []
      const response = await get(href?.slice(origin.length) ?? '')
      expect(response.status).toBe(200)
      expect(await response.text()).toContain('Đường mới')
    }
  })

  it('knows nothing of what was taken back or is not out yet', async ({ expect }) => {
    await givenSource()
    await givenArticle({ title: 'Đường cũ' }, 'a')
    await givenArticle({ title: 'Đường mai', date_published: '2099-01-01T00:00:00Z' }, 'b')
    await posted(retracted('a'))
    expect(await pageOf('/search?q=duong')).toContain('No article has all of these words.')
  })

  it('asks for words where there are none that can be searched for', async ({ expect }) => {
    await givenSource()
    for (const q of ['', '%20', '%00'])
      expect(await pageOf(`/search?q=${q}`)).toMatch(/<h1>Search(?:: [^<]*)?<\/h1>/)
    for (const q of ['...', 'a'.repeat(101), 'a+b+c+d+e+f+g+h+i', '%22'.repeat(50)]) {
      const html = await pageOf(`/search?q=${q}`)
      expect(html, q).toContain('This cannot be searched for.')
    }
    for (const q of [
      '%22%20OR%201',
      'a*%20NEAR(',
      '%3Cscript%3E',
      '%F0%9F%98%80x',
      '%ED%A0%80y',
      'a%22b',
    ]) {
      const html = await pageOf(`/search?q=${q}`)
      expect(html, q).toContain('No article has all of these words.')
      expect(html).not.toContain('<script>')
    }
  })
})
