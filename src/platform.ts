// What Cloudflare does for the edge (src/feeds/invalidate.ts): the entrypoint `Feeds` makes the call, since it
// reaches only the cache of whoever makes it; the queue gathers calls.

import type { Change } from './feeds/edge.ts'
import type { Platform } from './feeds/invalidate.ts'

export type InvalidationMessage = Change & { readonly type: 'invalidate' }

type Context = { readonly exports?: Cloudflare.Exports | undefined }

export function platformOf(env: Env, { exports }: Context): Platform {
  return {
    // A context that has no entrypoints has no cache behind them either.
    invalidate: async (change) => (await exports?.Feeds.invalidate(change)) ?? null,
    gather: async (change) => {
      await env.INVALIDATIONS.send({ type: 'invalidate', ...change })
    },
  }
}
