// Signed posts, as a publisher sends them.

import { createHmac, randomUUID } from 'node:crypto'

import { hosts, secrets, type Sent, type Stage } from './stage.ts'
import { sourceCount } from './text.ts'

/** Signs posts of articles as Standard Webhooks 1.0.0 says, by one source after the other, from the given one on. */
export async function signer(
  stage: Stage,
  first: number
): Promise<(items: readonly unknown[]) => Sent> {
  const keys = await Promise.all(
    Array.from({ length: sourceCount }, (_, source) => readKey(stage, slugOf(source)))
  )
  let posts = 0
  return (items) => {
    const source = first + (posts++ % (sourceCount - first))
    return signedPost(keys[source] ?? Buffer.alloc(0), source, items)
  }
}

function slugOf(source: number): string {
  return `nguon-${source}`
}

function signedPost(key: Buffer, source: number, items: readonly unknown[]): Sent {
  const data = items.length === 1 ? items[0] : items
  const body = JSON.stringify({ type: 'article.published', data })
  const id = `msg_${randomUUID()}`
  const timestamp = String(Math.floor(Date.now() / 1000))
  const digest = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')
  return {
    method: 'POST',
    host: hosts.loa,
    path: `/sources/${slugOf(source)}/webhook`,
    headers: {
      'Content-Type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${digest}`,
    },
    body,
    statuses: [items.length === 1 ? 201 : 200],
  }
}

async function readKey({ send }: Stage, slug: string): Promise<Buffer> {
  const { body } = await send({
    method: 'GET',
    host: hosts.loa,
    path: `/api/sources/${slug}/secret`,
    headers: { Authorization: `Bearer ${secrets.OPERATOR_TOKEN}` },
    statuses: [200],
  })
  const { secret } = JSON.parse(body.toString()) as { secret: string }
  return Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
}
