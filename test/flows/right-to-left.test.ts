import { it } from 'vitest'

import { get, givenSource, item, jsonFeed, posted, published } from '../support/given.ts'

it('an article written from right to left runs that way in every format, and says its language', async ({
  expect,
}) => {
  await givenSource('bao', { language: 'vi' })
  const body = '<p>خبر من الميناء</p>'
  await posted(published(item('a', { title: 'الميناء', content_html: body, language: 'ar-EG' })))
  const directed = `<div dir="rtl" lang="ar-EG">${body}</div>`
  const { items } = await jsonFeed('/sources/bao')
  expect(items[0]).toMatchObject({ title: 'الميناء', content_html: directed, language: 'ar-EG' })
  const rss = await (await get('/sources/bao/feed.rss')).text()
  expect(rss).toContain(`<content:encoded><![CDATA[${directed}]]></content:encoded>`)
  expect(rss).toContain('<dc:language>ar-EG</dc:language>')
  const atom = await (await get('/sources/bao/feed.atom')).text()
  expect(atom).toContain(`<content type="html"><![CDATA[${directed}]]></content>`)
  expect(atom).toContain('<entry xml:lang="ar-EG">')
})

it('an article takes its direction from its source’s language when it says none, corrections included', async ({
  expect,
}) => {
  await givenSource('bao', { language: 'he', append_corrections: true })
  await posted(published(item('a', { content_html: '<p>שלום</p>' })))
  const [first] = (await jsonFeed('/sources/bao')).items
  expect(first?.content_html).toBe('<div dir="rtl" lang="he"><p>שלום</p></div>')
  await posted(
    published(item('a', { content_html: '<p>שלום רב</p>', _loa: { correction: 'תוקן' } }))
  )
  const [corrected] = (await jsonFeed('/sources/bao')).items
  expect(corrected?.content_html).toMatch(/^<div dir="rtl" lang="he"><p>.*תוקן<\/p><\/div>$/s)
})

it('an article written from left to right is left as it is, whatever it quotes', async ({
  expect,
}) => {
  await givenSource()
  const body = '<p>Một câu <span lang="ar" dir="rtl">نص</span>.</p>'
  await posted(published(item('a', { content_html: body })))
  expect((await jsonFeed('/sources/bao')).items[0]?.content_html).toBe(body)
})
