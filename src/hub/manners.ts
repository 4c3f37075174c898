// How the hub behaves towards the servers it calls. No I/O.

import { callbackRefusal, hostOf } from '../lib/callback.ts'
import { siteOf } from '../lib/site.ts'

export const timeoutMs = 10_000

/** The one callback of our own (src/hub/self-test.ts). */
export const selfTestPath = '/hub/self-test'

/** Why a callback may not be called, as the end of a sentence; null when it may. */
export function refusalOf(env: Env, callback: string, topicUrl: string): string | null {
  const { origin } = siteOf(env, topicUrl)
  // It confirms nothing but what the hub itself has asked for.
  if (callback.startsWith(`${origin}${selfTestPath}?`)) return null
  return callbackRefusal(callback, {
    ownHosts: [hostOf(origin), hostOf(topicUrl)],
    allowHttp: env.ALLOW_HTTP_CALLBACKS === 'true',
    allowPrivate: env.ALLOW_PRIVATE_CALLBACKS === 'true',
  })
}

/** Who is calling, and where to complain. */
export function userAgent(env: Env, topicUrl: string): string {
  const { origin } = siteOf(env, topicUrl)
  const contact = env.HUB_CONTACT === '' ? '' : `; ${env.HUB_CONTACT}`
  return `Loa-WebSub (+${origin}/hub${contact})`
}
