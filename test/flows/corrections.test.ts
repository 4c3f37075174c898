import { it } from 'vitest'

import {
  foundIn,
  get,
  givenSource,
  item,
  jsonFeed,
  origin,
  posted,
  published,
  snapshot,
} from '../support/given.ts'

const first = { title: 'Thu 268 tỷ', content_html: '<p>Thành phố thu 268 tỷ đồng.</p>' }
const second = {
  title: 'Thu 286 tỷ',
  content_html: '<p>Thành phố thu 286 tỷ đồng.</p>',
  date_modified: '2026-11-21T09:00:00+07:00',
  _loa: { correction: 'Bản trước ghi nhầm 268 tỷ <đồng>.' },
}

it('a correction is kept with its time, and not lost by a later update without one', async ({
  expect,
}) => {
  await givenSource()
  await posted(published(item('a', first)))
  await posted(published(item('a', second)))
  const expected = [{ date: '2026-11-21T02:00:00Z', text: 'Bản trước ghi nhầm 268 tỷ <đồng>.' }]
  expect((await jsonFeed('')).items[0]?.['_loa']).toMatchObject({ corrections: expected })
  await posted(
    published(
      item('a', {
        ...second,
        title: 'Thu 286 tỷ đồng',
        date_modified: '2026-11-21T10:00:00+07:00',
        _loa: {},
      })
    )
  )
  expect((await jsonFeed('')).items[0]?.['_loa']).toMatchObject({ corrections: expected })
  const another = { correction: 'Tên người phát ngôn đã được sửa.' }
  await posted(
    published(item('a', { ...second, date_modified: '2026-11-21T11:00:00+07:00', _loa: another }))
  )
  expect((await jsonFeed('')).items[0]?.['_loa']).toMatchObject({
    corrections: [...expected, { date: '2026-11-21T04:00:00Z', text: another.correction }],
  })
})

it('a correction sent again changes nothing', async ({ expect }) => {
  await givenSource()
  await posted(published(item('a', first)))
  await posted(published(item('a', second)))
  const before = await snapshot('')
  const [again] = await posted(published(item('a', second)))
  expect(again?.outcome).toBe('unchanged')
  expect(await snapshot('')).toEqual(before)
})

it('a correction that changes no word of the article is an update all the same', async ({
  expect,
}) => {
  await givenSource()
  await posted(published(item('a', first)))
  const [report] = await posted(
    published(
      item('a', {
        ...first,
        date_modified: '2026-11-21T09:00:00Z',
        _loa: { correction: 'Ảnh đã được thay.' },
      })
    )
  )
  expect(report?.outcome).toBe('updated')
  expect((await jsonFeed('')).items[0]?.['date_modified']).toBe('2026-11-21T16:00:00+07:00')
})

it('a correction that comes with a late revision is kept, and the publisher is told', async ({
  expect,
}) => {
  await givenSource()
  await posted(
    published(
      item('a', {
        ...second,
        title: 'Mới nhất',
        date_modified: '2026-11-21T12:00:00+07:00',
        _loa: {},
      })
    )
  )
  const [late] = await posted(published(item('a', second)))
  expect(late?.outcome).toBe('stale')
  expect(foundIn(late, 'correction-kept')).toBeDefined()
  const [entry] = (await jsonFeed('')).items
  expect(entry?.title).toBe('Mới nhất')
  expect(entry?.['_loa']).toMatchObject({ corrections: [{ date: '2026-11-21T02:00:00Z' }] })
})

it('a correction that revisions repeat has the date of the first, in whatever order they come', async ({
  expect,
}) => {
  await givenSource('bao')
  await givenSource('phong')
  const later = {
    ...second,
    title: 'Thu 286 tỷ, lần hai',
    date_modified: '2026-11-21T10:00:00+07:00',
  }
  for (const each of [second, later]) await posted(published(item('a', each)))
  for (const each of [later, second]) await posted(published(item('a', each)), { source: 'phong' })
  for (const source of ['bao', 'phong']) {
    expect((await jsonFeed(`/sources/${source}`)).items[0]?.['_loa']).toMatchObject({
      corrections: [{ date: '2026-11-21T02:00:00Z' }],
    })
  }
})

it('the article’s page tells its corrections', async ({ expect }) => {
  await givenSource()
  await posted(published(item('a', first)))
  const [report] = await posted(published(item('a', second)))
  const html = await (await get(report?.url.slice(origin.length) ?? '')).text()
  expect(html).toContain('Bản trước ghi nhầm 268 tỷ &lt;đồng&gt;.')
})

it('a note stands at the end of the body only in the feeds of sources that want it, in the article’s language', async ({
  expect,
}) => {
  await givenSource('bao', { append_corrections: true })
  await givenSource('phong')
  for (const source of ['bao', 'phong']) {
    await posted(published(item('a', first)), { source })
    await posted(published(item('a', second)), { source })
  }
  await posted(published(item('b', { ...second, language: 'en' })))
  const note =
    '<p><strong>Đính chính, <time datetime="2026-11-21T02:00:00Z">2026-11-21</time>:</strong> Bản trước ghi nhầm 268 tỷ &lt;đồng&gt;.</p>'
  for (const document of await snapshot('/sources/bao')) {
    expect(document.text.replaceAll('\\"', '"')).toContain(
      `${second.content_html}\n${note}`.replace('\n', document.text.startsWith('{') ? '\\n' : '\n')
    )
    expect(document.text).toContain('Correction, ')
  }
  for (const document of await snapshot('/sources/phong'))
    expect(document.text).not.toContain('Đính chính')
  // Changing one's mind changes the feeds.
  const before = await snapshot('')
  await givenSource('phong', { append_corrections: true })
  const after = await snapshot('')
  expect(after[1]?.text).not.toBe(before[1]?.text)
  expect(after[1]?.validators[0]).not.toBe(before[1]?.validators[0])
})
