// The doors: fetch, queue and scheduled.

import { app } from './app.ts'
import { hubUpkeep, upkeep } from './cron.ts'
import type { HubMessage } from './hub/messages.ts'
import { consume } from './queue.ts'

export default {
  fetch: app.fetch,
  async scheduled(controller, env) {
    const now = Math.floor(controller.scheduledTime / 1000)
    await upkeep(env.DB, now)
    await hubUpkeep(env, now)
  },
  queue: consume,
} satisfies ExportedHandler<Env, HubMessage>
