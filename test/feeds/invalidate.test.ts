// How what is kept is let go where only Cloudflare does it, played by us: Workers Cache is not simulated here.

import { createExecutionContext, createMessageBatch, getQueueResult } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, it, vi } from 'vitest'

import type { Change } from '../../src/feeds/edge.ts'
import { invalidate } from '../../src/feeds/invalidate.ts'
import { consume } from '../../src/queue.ts'
import { Feeds } from '../../src/worker.ts'

const changed = (...tags: string[]): Change => ({ tags, isWithdrawal: false })
const withdrawn = (...tags: string[]): Change => ({ tags, isWithdrawal: true })
const topicTags = (count: number) =>
  Array.from({ length: count }, (_, index) => `feed:/topics/t${index}`)

function platform(isAccepted: boolean | null = true) {
  const calls: Change[] = []
  const gathered: Change[] = []
  return {
    calls,
    gathered,
    invalidate: async (change: Change) => {
      calls.push(change)
      return isAccepted
    },
    gather: async (change: Change) => void gathered.push(change),
  }
}

// Each test a day later, so that the one before is long past.
let day = 0
const later = () => ++day * 86_400_000

describe('what is invalidated', () => {
  it('goes out at once after a quiet minute, and is gathered as long as more comes', async ({
    expect,
  }) => {
    const now = later()
    const fake = platform()
    const change = changed('feed:', 'feed:/sources/bao')
    await invalidate(change, fake, now)
    expect(fake.calls).toEqual([change])
    for (let second = 10; second <= 600; second += 10)
      await invalidate(change, fake, now + second * 1000)
    expect(fake.calls).toHaveLength(1)
    expect(fake.gathered).toHaveLength(60)
    await invalidate(change, fake, now + 660_000)
    expect(fake.calls).toHaveLength(2)
  })

  it('goes out at once whenever something was withdrawn', async ({ expect }) => {
    const now = later()
    const fake = platform()
    await invalidate(changed('feed:'), fake, now)
    await invalidate(withdrawn('feed:'), fake, now + 1000)
    expect(fake.calls).toEqual([changed('feed:'), withdrawn('feed:')])
    expect(fake.gathered).toEqual([])
  })

  it('is gathered when it is refused, and never more than a hundred tags at once', async ({
    expect,
  }) => {
    const refusing = platform(false)
    await invalidate(withdrawn('feed:'), refusing, later())
    expect(refusing.gathered).toEqual([withdrawn('feed:')])
    // Others call as well, so this isolate leaves it to the queue for a while.
    const calm = platform()
    const refusedAt = day * 86_400_000
    await invalidate(changed('feed:'), calm, refusedAt + 300_000)
    expect([calm.calls.length, calm.gathered.length]).toEqual([0, 1])
    await invalidate(changed('feed:'), calm, refusedAt + 600_000)
    expect([calm.calls.length, calm.gathered.length]).toEqual([1, 1])
    const many = platform()
    const tags = topicTags(250)
    await invalidate(changed(...tags), many, later())
    expect(many.calls).toEqual([changed(...tags.slice(0, 100))])
    expect(many.gathered).toEqual([
      changed(...tags.slice(100, 200)),
      changed(...tags.slice(200, 250)),
    ])
    const gone = platform()
    await invalidate(withdrawn(...tags), gone, later())
    expect(gone.calls.map((change) => change.tags.length)).toEqual([100, 100, 50])
    expect(gone.gathered).toEqual([])
  })

  it('is not gathered where there is no cache to gather it for', async ({ expect }) => {
    const now = later()
    const none = platform(null)
    for (let second = 0; second < 5; second++)
      await invalidate(changed('feed:'), none, now + second * 1000)
    expect([none.calls.length, none.gathered.length]).toEqual([1, 0])
    // Such as is found after all, is.
    const found = platform()
    await invalidate(changed('feed:'), found, later())
    await invalidate(changed('feed:'), found, day * 86_400_000 + 1000)
    expect([found.calls.length, found.gathered.length]).toEqual([1, 1])
  })

  it('costs no call when nothing changed, and no failure reaches whoever posted', async ({
    expect,
  }) => {
    const fake = platform()
    await invalidate(changed(), fake, later())
    expect([fake.calls, fake.gathered]).toEqual([[], []])
    const broken = {
      invalidate: () => Promise.reject(new Error('no cache')),
      gather: () => Promise.reject(new Error('no queue')),
    }
    await expect(invalidate(changed('feed:'), broken, later())).resolves.toBeUndefined()
  })
})

describe('the queue of what was gathered', () => {
  const batchOf = (...changes: readonly Change[]) =>
    createMessageBatch(
      'loa-invalidations',
      changes.map((change, index) => ({
        id: String(index),
        timestamp: new Date(),
        attempts: 1,
        body: { type: 'invalidate' as const, ...change },
      }))
    )

  const contextWith = (answer: (change: Change) => Promise<boolean>) => {
    const call = vi.fn(answer)
    const ctx = Object.assign(Object.create(createExecutionContext()) as ExecutionContext, {
      exports: { Feeds: { invalidate: call } },
    })
    return { call, ctx }
  }

  it('makes one call of many messages, each tag once, and leaves what is more for the next', async ({
    expect,
  }) => {
    const { call, ctx } = contextWith(async () => true)
    await consume(
      batchOf(changed('feed:', 'feed:/a'), changed('feed:', 'feed:/b'), changed('feed:/a')),
      env,
      ctx
    )
    expect(call.mock.calls).toEqual([[changed('feed:', 'feed:/a', 'feed:/b')]])
    const tags = topicTags(150)
    const batch = batchOf(changed(...tags.slice(0, 100)), changed(...tags.slice(50)))
    await consume(batch, env, ctx)
    expect(call.mock.calls.slice(1)).toEqual([[changed(...tags.slice(0, 100))]])
    const { explicitAcks, retryMessages } = await getQueueResult(batch, ctx)
    expect([explicitAcks, retryMessages.map(({ msgId }) => msgId)]).toEqual([['0'], ['1']])
  })

  it('begins with what was withdrawn, and asks for nothing of it twice', async ({ expect }) => {
    const { call, ctx } = contextWith(async () => true)
    await consume(batchOf(changed('feed:', 'feed:/a'), withdrawn('feed:', 'feed:/b')), env, ctx)
    expect(call.mock.calls).toEqual([[withdrawn('feed:', 'feed:/b')], [changed('feed:/a')]])
  })

  it('calls for all that was withdrawn; what is refused or fails comes again', async ({
    expect,
  }) => {
    for (const refuse of [async () => false, () => Promise.reject(new Error('overloaded'))]) {
      let calls = 0
      const { ctx } = contextWith(() => (++calls > 2 ? refuse() : Promise.resolve(true)))
      const tags = topicTags(400)
      const batch = batchOf(
        ...[0, 100, 200, 300].map((from) => withdrawn(...tags.slice(from, from + 100)))
      )
      await consume(batch, env, ctx)
      const { explicitAcks, retryMessages } = await getQueueResult(batch, ctx)
      expect(explicitAcks).toEqual(['0', '1'])
      expect(retryMessages.map(({ msgId }) => msgId)).toEqual(['2', '3'])
      expect(calls).toBe(3)
    }
  })
})

it('the entrypoint marks as stale what changed, and throws away what was withdrawn', async ({
  expect,
}) => {
  const cache = {
    invalidate: vi.fn(async () => ({ success: true })),
    purge: vi.fn(async () => ({ success: false })),
  }
  const ctx = Object.assign(Object.create(createExecutionContext()) as ExecutionContext, { cache })
  const feeds = new Feeds(ctx, env)
  expect(await feeds.invalidate(changed('feed:'))).toBe(true)
  expect(await feeds.invalidate(withdrawn('feed:/a'))).toBe(false)
  expect(cache.invalidate.mock.calls).toEqual([[{ tags: ['feed:'] }]])
  expect(cache.purge.mock.calls).toEqual([[{ tags: ['feed:/a'] }]])
  expect(await new Feeds(createExecutionContext(), env).invalidate(changed('feed:'))).toBeNull()
})
