// All SQL of what the operator sees of subscriptions.

export type SubscriptionState = 'active' | 'unsubscribed' | 'expired' | 'gone' | 'dropped'

export type ListedSubscription = {
  readonly id: number
  readonly topic: string
  readonly callback: string
  readonly host: string
  readonly state: SubscriptionState
  readonly isSigned: boolean
  readonly verifiedAt: number
  readonly leaseExpiresAt: number
  readonly endedAt: number | null
  readonly attempts: number
  readonly failingSince: number | null
  readonly dueAt: number
  readonly lastAttemptAt: number | null
  readonly lastStatus: number | null
}

const columns = `subscriptions.id, url AS topic, callback, host, state, secret IS NOT NULL AS isSigned,
  verified_at AS verifiedAt, lease_expires_at AS leaseExpiresAt, ended_at AS endedAt, attempts,
  failing_since AS failingSince, due_at AS dueAt, last_attempt_at AS lastAttemptAt,
  last_status AS lastStatus`

type ListedRow = Omit<ListedSubscription, 'isSigned'> & { isSigned: number }

export type SubscriptionFilter = {
  readonly topic: string | null
  readonly host: string | null
  readonly state: SubscriptionState | null
}

type Page = { readonly after: number; readonly limit: number }

/** Subscriptions by id, those alone that the filter names. */
export async function listSubscriptions(
  db: D1Database,
  { topic, host, state }: SubscriptionFilter,
  { after, limit }: Page
): Promise<ListedSubscription[]> {
  // Only the conditions there are, so that each has its index.
  const values: (string | number)[] = [after, limit]
  const conditions = ['subscriptions.id > ?1']
  const add = (condition: string, value: string | null) => {
    if (value !== null) conditions.push(condition.replace('?', `?${values.push(value)}`))
  }
  add('topic_id = (SELECT id FROM hub_topics WHERE url = ?)', topic)
  add('host = ?', host)
  add('state = ?', state)
  const { results } = await db
    .prepare(
      `SELECT ${columns} FROM subscriptions JOIN hub_topics ON hub_topics.id = topic_id
      WHERE ${conditions.join(' AND ')} ORDER BY subscriptions.id LIMIT ?2`
    )
    .bind(...values)
    .all<ListedRow>()
  return results.map(fromRow)
}

export async function findSubscription(
  db: D1Database,
  id: number
): Promise<ListedSubscription | null> {
  const row = await db
    .prepare(
      `SELECT ${columns} FROM subscriptions JOIN hub_topics ON hub_topics.id = topic_id
      WHERE subscriptions.id = ?1`
    )
    .bind(id)
    .first<ListedRow>()
  return row && fromRow(row)
}

function fromRow(row: ListedRow): ListedSubscription {
  return { ...row, isSigned: row.isSigned === 1 }
}

export type ListedDelivery = {
  readonly sentAtMs: number
  readonly version: number
  readonly status: number
  readonly error: string | null
  readonly tookMs: number
}

/** What was sent to a subscription, the latest first, before a moment. */
export async function listDeliveries(
  db: D1Database,
  subscriptionId: number,
  { before, limit }: { readonly before: number; readonly limit: number }
): Promise<ListedDelivery[]> {
  const { results } = await db
    .prepare(
      `SELECT sent_at_ms AS sentAtMs, version, status, error, took_ms AS tookMs FROM deliveries
      WHERE subscription_id = ?1 AND sent_at_ms < ?2 ORDER BY sent_at_ms DESC LIMIT ?3`
    )
    .bind(subscriptionId, before, limit)
    .all<ListedDelivery>()
  return results
}
