// The doors: fetch and scheduled.

import { app } from './app.ts'
import { upkeep } from './cron.ts'

export default {
  fetch: app.fetch,
  async scheduled(controller, env) {
    await upkeep(env.DB, Math.floor(controller.scheduledTime / 1000))
  },
} satisfies ExportedHandler<Env>
