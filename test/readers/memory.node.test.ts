import { setTimeout as pause } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

import { it } from 'vitest'

import { countReader, newCounter } from '../../src/readers/count.ts'

setFlagsFromString('--expose-gc')
const collectGarbage: unknown = runInNewContext('gc')

/** What is left once nothing more is let go of: some of it is, only in a later turn. */
async function heapBytes(): Promise<number> {
  const sizes: number[] = []
  for (let turn = 0; turn < 5; turn++) {
    if (typeof collectGarbage === 'function') collectGarbage()
    sizes.push(process.memoryUsage().heapUsed)
    await pause(1)
  }
  return Math.min(...sizes)
}

/** A D1 that has a salt, and forgets what is written. */
function forgetfulDb(): D1Database {
  const statement = { bind: () => statement }
  const batch = () => Promise.resolve([{ results: [] }, { results: [{ salt: 'salt' }] }])
  // eslint-disable-next-line typescript/no-unsafe-type-assertion -- all that is called of it
  return { prepare: () => statement, batch } as unknown as D1Database
}

/** The least of several runs: what else Node does meanwhile only adds to it. */
async function memoryOf(...of: Parameters<typeof runOf>) {
  const runs = [await runOf(...of), await runOf(...of), await runOf(...of)]
  return { bytes: Math.min(...runs.map(({ bytes }) => bytes)), held: runs.map(({ held }) => held) }
}

async function runOf(readersCount: number, headersOf: (n: number) => Record<string, string>) {
  const counter = newCounter()
  const db = forgetfulDb()
  const poll = async (n: number) => {
    const work: Promise<unknown>[] = []
    const request = new Request('https://wire.example/', { headers: headersOf(n) })
    const waitUntil = (each: Promise<unknown>) => work.push(each)
    countReader(request, `/sources/${n % 500}`, { counter, db, now: 1_800_000_000, waitUntil })
    await Promise.all(work)
  }
  // What is new is written at once; what comes after it in that hour is held.
  for (let n = 0; n < 500; n++) await poll(n)
  const before = await heapBytes()
  for (let n = 500; n < 500 + readersCount; n++) await poll(n)
  const after = await heapBytes()
  return { bytes: (after - before) / readersCount, held: counter.tally.held }
}

it('a reader takes two hundred bytes of an isolate at most', async ({ expect }) => {
  const { bytes, held } = await memoryOf(9500, (n) => ({
    'User-Agent': 'NetNewsWire (RSS Reader; https://netnewswire.example/)',
    'CF-Connecting-IP': `192.0.${n >> 8}.${n % 256}`,
  }))
  expect(held).toEqual([9500, 9500, 9500])
  expect(bytes).toBeLessThan(200)
})

it('an id of a service takes four hundred at most, however long the User-Agent it stood in', async ({
  expect,
}) => {
  const { bytes, held } = await memoryOf(9500, (n) => ({
    'User-Agent': `feedbin feed-id:made-up-and-rather-long-${n} ${'a'.repeat(16_000)}`,
  }))
  expect(held).toEqual([9500, 9500, 9500])
  expect(bytes).toBeLessThan(400)
})
