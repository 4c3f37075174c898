// Killing the server at any moment: no live subscriber ends without the newest document. A few kills run in
// the tests; `npm run test:hub-crash` does twenty during a thousand posts to a hundred subscribers.

import { rmSync } from 'node:fs'

import { freePort, newStateFolder } from './process.ts'
import {
  givenLiveSource,
  migrate,
  pause,
  startHub,
  startSubscriber,
  subscribeTo,
  until,
  untilSubscribed,
  type LiveDelivery,
  type LiveHub,
  type LiveSubscriber,
} from './live-hub.ts'

export type CrashPlan = {
  readonly kills: number
  readonly posts: number
  readonly subscribers: number
  readonly say: (line: string) => void
}

export type CrashReport = {
  /** Posts that had to be sent again, since the server was dead. */
  readonly resent: number
  readonly deliveries: number
  /** Deliveries of a document that the subscriber had already. */
  readonly twice: number
  /** Deliveries of an older document after a newer one. */
  readonly backwards: number
  /** Subscribers whose last document is the feed as it is in the end. */
  readonly current: number
}

const sources = 20
const servers = 10

export async function crash({ kills, posts, subscribers, say }: CrashPlan): Promise<CrashReport> {
  const state = newStateFolder()
  const port = await freePort()
  await migrate(state)
  let hub = await startHub(port, state)
  const farm = await Promise.all(Array.from({ length: servers }, () => startSubscriber()))
  try {
    const slugs = Array.from({ length: sources }, (_, index) => `bao-${index}`)
    const senders = await Promise.all(slugs.map((slug) => givenLiveSource(hub.origin, slug)))
    await subscribeAll(hub, farm, subscribers)
    say(`${subscribers} subscribers`)
    let resent = 0
    let restarting: Promise<LiveHub> | null = null
    for (let number = 0; number < posts; number++) {
      if ((number + 1) % Math.floor(posts / kills) === 0) {
        hub = (await restarting) ?? hub
        restarting = restart(hub, port, { state, afterMs: (number * 617) % 1000 })
      }
      // As a publisher does: again and again, until it is taken.
      while (!(await senders[number % sources]?.(number).catch(() => null))) {
        resent++
        await pause(200)
      }
      if (number % 50 === 49) say(`${number + 1} posts, ${resent} attempts at a dead server`)
    }
    hub = (await restarting) ?? hub
    await untilCurrent(hub, farm, subscribers)
    return { resent, ...reportOf(farm), current: await countCurrent(hub, farm) }
  } finally {
    hub = await hub.kill().then(() => hub)
    for (const subscriber of farm) subscriber.close()
    rmSync(state, { recursive: true, maxRetries: 5 })
  }
}

type Restart = { readonly state: string; readonly afterMs: number }

/** Kills the server in a moment, whatever it is doing then, and starts it again. */
async function restart(hub: LiveHub, port: number, { state, afterMs }: Restart): Promise<LiveHub> {
  await pause(afterMs)
  await hub.kill()
  const next = await startHub(port, state)
  await next.minute()
  return next
}

async function subscribeAll(hub: LiveHub, farm: readonly LiveSubscriber[], count: number) {
  for (let index = 0; index < count; index++) {
    const address = `http://127.0.0.1:${farm[index % farm.length]?.port}/${index}`
    const response = await subscribeTo(hub, address, { 'hub.secret': `secret-${index}` })
    if (response.status !== 202) throw new Error(await response.text())
  }
  for (const [index, { port }] of farm.entries()) {
    await untilSubscribed(hub, `127.0.0.1:${port}`, Math.ceil((count - index) / farm.length))
  }
}

async function untilCurrent(hub: LiveHub, farm: readonly LiveSubscriber[], count: number) {
  let minuteAtMs = 0
  await until(async () => {
    if (Date.now() - minuteAtMs > 5000) {
      minuteAtMs = Date.now()
      await hub.minute()
    }
    await pause(500)
    return (await countCurrent(hub, farm)) >= count
  }, 300_000).catch(() => null)
}

async function countCurrent(hub: LiveHub, farm: readonly LiveSubscriber[]): Promise<number> {
  const feed = await (await fetch(`${hub.origin}/feed.json`)).text()
  return [...byCallback(farm).values()].filter((each) => each.at(-1)?.body === feed).length
}

function reportOf(farm: readonly LiveSubscriber[]) {
  let twice = 0
  let backwards = 0
  for (const deliveries of byCallback(farm).values()) {
    for (const [index, { body }] of deliveries.entries()) {
      const before = deliveries[index - 1]
      if (before && before.body === body) twice++
      if (before && newestIn(before.body) > newestIn(body)) backwards++
    }
  }
  return { deliveries: farm.flatMap((each) => each.deliveries).length, twice, backwards }
}

/** The number of the newest article, which is that of its post. */
function newestIn(body: string): number {
  return Number(/"title":"Tin số (\d+)"/.exec(body)?.[1] ?? -1)
}

function byCallback(farm: readonly LiveSubscriber[]): Map<string, LiveDelivery[]> {
  const all = farm.flatMap((server) =>
    server.deliveries.map((each) => ({ ...each, path: `${server.port}${each.path}` }))
  )
  return Map.groupBy(all, (each) => each.path)
}
