// A client of a Loa: the operator's calls and signed posts.

import { createHmac, randomUUID } from 'node:crypto'

export type Finding = {
  readonly level: 'info' | 'warning'
  readonly pointer: string
  readonly message: string
}

export type Answer = {
  readonly articles: readonly {
    readonly id: string
    readonly outcome: string
    readonly guid: string
    readonly url: string
    readonly findings: readonly Finding[]
  }[]
  readonly findings?: readonly Finding[]
}

/** What a Loa said no to: its RFC 9457 problem document, as text for a terminal. */
export class Refusal extends Error {}

/** A call of the operator's API; throws a Refusal unless it is answered 2xx. */
export async function operate(
  origin: string,
  token: string,
  request: { readonly method: string; readonly path: string; readonly body?: unknown }
): Promise<unknown> {
  const response = await fetch(origin + request.path, {
    method: request.method,
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    ...(request.body !== undefined && { body: JSON.stringify(request.body) }),
  })
  const text = await response.text()
  if (!response.ok) throw new Refusal(describeRefusal(response.status, text))
  return text === '' ? null : JSON.parse(text)
}

type Sender = {
  readonly source: string
  readonly secret: string
  readonly isDryRun?: boolean
}

/** Signs a body as Standard Webhooks 1.0.0 says, and posts it. */
export async function postSigned(
  origin: string,
  { source, secret, isDryRun = false }: Sender,
  body: string
): Promise<Answer> {
  const id = `msg_${randomUUID()}`
  const timestamp = String(Math.floor(Date.now() / 1000))
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  const digest = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')
  const response = await fetch(`${origin}/sources/${source}/webhook${isDryRun ? '?dry-run' : ''}`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${digest}`,
    },
    body,
  })
  const text = await response.text()
  if (!response.ok) throw new Refusal(describeRefusal(response.status, text))
  return JSON.parse(text)
}

function describeRefusal(status: number, text: string): string {
  try {
    const { title, detail, type, errors = [] } = JSON.parse(text)
    const pointed = errors.map(
      (error: { pointer: string; detail: string }) => `\n  ${error.pointer || '/'}: ${error.detail}`
    )
    return `${status} ${title}\n${detail}${pointed.join('')}\nMore: ${type}`
  } catch {
    return `${status} ${text}`
  }
}
