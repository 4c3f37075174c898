// The hub over real HTTP: `wrangler dev`, subscribers on other ports, and the server killed under them.

import { execFileSync, spawn } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, it } from 'vitest'

import { crash } from './support/hub-crash.ts'
import {
  givenLiveSource,
  migrate,
  pause,
  says,
  startHub,
  startSubscriber,
  subscribeTo,
  subscriptionsOf,
  until,
  untilSubscribed,
  type LiveHub,
  type LiveSubscriber,
} from './support/live-hub.ts'
import { freePort, newStateFolder, root } from './support/process.ts'

let hub: LiveHub
let post: (number: number) => Promise<unknown>
const opened: LiveSubscriber[] = []

type Health = { hub: { status: string } }

async function subscriber(behaviour = says(204), fields: Record<string, string> = {}) {
  const started = await startSubscriber(behaviour)
  opened.push(started)
  const response = await subscribeTo(hub, `http://127.0.0.1:${started.port}/cb?token=1`, fields)
  if (response.status !== 202) throw new Error(await response.text())
  await untilSubscribed(hub, `127.0.0.1:${started.port}`)
  return started
}

beforeAll(async () => {
  const state = newStateFolder()
  await migrate(state)
  hub = await startHub(await freePort(), state)
  post = await givenLiveSource(hub.origin, 'bao')
})

afterAll(async () => {
  for (const each of opened) each.close()
  await hub.kill()
})

describe('the hub over real HTTP', () => {
  it('delivers a post byte for byte, signed, and soon', async ({ expect }) => {
    const reader = await subscriber(says(204), { 'hub.secret': 'bí mật' })
    const latencies: number[] = []
    for (let number = 0; number < 20; number++) {
      const began = Date.now()
      await post(number)
      await until(() => reader.deliveries.length > number)
      latencies.push((reader.deliveries.at(-1)?.atMs ?? 0) - began)
    }
    const feed = await fetch(`${hub.origin}/feed.json`)
    const delivery = reader.deliveries.at(-1)
    expect(delivery?.body).toBe(await feed.text())
    expect(delivery?.headers['content-type']).toBe(feed.headers.get('Content-Type'))
    expect(delivery?.headers['link']).toBe(feed.headers.get('Link'))
    const digest = createHmac('sha256', 'bí mật')
      .update(delivery?.body ?? '')
      .digest('hex')
    expect(delivery?.headers['x-hub-signature']).toBe(`sha256=${digest}`)
    expect(reader.deliveries).toHaveLength(20)
    latencies.sort((a, b) => a - b)
    console.log(`post to delivery: p50 ${latencies[10]} ms, p95 ${latencies[18]} ms`)
  })

  it('tells good subscribers while others hang, redirect, fail or talk nonsense', async ({
    expect,
  }) => {
    let isGivenUp = false
    // First, so that whoever is told one after the other is told after it.
    const hanging = await subscriber((response) => {
      response.once('close', () => (isGivenUp = true))
    })
    const orderOfGood: string[] = []
    const good = await subscriber((response) => {
      orderOfGood.push(isGivenUp ? 'after the hanging one' : 'before the hanging one')
      says(204)(response)
    })
    const bad = {
      hanging,
      redirecting: await subscriber(
        says(302, { Location: `http://127.0.0.1:${good.port}/stolen` })
      ),
      failing: await subscriber(says(500)),
      leaving: await subscriber(says(410)),
      busy: await subscriber(says(429, { 'Retry-After': '3600' })),
      garbled: await subscriber(says(200, {}, Buffer.from([0, 255, 254, 0, 13, 10]))),
      large: await subscriber(says(200, {}, Buffer.alloc(10_000_000, 'x'))),
      dropping: await subscriber((response) => response.destroy()),
    }
    const counts = () =>
      Object.fromEntries(Object.entries(bad).map(([name, each]) => [name, each.deliveries.length]))
    const listed = async (name: keyof typeof bad) =>
      (await subscriptionsOf(hub, `127.0.0.1:${bad[name].port}`))[0]
    const failing = ['hanging', 'redirecting', 'failing', 'busy', 'dropping'] as const
    await post(100)
    await until(() => good.deliveries.length === 1)
    await until(() => Object.values(counts()).every((count) => count === 1))
    // The hanging one is given up after ten seconds, and is in nobody's way from then on.
    await until(() => isGivenUp)
    const retryAtMs = new Map<string, number>()
    for (const name of failing) {
      await until(async () => (await listed(name))?.failing)
      retryAtMs.set(name, Date.parse((await listed(name))?.failing?.retry_at ?? ''))
    }
    await post(101)
    await until(() => good.deliveries.length === 2)
    await until(() => counts()['garbled'] === 2 && counts()['large'] === 2)
    await pause(500)
    expect(good.deliveries.map((each) => each.path)).toEqual(['/cb', '/cb'])
    expect(orderOfGood).toEqual(['before the hanging one', 'after the hanging one'])
    expect(counts()).toMatchObject({ leaving: 1, garbled: 2, large: 2 })
    expect((await listed('leaving'))?.state).toBe('gone')
    expect(await listed('large')).not.toHaveProperty('failing')
    for (const name of failing) {
      expect((await listed(name))?.failing, name).toBeDefined()
      // What came after it failed did not reach it before its time.
      const early = bad[name].deliveries.filter(({ atMs }) => atMs < (retryAtMs.get(name) ?? 0))
      expect(early, name).toHaveLength(1)
    }
    // What is asked of the hub is in whole seconds.
    const askedAtMs = bad.busy.deliveries[0]?.atMs ?? 0
    expect(retryAtMs.get('busy')).toBeGreaterThan(askedAtMs + 3_599_000)
  })

  it('does what docs/websub.md says, with curl', async ({ expect }) => {
    const document = readFileSync(join(root, 'docs/websub.md'), 'utf8')
    const port = String(await freePort())
    const block = (name: string) =>
      (new RegExp(`<!-- test: ${name} -->\n\`\`\`sh\n([\\s\\S]*?)\`\`\``).exec(document)?.[1] ?? '')
        .replaceAll('http://localhost:8787', hub.origin)
        .replaceAll('9000', port)
    const callback = spawn('bash', ['-c', `exec ${block('callback')}`])
    let printed = ''
    callback.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()))
    try {
      await until(() =>
        fetch(`http://localhost:${port}/`).then(
          () => true,
          () => false
        )
      )
      const answer = execFileSync('bash', ['-euc', block('subscribe')], { encoding: 'utf8' })
      expect(answer).toMatch(/^HTTP\/1\.1 202 /)
      await until(() => printed.includes('GET /callback?hub.mode=subscribe'))
      await untilSubscribed(hub, `localhost:${port}`)
      await post(200)
      await until(() => /POST \/callback \d+ sha256=[0-9a-f]{64}/.test(printed))
    } finally {
      callback.kill()
    }
  })

  it('tests itself through its own door, and says so', async ({ expect }) => {
    const health = async () => {
      const said: Health = await (await fetch(`${hub.origin}/health`)).json()
      return said.hub
    }
    await until(async () => {
      await hub.minute()
      await pause(500)
      return (await health()).status === 'ok'
    })
    expect(await health()).toMatchObject({
      is_advertised: true,
      last_round_trip_at: expect.any(String),
      delivery_ms: { p50: expect.any(Number), p95: expect.any(Number) },
    })
  })
})

it(
  'no subscriber misses the newest document, however often the server is killed',
  { timeout: 600_000 },
  async ({ expect }) => {
    // What it waits for inside has limits of its own, each with its reason.
    const report = await crash({ kills: 2, posts: 40, subscribers: 20, say: () => {} })
    expect(report).toMatchObject({ current: 20, backwards: 0 })
  }
)
