// One publication to many: in bounded steps, small messages, one rendering, each told once, at a cost a
// subscriber that does not grow with their number.

import { env } from 'cloudflare:workers'
import { it } from 'vitest'

import { deliver } from '../../src/hub/deliver.ts'
import type { HubMessage } from '../../src/hub/messages.ts'
import { announce, fanOut, look } from '../../src/hub/publish.ts'
import { givenSource, item, posted, published } from '../support/given.ts'
import {
  agreeing,
  deliveriesAt,
  givenSubscriber,
  rowsOf,
  settled,
  subscribe,
} from '../support/subscribers.ts'
import { queryPlan, watch, type Watched } from '../support/watched-db.ts'

/** As if each had asked and confirmed. */
async function givenSubscribers(count: number): Promise<void> {
  await subscribe('https://many.example/0')
  await env.DB.prepare(
    `INSERT INTO subscriptions (topic_id, callback, host, state, verified_at, lease_expires_at,
      settled_version)
    SELECT topic_id, 'https://many.example/' || value, host, state, verified_at, lease_expires_at,
      settled_version
    FROM subscriptions, json_each(?1)`
  )
    .bind(JSON.stringify(Array.from({ length: count - 1 }, (_, index) => index + 1)))
    .run()
}

it('five thousand subscribers are told, each once', async ({ expect }) => {
  await givenSource()
  givenSubscriber('many.example')
  await givenSubscribers(5000)
  await posted(published(item('a')))
  await settled()
  const urls = deliveriesAt('many.example').map((each) => each.url)
  expect(urls).toHaveLength(5000)
  expect(new Set(urls).size).toBe(5000)
  const rows = await rowsOf('SELECT 1 FROM deliveries WHERE status = 204')
  expect(rows).toHaveLength(5000)
})

/** A queue that keeps what it is given. */
function keeping(sent: HubMessage[][]): Queue {
  return {
    send: async (body: HubMessage) => void sent.push([body]),
    sendBatch: async (batch: Iterable<{ body: HubMessage }>) =>
      void sent.push([...batch].map((message) => message.body)),
  } as unknown as Queue
}

it.for([200, 4500])(
  'each step is bounded, and each row is read for something: %i',
  async (count, { expect }) => {
    await givenSource()
    givenSubscriber('many.example', agreeing(204))
    await posted(published(Array.from({ length: 50 }, (_, index) => item(`a${index}`))))
    await givenSubscribers(count)
    const statements: Watched[] = []
    const sent: HubMessage[][] = []
    const queue = keeping(sent)
    const watched = { ...env, DB: watch(env.DB, statements), HUB: queue, HUB_RETRIES: queue }
    const clock = () => Date.now()
    await env.DB.batch([
      env.DB.prepare("UPDATE feeds SET revision = revision + 1 WHERE path = ''"),
      env.DB.prepare("UPDATE articles SET title = 'Đính chính'"),
    ])
    await announce(watched, clock)
    // Then the messages, as the queue would hand them on, one at a time.
    const rowsOfKind: Record<string, number[]> = {}
    const messages = () => sent.splice(0).flat()
    const queueOfMessages = messages()
    let handled = 0
    for (let next = queueOfMessages.shift(); next; next = queueOfMessages.shift()) {
      expect(JSON.stringify(next).length).toBeLessThan(1000)
      const before = statements.length
      if (next.type === 'look') await look(watched, next.topic, clock)
      if (next.type === 'fan-out') await fanOut(watched, next, clock)
      if (next.type === 'deliver') await deliver(watched, next, clock)
      expect(sent.every((batch) => batch.length <= 100)).toBe(true)
      const ran = statements.slice(before)
      // The free plan lets an invocation ask 50 times.
      expect(
        ran.length + (next.type === 'deliver' ? next.subscriptions.length : 0)
      ).toBeLessThanOrEqual(50)
      ;(rowsOfKind[next.type] ??= []).push(ran.reduce((sum, { rowsRead }) => sum + rowsRead, 0))
      queueOfMessages.push(...messages())
      handled++
    }
    expect(deliveriesAt('many.example')).toHaveLength(count)
    // A look, a fan-out for each further two thousand, a delivery for each forty.
    expect(handled).toBe(1 + Math.floor(count / 2000) + Math.ceil(count / 40))
    expect(Math.max(...(rowsOfKind['deliver'] ?? []))).toBeLessThan(25 * 40)
    const renderings = statements.filter(({ sql }) =>
      sql.includes('CROSS JOIN articles ON articles.id')
    )
    expect(renderings).toHaveLength(1)
    const bodies = statements.filter(({ sql }) => sql.startsWith('SELECT version, body'))
    expect(bodies).toHaveLength(1)
    // What writes cost is the bill of a large feed.
    const written = statements.reduce((sum, { rowsWritten }) => sum + rowsWritten, 0)
    expect(written / count).toBeLessThan(5)
    const plans = await Promise.all(
      [...new Map(statements.map((one) => [one.sql, one])).values()].map(queryPlan)
    )
    const isScan = (line: string) =>
      /^SCAN (?:subscriptions|deliveries|hub_requests|feeds)\b/.test(line) &&
      !line.includes('feeds_unpublished')
    expect(plans.flat().filter(isScan)).toEqual([])
  }
)
