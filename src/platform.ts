// What Cloudflare does for the edge (src/feeds/edge.ts): the entrypoint `Feeds` makes the call, since it
// reaches only the cache of whoever makes it; the queue gathers calls.

import type { Platform } from './feeds/edge.ts'

export type InvalidationMessage = { readonly type: 'invalidate'; readonly tags: readonly string[] }

type Context = { readonly exports?: Cloudflare.Exports | undefined }

export function platformOf(env: Env, { exports }: Context): Platform {
  return {
    // A context that has no entrypoints has no cache behind them either.
    invalidate: async (tags) => (await exports?.Feeds.invalidate([...tags])) ?? null,
    gather: async (tags) => {
      await env.INVALIDATIONS.send({ type: 'invalidate', tags: [...tags] })
    },
  }
}
