import { env } from 'cloudflare:workers'
import { applyD1Migrations, reset } from 'cloudflare:test'
import { beforeEach } from 'vitest'

import { forgetAll } from '../../src/feeds/memory.ts'

// Every test begins with an empty database as the migrations make it, and nothing at the edge.
beforeEach(async () => {
  forgetAll()
  await reset()
  await applyD1Migrations(env.DB, env.TEST_MIGRATIONS)
})
