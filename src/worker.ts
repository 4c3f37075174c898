// The doors: fetch, queue and scheduled, and the cached entrypoint `Feeds` behind the first.

import { WorkerEntrypoint } from 'cloudflare:workers'

import { app } from './app.ts'
import { upkeep } from './cron.ts'
import { renderEncoded, type Change, type EdgeProps } from './feeds/edge.ts'
import { invalidate } from './feeds/invalidate.ts'
import { answerFromMemory } from './feeds/memory.ts'
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
   * Marks what Workers Cache keeps under these tags, at most 100, as stale, or throws it away where something
   * was withdrawn; false when it refuses, null where there is none.
   */
  async invalidate({ tags, isWithdrawal }: Change): Promise<boolean | null> {
    const { cache } = this.ctx
    if (!cache) return null
    const what = { tags: [...tags] }
    return (await (isWithdrawal ? cache.purge(what) : cache.invalidate(what))).success
  }
}

export default {
  fetch: answer,
  async scheduled(controller, env, ctx) {
    const now = Math.floor(controller.scheduledTime / 1000)
    for (const change of await upkeep(env, now)) {
      // eslint-disable-next-line no-await-in-loop -- two, the urgent one first
      await invalidate(change, platformOf(env, ctx), epochMilliseconds())
    }
  },
  queue: consume,
} satisfies ExportedHandler<Env, Message>
