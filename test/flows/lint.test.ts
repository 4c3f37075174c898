// What a publisher is told of an article, one message a fact, in its own language.

import { env } from 'cloudflare:workers'
import { describe, it } from 'vitest'

import {
  foundIn,
  givenSource,
  item,
  jsonFeed,
  post,
  posted,
  published,
  snapshot,
} from '../support/given.ts'

const paragraph =
  'Sáng nay, tuyến buýt sông số ba chạy thử trên đoạn từ bến Cồn Lau đến bến Chợ Cũ, chở theo các kỹ sư và một số người dân được mời. Chuyến đi kéo dài bốn mươi phút, dừng ở sáu bến, và theo ban quản lý thì con tàu vận hành êm hơn dự kiến dù nước đang lên.'

/** An article in which there is nothing to find. */
function good(id: string, fields: Record<string, unknown> = {}) {
  return item(id, {
    title: 'Buýt sông tuyến ba chạy thử trước ngày khai trương',
    content_html: `<p>${paragraph}</p><p>Bài số ${id}.</p>`,
    summary: 'Tuyến buýt sông số ba chạy thử.',
    date_published: new Date(Date.now() - 3_600_000).toISOString(),
    language: 'vi',
    image: 'https://bao.example/a.jpg',
    _loa: { image: { credit: 'Lê An Nhiên', width: 1200 } },
    ...fields,
  })
}

it('nothing is found in an article that is as it should be', async ({ expect }) => {
  await givenSource()
  const [report] = await posted(published(good('a')))
  expect(report?.findings).toEqual([])
})

const cases: [string, string, Record<string, unknown>][] = [
  ['title-long', '/data/title', { title: 'Tít rất dài '.repeat(15) }],
  ['title-short', '/data/title', { title: 'Buýt sông' }],
  ['summary-missing', '/data/summary', { summary: undefined }],
  ['image-missing', '/data/image', { image: undefined }],
  ['image-small', '/data/_loa/image/width', { _loa: { image: { credit: 'A', width: 640 } } }],
  ['credit-missing', '/data/_loa/image', { _loa: { image: { width: 1200 } } }],
  [
    'links-insecure',
    '/data/content_html',
    { content_html: `<p>${paragraph} <a href="http://a.example/">a</a></p>` },
  ],
  ['links-insecure', '/data/url', { url: 'http://bao.example/a' }],
  ['links-insecure', '/data/image', { image: 'http://bao.example/a.jpg' }],
  ['language-unlike', '/data/language', { language: 'th' }],
  ['language-unlike', '/data/language', { language: 'en' }],
  ['date-old', '/data/date_published', { date_published: '2021-07-09T18:51:51+07:00' }],
  ['date-future', '/data/date_published', { date_published: '2099-01-01T00:00:00Z' }],
  ['modified-future', '/data/date_modified', { date_modified: '2099-01-01T00:00:00Z' }],
  [
    'paragraph-repeated',
    '/data/content_html',
    { content_html: `<p>${paragraph}</p><p>${paragraph}</p>` },
  ],
  ['text-missing', '/data/content_html', { content_html: '<p></p>' }],
  [
    'elements-removed',
    '/data/content_html',
    { content_html: `<p>${paragraph}</p><script>1</script>` },
  ],
  ['attributes-removed', '/data/content_html', { content_html: `<p class="x">${paragraph}</p>` }],
  [
    'urls-removed',
    '/data/content_html',
    { content_html: `<p>${paragraph}<a href="javascript:1">x</a></p>` },
  ],
  [
    'urls-resolved',
    '/data/content_html',
    { content_html: `<p>${paragraph}<a href="/x">x</a></p>` },
  ],
  [
    'trackers-removed',
    '/data/content_html',
    { content_html: `<p>${paragraph}<img src="/p.gif" width="1" height="1"></p>` },
  ],
  [
    'characters-removed',
    '/data/title',
    { title: 'Buýt sông tuyến ba\u0007 chạy thử trước ngày khai trương' },
  ],
  ['characters-removed', '/data/content_html', { content_html: `<p>${paragraph}&#1;</p>` }],
  [
    'characters-removed',
    '/data/_loa/image/alt',
    { _loa: { image: { credit: 'A', alt: 'a\uD800' } } },
  ],
  ['author-unnamed', '/data/authors/0', { authors: [{ url: 'https://bao.example/pv' }] }],
  ['tag-empty', '/data/tags/1', { tags: ['Giao thông', '!!!'] }],
  ['tag-long', '/data/tags/0', { tags: ['a'.repeat(201)] }],
  [
    'media-type-mended',
    '/data/_loa/image/mime_type',
    {
      image: 'https://bao.example/a.jpg',
      _loa: { image: { credit: 'A', alt: 'A', mime_type: 'jpg' } },
    },
  ],
  ['url-dropped', '/data/image', { image: 'ftp://bao.example/a.jpg' }],
  ['url-resolved', '/data/image', { image: '/a.jpg' }],
  [
    'expires-past',
    '/data/_loa/expires',
    { _loa: { image: { credit: 'A' }, expires: '2026-01-01T00:00:00Z' } },
  ],
]

for (const [code, pointer, fields] of cases) {
  it(`${code} is found at ${pointer}, once, in both languages`, async ({ expect }) => {
    await givenSource()
    const [report] = await posted(published(good('a', fields)))
    const found = report?.findings.filter(
      (finding) => finding.code === code && finding.pointer === pointer
    )
    expect(found).toHaveLength(1)
    expect(found?.[0]?.message).not.toMatch(/\{\w+\}/)
    const response = await post(published(good('b', fields)), {
      headers: { 'Accept-Language': 'vi-VN, en;q=0.5' },
    })
    expect(response.headers.get('Content-Language')).toBe('vi')
    const told = await response.json<{
      articles: { findings: { code: string; message: string }[] }[]
    }>()
    const inVietnamese = told.articles[0]?.findings.find((finding) => finding.code === code)
    expect(inVietnamese?.message).toMatch(/[ăâđêôơưáàảãạ]/i)
    expect(inVietnamese?.message).not.toBe(found?.[0]?.message)
  })
}

it('the language of the source counts where the article says none', async ({ expect }) => {
  await givenSource('bao', { language: 'vi' })
  await givenSource('phong', { language: null })
  const [said] = await posted(published(good('a', { language: undefined })))
  expect(foundIn(said, 'language-missing')).toBeUndefined()
  const [unsaid] = await posted(published(good('a', { language: undefined })), { source: 'phong' })
  expect(foundIn(unsaid, 'language-missing')?.level).toBe('info')
})

it('the script of a text is told from its language, and a short text from nothing', async ({
  expect,
}) => {
  await givenSource()
  const texts: [string, string, boolean][] = [
    [
      'ru',
      'Сегодня утром третий маршрут речного автобуса впервые прошёл от причала до причала, и на борту были инженеры и приглашённые жители города, которые остались довольны.',
      true,
    ],
    ['ru', paragraph, false],
    [
      'th',
      'เช้าวันนี้รถเมล์แม่น้ำสายสามทดลองวิ่งจากท่าเรือหนึ่งไปยังอีกท่าเรือหนึ่ง โดยมีวิศวกรและประชาชนที่ได้รับเชิญร่วมเดินทางไปด้วยและทุกคนต่างพอใจกับการเดินทางครั้งนี้มาก',
      true,
    ],
    [
      'en',
      'This morning the third line of the river bus made its first trial run from pier to pier, with engineers and invited residents on board, and everyone was pleased.',
      true,
    ],
    [
      'vi',
      'This morning the third line of the river bus made its first trial run from pier to pier, with engineers and invited residents on board, and everyone was pleased.',
      false,
    ],
    ['vi', 'Short.', true],
  ]
  for (const [index, [language, text, isAlike]] of texts.entries()) {
    const [report] = await posted(
      published(
        good(`a${index}`, { title: text.slice(0, 30), language, content_html: `<p>${text}</p>` })
      )
    )
    expect(foundIn(report, 'language-unlike') === undefined, `${language} ${text}`).toBe(isAlike)
  }
})

describe('what articles have in common', () => {
  const long = `<p>${paragraph}</p><p>${paragraph.replaceAll('buýt', 'tàu')}</p>`

  it('one canonical address for two articles is reported, and both are kept', async ({
    expect,
  }) => {
    await givenSource()
    await posted(published(good('a', { url: 'https://bao.example/mot' })))
    const [report] = await posted(published(good('b', { url: 'https://bao.example/mot' })))
    expect(foundIn(report, 'url-shared')).toMatchObject({ level: 'warning', pointer: '/data/url' })
    expect(foundIn(report, 'url-shared')?.message).toContain('(a)')
    expect((await jsonFeed('')).items).toHaveLength(2)
    const [again] = await posted(
      published(
        good('a', {
          url: 'https://bao.example/mot',
          title: 'Buýt sông tuyến ba chạy thử thành công',
        })
      )
    )
    expect(foundIn(again, 'url-shared')?.message).toContain('(b)')
  })

  it('a text nearly that of another article, of another source too, is reported, and both are kept', async ({
    expect,
  }) => {
    await givenSource('bao')
    await givenSource('phong')
    await posted(published(good('a', { content_html: long })))
    const [report] = await posted(
      published(good('b', { content_html: long.replace('Sáng nay', 'Hôm nay') })),
      { source: 'phong' }
    )
    expect(foundIn(report, 'text-shared')).toMatchObject({ level: 'info', pointer: '/data' })
    expect(foundIn(report, 'text-shared')?.message).toContain('https://bao.example/a')
    expect((await jsonFeed('')).items).toHaveLength(2)
  })

  it('is seen within one post as well', async ({ expect }) => {
    await givenSource()
    const reports = await posted(
      published([
        good('a', { content_html: long, url: 'https://bao.example/1' }),
        good('b', { content_html: long, url: 'https://bao.example/1' }),
      ])
    )
    expect(foundIn(reports[0], 'url-shared')).toBeUndefined()
    expect(foundIn(reports[1], 'url-shared')?.message).toContain('(a)')
  })

  it('is seen for each article of a post, however many others share a quarter of its hash by chance', async ({
    expect,
  }) => {
    await givenSource()
    const words = paragraph.split(' ')
    const texts = Array.from({ length: 5 }, (_, n) => {
      const others = words.map((_word, index) => words[(index * (n + 2)) % words.length])
      return `<p>${[...others, ...others].join(' ')}</p>`
    })
    const copies = (name: string) =>
      texts.map((content_html, n) =>
        good(`${name}${n}`, { content_html, url: `https://bao.example/${name}${n}` })
      )
    await posted(published(copies('a')))
    // As if 200 others of a large database had a quarter of each.
    await env.DB.batch([
      env.DB.prepare(
        `INSERT INTO articles (uuid, guid, source_id, external_id, status, revision, published_at,
          updated_at, version_at, fingerprint, size_bytes, url, title, summary, content_html, simhash)
        SELECT posted.uuid || ':' || value, posted.uuid || ':' || value, source_id, value, 'published', 1,
          published_at, 0, 0, '', 0, 'https://bao.example/x', 'Tin', '', '',
          substr(simhash, 1, 4) || printf('%012x', (value + 1) * 0x9e3779b97f4b % 0x1000000000000)
        FROM articles AS posted, json_each(?1)`
      ).bind(JSON.stringify(Array.from({ length: 200 }, (_, n) => n))),
      env.DB.prepare(
        `INSERT INTO simhash_quarters (quarter, bits, article_id, other_bits)
        SELECT 0, substr(simhash, 1, 4), id, ('0x' || substr(simhash, 5)) ->> '$'
        FROM articles WHERE url = 'https://bao.example/x'`
      ),
    ])
    const reports = await posted(published(copies('b')))
    expect(reports.map((report) => foundIn(report, 'text-shared')?.message)).toEqual(
      texts.map((_, n) => expect.stringContaining(`https://bao.example/a${n}`))
    )
  })

  it('is not seen in another text, in the article itself, or in one that was retracted', async ({
    expect,
  }) => {
    await givenSource()
    await posted(published(good('a', { content_html: long })))
    const [other] = await posted(
      published(
        good('b', {
          content_html: `<p>${paragraph.split(' ').toReversed().join(' ')}</p>`,
          url: 'https://bao.example/b',
        })
      )
    )
    expect(foundIn(other, 'text-shared')).toBeUndefined()
    const [itself] = await posted(
      published(good('a', { content_html: long, title: 'Buýt sông tuyến ba chạy thử thành công' }))
    )
    expect([foundIn(itself, 'text-shared'), foundIn(itself, 'url-shared')]).toEqual([
      undefined,
      undefined,
    ])
    await posted({ type: 'article.retracted', data: { id: 'a' } })
    const [late] = await posted(
      published(good('c', { content_html: long, url: 'https://bao.example/a' }))
    )
    expect([foundIn(late, 'text-shared'), foundIn(late, 'url-shared')]).toEqual([
      undefined,
      undefined,
    ])
  })
})

describe('frames', () => {
  it('of hosts in EMBED_HOSTS become linked figures, all others go', async ({ expect }) => {
    await givenSource()
    const html = `<p>${paragraph}</p><iframe src="https://www.youtube.com/embed/x1" title="Buýt sông"></iframe><iframe src="https://ads.example/"></iframe>`
    const [report] = await posted(published(good('a', { content_html: html })))
    expect((await jsonFeed('')).items[0]?.content_html).toBe(
      `<p>${paragraph}</p><figure><a href="https://www.youtube.com/embed/x1">Buýt sông</a></figure>`
    )
    expect(foundIn(report, 'embeds-linked')?.message).toContain('https://www.youtube.com/embed/x1')
    expect(foundIn(report, 'elements-removed')?.message).toContain('iframe')
  })
})

describe('a dry run', () => {
  it('answers exactly as the post would, and stores nothing', async ({ expect }) => {
    await givenSource()
    await posted(published(good('old')))
    const bodies = [
      published(good('a')),
      published([
        good('a'),
        good('old', {
          title: 'Buýt sông tuyến ba hoãn ngày khai trương',
          date_modified: new Date().toISOString(),
        }),
      ]),
      { type: 'article.retracted', data: { id: 'old' } },
      published(good('b', { content_html: '<script>1</script>' })),
      published({ ...good('c'), title: '' }),
      { type: 'page.published', data: {} },
    ]
    for (const body of bodies) {
      const before = await snapshot('')
      const dry = await post(body, { query: '?dry-run' })
      const answer = {
        status: dry.status,
        location: dry.headers.get('Location'),
        text: await dry.text(),
      }
      expect(await snapshot('')).toEqual(before)
      const real = await post(body, { query: '' })
      expect(answer).toEqual({
        status: real.status,
        location: real.headers.get('Location'),
        text: await real.text(),
      })
    }
  })

  it('leaves its webhook-id free for the real post', async ({ expect }) => {
    await givenSource()
    const dry = await post(published(good('a')), { id: 'msg_1', query: '?dry-run' })
    expect(dry.status).toBe(201)
    const real = await post(published(good('a')), { id: 'msg_1' })
    expect(real.status).toBe(201)
    expect((await jsonFeed('')).items).toHaveLength(1)
  })

  it('needs a signature as well', async ({ expect }) => {
    await givenSource()
    expect(
      (
        await post(published(good('a')), {
          query: '?dry-run',
          secret: `whsec_${btoa('x'.repeat(32))}`,
        })
      ).status
    ).toBe(401)
  })
})
