import { it } from 'vitest'

import { foundIn, get, givenSource, item, jsonFeed, posted, published } from '../support/given.ts'

const body = `<p>Thành phố Vĩnh Lam vừa tổ chức lễ ký kết chương trình phối hợp truyền thông bằng hình thức trực tuyến tại hai điểm cầu.</p>
<p>Lễ ký kết diễn ra dưới sự chứng kiến của đại diện các phòng, ban, đơn vị trực thuộc của hai bên.</p>
<p>Lễ ký kết diễn ra dưới sự chứng kiến của đại diện các phòng, ban, đơn vị trực thuộc của hai bên.</p>
<p>Chương trình góp phần quảng bá hình ảnh một thành phố tươi đẹp, năng động, nghĩa tình.</p>`

const article = item('bai-143218', {
  title: 'Báo Sông Xanh và Đảng bộ thành phố ký kết Chương trình phối hợp truyền thông',
  content_html: body,
  summary: undefined,
  date_published: '2021-07-09T18:51:51+07:00',
  language: 'vi',
  authors: [{ name: 'PV' }],
  tags: ['Truyền thông', 'Đảng bộ', 'Thành phố Vĩnh Lam'],
  _loa: { via: { title: 'Nhật báo Cửa Bể', url: 'https://nhatbaocuabe.example/bai-143218.html' } },
})

it('an article taken from another paper comes out whole in the three formats', async ({
  expect,
}) => {
  await givenSource()
  const [report] = await posted(published(article))
  expect(report?.outcome).toBe('created')
  const rss = await (await get('/topics/dang-bo/feed.rss')).text()
  const atom = await (await get('/topics/dang-bo/feed.atom')).text()
  const json = (await jsonFeed('/topics/dang-bo')).items[0]
  for (const text of [rss, atom, json?.content_html ?? '']) {
    expect(text).toContain(body)
    expect(text.split('Lễ ký kết diễn ra dưới sự chứng kiến').length).toBeGreaterThanOrEqual(3)
  }
  for (const text of [rss, atom, JSON.stringify(json)]) expect(text).toContain(article.title)
  // The moment, in the zone it was published in.
  expect(rss).toContain('<pubDate>Fri, 09 Jul 2021 18:51:51 +0700</pubDate>')
  expect(atom).toContain('<published>2021-07-09T18:51:51+07:00</published>')
  expect(json?.['date_published']).toBe('2021-07-09T18:51:51+07:00')
  expect(json?.['tags']).toEqual(['Truyền thông', 'Đảng bộ', 'Thành phố Vĩnh Lam'])
  // Where it came from.
  expect(atom).toContain(
    '<link rel="via" href="https://nhatbaocuabe.example/bai-143218.html" title="Nhật báo Cửa Bể"/>'
  )
  expect(json?.['_loa']).toMatchObject({
    via: { title: 'Nhật báo Cửa Bể', url: 'https://nhatbaocuabe.example/bai-143218.html' },
  })
})

it('a paragraph that stands twice in a row is kept, and reported', async ({ expect }) => {
  await givenSource()
  const [report] = await posted(published(article))
  expect(foundIn(report, 'paragraph-repeated')).toEqual({
    level: 'warning',
    pointer: '/data/content_html',
    code: 'paragraph-repeated',
    message: expect.stringContaining(
      'twice in a row; both were kept: “Lễ ký kết diễn ra dưới'
    ) as string,
  })
})

it('a summary that was not given is made of the beginning of the text', async ({ expect }) => {
  await givenSource()
  await posted(published(article))
  const summary = String((await jsonFeed('')).items[0]?.['summary'])
  expect(summary).toMatch(/^Thành phố Vĩnh Lam vừa tổ chức lễ ký kết/)
  expect(summary.length).toBeLessThanOrEqual(300)
  expect(summary).not.toMatch(/[<>]/)
})

it('NFC and NFD, composed or not, are the same topic and the same text', async ({ expect }) => {
  await givenSource()
  await posted(
    published(item('a', { title: 'Đảng bộ'.normalize('NFD'), tags: ['Đảng bộ'.normalize('NFD')] }))
  )
  await posted(published(item('b', { title: 'Đảng bộ', tags: ['Đảng bộ'] })))
  const feed = await jsonFeed('/topics/dang-bo')
  expect(feed.items.map((entry) => entry.title)).toEqual(['Đảng bộ', 'Đảng bộ'])
  expect(feed.items.flatMap((entry) => entry['tags'])).toEqual(['Đảng bộ', 'Đảng bộ'])
})

it('a topic in another script has a feed of its own', async ({ expect }) => {
  await givenSource()
  await posted(published(item('a', { tags: ['经济', 'ข่าว', 'Новости'] })))
  for (const slug of ['经济', 'ข่าว', 'новости']) {
    const path = `/topics/${encodeURIComponent(slug)}`
    const feed = await jsonFeed(path)
    expect(feed.items).toHaveLength(1)
    expect(feed['feed_url']).toBe(`https://loa.example${path}/feed.json`)
  }
})

it('the language of an article is its own, else its source’s', async ({ expect }) => {
  await givenSource('bao', { language: 'vi' })
  await posted(published([item('a'), item('b', { language: 'EN-gb' })]))
  const own = await jsonFeed('/sources/bao')
  expect(own['language']).toBe('vi')
  const byTitle = (items: { title: string }[]) =>
    Object.fromEntries(
      items.map((entry) => [entry.title, (entry as Record<string, unknown>)['language']])
    )
  expect(byTitle(own.items)).toEqual({ 'Tin a': undefined, 'Tin b': 'en-GB' })
  expect(byTitle((await jsonFeed('')).items)).toEqual({ 'Tin a': 'vi', 'Tin b': 'en-GB' })
})
