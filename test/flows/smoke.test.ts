import { it } from 'vitest'
import { get, givenSource, item, posted, published } from '../support/given.ts'

it('smoke', async ({ expect }) => {
  await givenSource()
  const r = await posted(
    published(
      item('bai-1', {
        tags: ['Kinh tế', 'Đảng bộ'],
        image: '/a.jpg',
        content_html: '<p onclick=x>a<script>1</script></p>',
      })
    )
  )
  console.log(JSON.stringify(r, null, 1))
  for (const p of [
    '/feed.rss',
    '/sources/bao/feed.atom',
    '/topics/kinh-te/feed.json',
    '/sources/bao/topics/dang-bo/feed.rss',
    '/',
    '/sources/bao',
    '/problems',
    '/nope',
    '/articles/' + r[0]?.url.split('/').pop(),
  ]) {
    const x = await get(p)
    console.log(p, x.status, [...x.headers].map((h) => h.join(': ')).join(' | '))
    console.log(await x.text())
  }
  expect(1).toBe(1)
})
