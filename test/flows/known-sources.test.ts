// A source that posted before is not asked for again, and yet nothing of it is believed that is not true any
// more.

import { env } from 'cloudflare:workers'
import { describe, it } from 'vitest'

import {
  call,
  foundIn,
  givenSource,
  item,
  jsonFeed,
  post,
  posted,
  published,
  secretOf,
  signedPost,
} from '../support/given.ts'
import { watchedRequest } from '../support/watched-db.ts'

async function watchedPost(body: unknown, id: string) {
  const { response, statements } = await watchedRequest(
    '/sources/bao/webhook',
    await signedPost(body, { id })
  )
  return { response, statements: statements.map(({ sql }) => sql) }
}

const readsSource = (sql: string) => sql.startsWith('SELECT id, slug, uuid')
const tellsHub = (sql: string) => sql.includes('hub_topics')

const problemOf = async (response: Response) => (await response.json<{ type: string }>()).type

describe('a source that posted before', () => {
  it('is read once, and the hub is not asked where nobody follows', async ({ expect }) => {
    await givenSource()
    await posted(published(item('a')))
    const { response, statements } = await watchedPost(published(item('b')), 'msg_known')
    expect(response.status).toBe(201)
    expect(statements.filter(readsSource)).toEqual([])
    expect(statements.filter(tellsHub)).toEqual([])
    await env.DB.prepare("UPDATE feeds SET is_followed = 1 WHERE path = '/sources/bao'").run()
    const followed = await watchedPost(published(item('c')), 'msg_followed')
    expect(followed.statements.filter(tellsHub)).toHaveLength(1)
  })

  it('is read again for whatever is not stored: a repeat, a refusal, a dry run', async ({
    expect,
  }) => {
    await givenSource()
    await watchedPost(published(item('a')), 'msg_first')
    const repeat = await watchedPost(published(item('a')), 'msg_first')
    expect(repeat.response.status).toBe(200)
    expect(repeat.statements.filter(readsSource)).toHaveLength(1)
    const refused = await watchedPost({ type: 'article.published', data: {} }, 'msg_refused')
    expect(refused.response.status).toBe(422)
    expect(refused.statements.filter(readsSource)).toHaveLength(1)
  })

  it('that is removed, or has another secret, gets no answer but that', async ({ expect }) => {
    await givenSource()
    const secret = await secretOf('bao')
    const body = published(item('a'))
    await posted(body, { id: 'msg_first' })
    const revoke = async () => {
      await call('POST', '/api/sources/bao/secret')
      await env.DB.prepare('UPDATE sources SET secret_rotated_at = secret_rotated_at - 86401').run()
    }
    const remove = async () => call('DELETE', '/api/sources/bao')
    for (const change of [revoke, remove]) {
      const { results: before } = await env.DB.prepare('SELECT uuid, title FROM articles').all()
      await change()
      const answers = await Promise.all([
        post(published(item('b')), { secret }),
        post(body, { id: 'msg_first', secret }),
        post('not json', { secret }),
        post({ type: 'article.published', data: {} }, { secret }),
        post(published(item('b')), { secret, query: '?dry-run' }),
      ])
      for (const answer of answers) {
        expect(answer.status).toBe(401)
        expect(await problemOf(answer)).toContain('#bad-signature')
      }
      const { results: after } = await env.DB.prepare('SELECT uuid, title FROM articles').all()
      expect(after).toEqual(before)
    }
  })

  it('is taken as it is now: its language, and the namespace of its articles', async ({
    expect,
  }) => {
    await givenSource('bao', { language: null })
    const [first] = await posted(published(item('a')))
    expect(foundIn(first, 'language-missing')).toBeDefined()
    await givenSource('bao', { language: 'vi' })
    const [second] = await posted(published(item('b')))
    expect(foundIn(second, 'language-missing')).toBeUndefined()
    // A database that was filled anew behind our back.
    await env.DB.prepare("UPDATE sources SET uuid = '11111111-1111-4111-8111-111111111111'").run()
    const [third] = await posted(published(item('c')))
    expect(third?.outcome).toBe('created')
    const uuids = await env.DB.prepare('SELECT DISTINCT uuid FROM articles').all()
    expect(uuids.results).toHaveLength(3)
    expect((await jsonFeed('')).items).toHaveLength(3)
  })
})
