import { env, exports } from 'cloudflare:workers'
import { describe, it } from 'vitest'

import {
  call,
  get,
  givenSource,
  item,
  jsonFeed,
  origin,
  post,
  posted,
  published,
  snapshot,
} from '../support/given.ts'
import { watchedRequest } from '../support/watched-db.ts'

const profile = {
  title: 'Báo Sông Xanh',
  home_page_url: 'https://baosongxanh.example/',
  description: 'Tin tức\nven sông',
  language: 'vi',
  icon: 'https://baosongxanh.example/icon.png',
  rights: '© Báo Sông Xanh',
  license: 'https://creativecommons.org/licenses/by/4.0/',
}

describe('the operator’s token', () => {
  it('is needed for every call, and nothing is looked up without it', async ({ expect }) => {
    await givenSource()
    const calls: [string, string][] = [
      ['GET', '/api/sources'],
      ['GET', '/api/sources/bao'],
      ['GET', '/api/sources/bao/secret'],
      ['POST', '/api/sources/bao/secret'],
      ['PUT', '/api/sources/bao'],
      ['DELETE', '/api/sources/bao'],
      ['GET', '/api/sources/nobody'],
      ['GET', '/api/topics'],
      ['PUT', '/api/topics/a'],
      ['GET', '/api/nothing'],
    ]
    for (const [method, path] of calls) {
      for (const authorization of [
        '',
        'Bearer',
        'Bearer wrong',
        `Basic ${env.OPERATOR_TOKEN}`,
        `Bearer ${env.OPERATOR_TOKEN}x`,
      ]) {
        const { response, statements } = await watchedRequest(path, {
          method,
          headers: authorization ? { Authorization: authorization } : {},
        })
        expect(response.status, `${method} ${path} ${authorization}`).toBe(401)
        expect(response.headers.get('WWW-Authenticate')).toBe('Bearer')
        expect(statements).toEqual([])
      }
    }
  })

  it('keeps every answer out of caches', async ({ expect }) => {
    await givenSource()
    for (const path of [
      '/api/sources',
      '/api/sources/bao',
      '/api/sources/bao/secret',
      '/api/topics',
    ]) {
      expect((await call('GET', path)).headers.get('Cache-Control')).toBe('no-store')
    }
  })
})

describe('a source', () => {
  it('is 201 when it is new, 200 when it is replaced, and read back as it was written', async ({
    expect,
  }) => {
    const created = await call('PUT', '/api/sources/bao-song-xanh', profile)
    expect(created.status).toBe(201)
    expect(await created.json()).toMatchObject({ slug: 'bao-song-xanh', ...profile })
    const replaced = await call('PUT', '/api/sources/bao-song-xanh', {
      ...profile,
      title: 'Sông Xanh',
      rights: null,
    })
    expect(replaced.status).toBe(200)
    const read = await (
      await call('GET', '/api/sources/bao-song-xanh')
    ).json<Record<string, unknown>>()
    expect(read['title']).toBe('Sông Xanh')
    expect(read).not.toHaveProperty('rights')
    const list = await (await call('GET', '/api/sources')).json<{ items: unknown[] }>()
    expect(list.items).toEqual([read])
  })

  it('written again as it is moves no feed', async ({ expect }) => {
    await call('PUT', '/api/sources/bao', profile)
    await posted(published(item('a')))
    const before = await Promise.all(['', '/sources/bao'].map(snapshot))
    expect((await call('PUT', '/api/sources/bao', profile)).status).toBe(200)
    expect(await Promise.all(['', '/sources/bao'].map(snapshot))).toEqual(before)
  })

  it('that changes its name changes it in every feed that credits it, and in no other', async ({
    expect,
  }) => {
    await givenSource('bao')
    await givenSource('phong')
    await posted(published(item('a', { tags: ['Kinh tế'] })))
    await posted(published(item('b', { tags: ['Y tế'] })), { source: 'phong' })
    const still = ['/topics/y-te', '/sources/phong', '/sources/phong/topics/y-te']
    const before = await Promise.all(still.map(snapshot))
    const moving = ['', '/sources/bao', '/topics/kinh-te', '/sources/bao/topics/kinh-te']
    const etags = await Promise.all(
      moving.map(async (path) => (await snapshot(path))[0]?.validators[0])
    )
    await givenSource('bao', { title: 'Tên mới' })
    expect(await Promise.all(still.map(snapshot))).toEqual(before)
    for (const [index, path] of moving.entries()) {
      const documents = await snapshot(path)
      expect(documents[0]?.validators[0], path).not.toBe(etags[index])
      for (const document of documents) expect(document.text, path).toContain('Tên mới')
    }
  })

  it('needs a proper slug and a proper profile, and is told what is wrong', async ({ expect }) => {
    for (const slug of ['B%C3%A1o', 'BAO', 'a--b', '-a', 'a_b', 'x'.repeat(65)]) {
      expect((await call('PUT', `/api/sources/${slug}`, profile)).status, slug).toBe(422)
    }
    const cases: [Record<string, unknown>, string][] = [
      [{ ...profile, title: undefined }, '/title'],
      [{ ...profile, title: '' }, '/title'],
      [{ ...profile, home_page_url: 'baosongxanh.example' }, '/home_page_url'],
      [{ ...profile, language: 'Vietnamese!' }, '/language'],
      [{ ...profile, icon: 'data:image/png;base64,AAAA' }, '/icon'],
      [{ ...profile, license: 'CC BY' }, '/license'],
    ]
    for (const [body, pointer] of cases) {
      const response = await call('PUT', '/api/sources/bao', body)
      expect(response.status).toBe(422)
      const { errors } = await response.json<{ errors: { pointer: string }[] }>()
      expect(errors.map((error) => error.pointer)).toEqual([pointer])
    }
    expect((await call('PUT', '/api/sources/bao')).status).toBe(400)
    expect((await call('GET', '/api/sources/bao')).status).toBe(404)
  })

  it('that is removed has its articles retracted everywhere, its feeds gone, its slug kept', async ({
    expect,
  }) => {
    await givenSource('bao')
    await givenSource('phong')
    const [report] = await posted(published(item('a', { tags: ['Kinh tế'] })))
    await posted(published(item('b', { tags: ['Kinh tế'] })), { source: 'phong' })
    const other = await snapshot('/sources/phong')
    expect((await call('DELETE', '/api/sources/bao')).status).toBe(204)
    expect((await jsonFeed('')).items.map((entry) => entry.title)).toEqual(['Tin b'])
    expect((await jsonFeed('/topics/kinh-te')).items.map((entry) => entry.title)).toEqual(['Tin b'])
    expect(await snapshot('/sources/phong')).toEqual(other)
    for (const path of [
      '/sources/bao/feed.rss',
      '/sources/bao/topics/kinh-te/feed.json',
      '/sources/bao',
    ]) {
      expect((await get(path)).status, path).toBe(410)
    }
    expect((await get(report?.url.slice(origin.length) ?? '')).status).toBe(410)
    for (const [method, path] of [
      ['GET', '/api/sources/bao'],
      ['DELETE', '/api/sources/bao'],
      ['GET', '/api/sources/bao/secret'],
      ['POST', '/api/sources/bao/secret'],
    ] as const) {
      expect((await call(method, path)).status).toBe(404)
    }
    const rows = await env.DB.prepare('SELECT count(*) AS n FROM feed_articles').first<{
      n: number
    }>()
    expect(rows?.n).toBe(4)
  })

  it('that comes back has its feeds again, its articles only once they are newer', async ({
    expect,
  }) => {
    await givenSource()
    const [before] = await posted(published(item('a')))
    await call('DELETE', '/api/sources/bao')
    expect((await call('PUT', '/api/sources/bao', profile)).status).toBe(201)
    expect((await jsonFeed('/sources/bao')).items).toEqual([])
    expect((await posted(published(item('a'))))[0]?.outcome).toBe('retracted')
    const later = new Date(Date.now() + 2000).toISOString()
    await new Promise((settle) => setTimeout(settle, 1100))
    const [after] = await posted(published(item('a', { date_modified: later })))
    expect(after).toMatchObject({ outcome: 'updated', guid: before?.guid })
    expect((await jsonFeed('/sources/bao')).items).toHaveLength(1)
  })
})

describe('a secret', () => {
  it('has the form and length that Standard Webhooks asks for, differs by source, and is stored nowhere', async ({
    expect,
  }) => {
    await givenSource('bao')
    await givenSource('phong')
    const secrets = await Promise.all(
      ['bao', 'phong'].map(
        async (slug) =>
          await (
            await call('GET', `/api/sources/${slug}/secret`)
          ).json<{ secret: string; generation: number }>()
      )
    )
    expect(secrets[0]?.generation).toBe(1)
    expect(secrets[0]?.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    expect(secrets[0]?.secret).not.toBe(secrets[1]?.secret)
    const { results } = await env.DB.prepare('SELECT * FROM sources').all()
    expect(JSON.stringify(results)).not.toContain(secrets[0]?.secret.slice(6, 20))
  })

  it('when rotated says until when the old one verifies', async ({ expect }) => {
    await givenSource()
    const before = Date.now()
    const response = await call('POST', '/api/sources/bao/secret')
    const { previous_valid_until: until } = await response.json<{ previous_valid_until: string }>()
    const rotatedAt = Date.parse(until) - 86_400_000
    // In whole seconds.
    expect(rotatedAt).toBeGreaterThan(before - 1000)
    expect(rotatedAt).toBeLessThanOrEqual(Date.now())
  })
})

describe('a topic', () => {
  it('has its title, description and language from the operator, and the feed follows', async ({
    expect,
  }) => {
    await givenSource()
    await posted(published(item('a', { tags: ['kinh tế'] })))
    const before = (await snapshot('/topics/kinh-te'))[2]
    const body = {
      title: 'Kinh tế',
      description: 'Tiền và việc',
      language: 'vi',
      aliases: ['Economy'],
    }
    const replaced = await call('PUT', '/api/topics/kinh-te', body)
    expect(replaced.status).toBe(200)
    expect(await replaced.json()).toMatchObject({ slug: 'kinh-te', ...body })
    const feed = await jsonFeed('/topics/kinh-te')
    expect(feed).toMatchObject({
      title: 'Kinh tế – Loa',
      description: 'Tiền và việc',
      language: 'vi',
    })
    expect((await snapshot('/topics/kinh-te'))[2]?.validators[0]).not.toBe(before?.validators[0])
  })

  it('can be made before any article names it, and its feed is empty', async ({ expect }) => {
    expect((await call('PUT', '/api/topics/do-thi', { title: 'Đô thị' })).status).toBe(201)
    expect((await jsonFeed('/topics/do-thi')).items).toEqual([])
    const list = await (await call('GET', '/api/topics')).json<{ items: { slug: string }[] }>()
    expect(list.items.map((topic) => topic.slug)).toEqual(['do-thi'])
  })

  it('cannot take a name that means another topic', async ({ expect }) => {
    await call('PUT', '/api/topics/kinh-te', { title: 'Kinh tế', aliases: ['Economy'] })
    await call('PUT', '/api/topics/y-te', { title: 'Y tế' })
    const taken = await call('PUT', '/api/topics/y-te', {
      title: 'Y tế',
      aliases: ['economy', 'Kinh Tế'],
    })
    expect(taken.status).toBe(409)
    expect((await taken.json<{ detail: string }>()).detail).toMatch(/economy/)
    expect((await call('PUT', '/api/topics/economy', { title: 'Economy' })).status).toBe(409)
    const again = await call('PUT', '/api/topics/kinh-te', {
      title: 'Kinh tế',
      aliases: ['Economy', 'economy', 'Thị trường'],
    })
    expect(again.status).toBe(200)
    expect((await again.json<{ aliases: string[] }>()).aliases.toSorted()).toEqual([
      'Thị trường',
      'economy',
    ])
  })

  it('needs the slug that its name comes to', async ({ expect }) => {
    const response = await call('PUT', `/api/topics/${encodeURIComponent('Đảng bộ')}`, {
      title: 'Đảng bộ',
    })
    expect(response.status).toBe(422)
    expect((await response.json<{ detail: string }>()).detail).toContain('dang-bo')
  })
})

it('lists go on page by page, and lose and double nothing', async ({ expect }) => {
  await givenSource()
  const tags = Array.from({ length: 130 }, (_, index) => `Chủ đề ${index}`)
  for (let from = 0; from < tags.length; from += 50) {
    await posted(published(item(`a${from}`, { tags: tags.slice(from, from + 50) })))
  }
  const seen: string[] = []
  let path: string | undefined = '/api/topics'
  while (path) {
    const page: { items: { slug: string }[]; next?: string } = await (
      await call('GET', path)
    ).json()
    seen.push(...page.items.map((topic) => topic.slug))
    path = page.next
  }
  expect(seen).toHaveLength(130)
  expect(new Set(seen).size).toBe(130)
})

it('health is told without a token', async ({ expect }) => {
  const response = await exports.default.fetch(`${origin}/health`)
  expect(response.status).toBe(200)
  expect(await response.json()).toMatchObject({ status: 'ok' })
})

it('what was answered to posts is forgotten after 30 days, and not before', async ({ expect }) => {
  const { upkeep } = await import('../../src/cron.ts')
  await givenSource()
  const before = Math.floor(Date.now() / 1000)
  await post(published(item('a')), { id: 'msg_a' })
  const after = Math.ceil(Date.now() / 1000)
  const count = async () =>
    (await env.DB.prepare('SELECT count(*) AS n FROM posts').first<{ n: number }>())?.n
  await upkeep(env, before + 30 * 86_400 - 10)
  expect(await count()).toBe(1)
  await upkeep(env, after + 30 * 86_400 + 10)
  expect(await count()).toBe(0)
  expect((await jsonFeed('')).items).toHaveLength(1)
})
