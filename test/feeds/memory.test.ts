// What the memory of an isolate does in the place of Workers Cache.

import { afterEach, describe, it, vi } from 'vitest'

import { edgeFields, type EdgeProps } from '../../src/feeds/edge.ts'
import { answerFromMemory, findFresh, invalidateMemory, keptBytes } from '../../src/feeds/memory.ts'

const props: EdgeProps = { origin: 'https://loa.example', encoding: 'identity', language: null }
const minute = 60_000
const day = 24 * 60 * minute

async function ask(render: () => Promise<Response> | Response, nowMs = 1, path = '/feed.rss') {
  const response = await answerFromMemory(new Request(`https://loa.example${path}`), {
    props,
    render: async () => render(),
    nowMs,
    waitUntil: () => {},
  })
  return [response.status, response.headers.get('X-Cache'), await response.text()]
}

const document = (text: string, tags = ['feed:']) =>
  new Response(text, { headers: { ETag: `"${text}"`, ...edgeFields(tags) } })
const failure = () => new Response('failed', { status: 503 })

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('what is kept in memory', () => {
  it('is better than a failure for a day after it was fresh, and no longer', async ({ expect }) => {
    await ask(() => document('old'))
    const staleAt = 5 * minute + 2
    expect(findFresh('/feed.rss', props, staleAt - 2)).not.toBeNull()
    expect(findFresh('/feed.rss', props, staleAt)).toBeNull()
    expect(await ask(failure, staleAt)).toEqual([200, 'STALE', 'old'])
    expect(await ask(failure, staleAt + day - 2)).toEqual([200, 'STALE', 'old'])
    expect(await ask(failure, staleAt + day)).toEqual([503, 'MISS', 'failed'])
  })

  it('that has changed is better than a failure, that was withdrawn is not', async ({ expect }) => {
    await ask(() => document('old'))
    invalidateMemory(['feed:'])
    expect(await ask(failure)).toEqual([200, 'STALE', 'old'])
    invalidateMemory(['feed:'], true)
    expect(await ask(failure)).toEqual([503, 'MISS', 'failed'])
  })

  it('that was withdrawn while a render fails is not given either', async ({ expect }) => {
    await ask(() => document('old'))
    invalidateMemory(['feed:'])
    const answer = await ask(() => {
      invalidateMemory(['feed:'], true)
      return failure()
    })
    expect(answer).toEqual([503, 'MISS', 'failed'])
  })

  it.for([404, 410, 301])('is forgotten with an answer of %i', async (status, { expect }) => {
    await ask(() => document('old'))
    invalidateMemory(['feed:'])
    expect((await ask(() => new Response('gone', { status })))[0]).toBe(status)
    expect(await ask(failure)).toEqual([503, 'MISS', 'failed'])
  })

  it('counts its tags, so that many small answers do not fill the isolate', async ({ expect }) => {
    const tags = Array.from({ length: 230 }, (_, index) => `feed:/topics/${'t'.repeat(40)}${index}`)
    const before = keptBytes()
    await ask(() => document('small', tags))
    const tagged = keptBytes() - before
    await ask(() => document('small'), 1, '/feed.atom')
    expect(tagged).toBeGreaterThan(keptBytes() - before - tagged + 230 * 100)
  })
})

describe('a render that others wait for', () => {
  it('is given up when whoever began it was killed: the next one renders itself', async ({
    expect,
  }) => {
    const patience = Promise.withResolvers<void>()
    // That of the two who wait for the dead one; who waits for another keeps it.
    const wait = vi
      .fn((_ms: number) => new Promise<void>(() => {}))
      .mockReturnValueOnce(patience.promise)
      .mockReturnValueOnce(patience.promise)
    vi.stubGlobal('scheduler', { wait })
    const dead = ask(() => new Promise<Response>(() => {}))
    const waiting = [ask(() => document('alive')), ask(() => document('another'))]
    expect(wait.mock.calls.map(([ms]) => ms)).toEqual([10_000, 10_000])
    patience.resolve()
    expect(await Promise.all(waiting)).toEqual([
      [200, 'MISS', 'alive'],
      [200, 'HIT', 'alive'],
    ])
    expect(await ask(() => document('late'))).toEqual([200, 'HIT', 'alive'])
    void dead
  })

  it('is not given to who asks after something was invalidated', async ({ expect }) => {
    const { promise, resolve } = Promise.withResolvers<Response>()
    const early = ask(() => promise)
    await Promise.resolve()
    invalidateMemory(['feed:'])
    const late = ask(() => document('new'))
    expect(await late).toEqual([200, 'MISS', 'new'])
    resolve(document('old'))
    expect(await early).toEqual([200, 'MISS', 'old'])
    expect(await ask(failure)).toEqual([200, 'HIT', 'new'])
  })
})
