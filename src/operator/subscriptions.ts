// What the operator sees of the hub, and may do: /api/subscriptions and /api/hub.

import { Hono, type Context } from 'hono'

import { describeHealth } from '../hub/health.ts'
import {
  findSubscription,
  listDeliveries,
  listSubscriptions,
  type ListedDelivery,
  type ListedSubscription,
  type SubscriptionState,
} from '../hub/list-store.ts'
import { sendAll } from '../hub/messages.ts'
import { dropSubscription, requestRedelivery } from '../hub/store.ts'
import { Problem } from '../lib/problem.ts'
import { siteOf } from '../lib/site.ts'
import { epochSeconds, formatRfc3339 } from '../lib/time.ts'

export const operatorHubRoutes = new Hono<{ Bindings: Env }>()

const pageLimit = 100
const states: readonly SubscriptionState[] = [
  'active',
  'unsubscribed',
  'expired',
  'gone',
  'dropped',
]

operatorHubRoutes.get('/hub', async (c) => {
  const { summary, hosts } = await describeHealth(c.env.DB, epochSeconds())
  return c.json({ ...summary, failing_hosts: hosts })
})

operatorHubRoutes.get('/subscriptions', async (c) => {
  const feed = c.req.query('feed') ?? null
  const state = c.req.query('state') ?? null
  const known = states.find((each) => each === state) ?? null
  if (state !== null && known === null) {
    throw new Problem('invalid', `"state" is one of ${states.join(', ')}.`)
  }
  const topic = feed?.startsWith('/') ? siteOf(c.env, c.req.url).origin + feed : feed
  const filter = { topic, host: c.req.query('host') ?? null, state: known }
  const after = readNumber(c.req.query('after'), 0)
  const items = await listSubscriptions(c.env.DB, filter, { after, limit: pageLimit + 1 })
  const page = items.slice(0, pageLimit)
  return c.json({ items: page.map(subscriptionJson), next: nextPage(c, items, page.at(-1)?.id) })
})

operatorHubRoutes.get('/subscriptions/:id', async (c) =>
  c.json(subscriptionJson(await presentSubscription(c)))
)

// Newest first; `next` leads to older ones.
operatorHubRoutes.get('/subscriptions/:id/deliveries', async (c) => {
  const { id } = await presentSubscription(c)
  const before = readNumber(c.req.query('after'), Number.MAX_SAFE_INTEGER)
  const items = await listDeliveries(c.env.DB, id, { before, limit: pageLimit + 1 })
  const page = items.slice(0, pageLimit)
  return c.json({ items: page.map(deliveryJson), next: nextPage(c, items, page.at(-1)?.sentAtMs) })
})

operatorHubRoutes.post('/subscriptions/:id/redeliver', async (c) => {
  const { id } = await presentSubscription(c)
  const topic = await requestRedelivery(c.env.DB, id)
  if (topic === null) throw ended(id)
  await c.env.HUB_RETRIES.send({ type: 'deliver', topic, subscriptions: [id] })
  return c.json({ id, deliveries: `/api/subscriptions/${id}/deliveries` }, 202)
})

operatorHubRoutes.delete('/subscriptions/:id', async (c) => {
  const { id } = await presentSubscription(c)
  const request = await dropSubscription(c.env.DB, id, epochSeconds())
  if (request === null) throw ended(id)
  await sendAll(c.env.HUB_VERIFICATIONS, [{ type: 'verify', request }])
  return c.body(null, 204)
})

async function presentSubscription(c: Context<{ Bindings: Env }>): Promise<ListedSubscription> {
  const text = c.req.param('id') ?? ''
  const subscription = /^\d{1,15}$/.test(text)
    ? await findSubscription(c.env.DB, Number(text))
    : null
  if (subscription) return subscription
  throw new Problem('not-found', `There is no subscription "${text}".`)
}

function ended(id: number): Problem {
  return new Problem('conflict', `Subscription ${id} has ended.`)
}

function readNumber(text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise
  if (/^\d{1,16}$/.test(text)) return Number(text)
  throw new Problem('invalid', '"after" is no place in this list: take it from "next".')
}

function nextPage(c: Context, items: readonly unknown[], last: number | undefined) {
  if (items.length <= pageLimit || last === undefined) return undefined
  const query = new URLSearchParams(c.req.query())
  query.set('after', String(last))
  return `${c.req.path}?${query.toString()}`
}

function subscriptionJson(subscription: ListedSubscription) {
  const at = (seconds: number | null) => (seconds === null ? undefined : formatRfc3339(seconds))
  const { attempts } = subscription
  return {
    id: subscription.id,
    topic: subscription.topic,
    callback: subscription.callback,
    host: subscription.host,
    state: subscription.state,
    is_signed: subscription.isSigned,
    verified_at: at(subscription.verifiedAt),
    lease_expires_at: at(subscription.leaseExpiresAt),
    ended_at: at(subscription.endedAt),
    last_delivery:
      subscription.lastAttemptAt === null
        ? undefined
        : { sent_at: at(subscription.lastAttemptAt), status: subscription.lastStatus },
    failing:
      attempts === 0
        ? undefined
        : { attempts, since: at(subscription.failingSince), retry_at: at(subscription.dueAt) },
  }
}

function deliveryJson({ sentAtMs, version, status, error, tookMs }: ListedDelivery) {
  return {
    sent_at: new Date(sentAtMs).toISOString(),
    version,
    status: status === 0 ? null : status,
    error: error ?? undefined,
    took_ms: tookMs,
  }
}
