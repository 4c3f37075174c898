// The doors: fetch, queue and scheduled, and the cached entrypoint `Feeds` behind the first.

import { WorkerEntrypoint } from 'cloudflare:workers'

import { app } from './app.ts'
import { upkeep } from './cron.ts'
import { answerFromMemory, invalidate, renderEncoded, type EdgeProps } from './feeds/edge.ts'
import { answer } from './gateway.ts'
import { epochMilliseconds } from './lib/time.ts'
import { platformOf } from './platform.ts'
import { consume, type Message } from './queue.ts'

/** What anybody may see. Workers Cache stands before it; where there is none, memory does the same. */
export class Feeds extends WorkerEntrypoint<Env, EdgeProps> {
  override fetch(request: Request): Promise<Response> {
    const { env, ctx } = this
    const { props } = ctx
    const render = async (asked: Request) => app.fetch(asked, env, ctx)
    if (ctx.cache) return renderEncoded(request, props.encoding, render)
    const waitUntil = (promise: Promise<unknown>) => ctx.waitUntil(promise)
    return answerFromMemory(request, { props, render, nowMs: epochMilliseconds(), waitUntil })
  }

  /**
   * Marks what Workers Cache keeps under these tags, at most 100, as stale; false when it refuses, null
   * where there is none.
   */
  async invalidate(tags: string[]): Promise<boolean | null> {
    const { cache } = this.ctx
    return cache ? (await cache.invalidate({ tags })).success : null
  }
}

export default {
  fetch: answer,
  async scheduled(controller, env, ctx) {
    const now = Math.floor(controller.scheduledTime / 1000)
    const changed = await upkeep(env, now)
    await invalidate(changed, platformOf(env, ctx), epochMilliseconds())
  },
  queue: consume,
} satisfies ExportedHandler<Env, Message>
