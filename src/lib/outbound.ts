// Calls to servers of strangers: a time limit, no redirect followed, no more of the answer read than asked
// for, nothing thrown.

import { readBody } from './body.ts'

export type OutboundRequest = {
  readonly url: string
  readonly method: 'GET' | 'POST'
  readonly headers: Record<string, string>
  readonly body?: Uint8Array
  readonly timeoutMs: number
  /** How much of the answer's body is read: of a larger one nothing is. */
  readonly answerBytesMax: number
}

export type OutboundAnswer =
  | {
      readonly status: number
      readonly body: Uint8Array | null
      /** As it stands in the field. */
      readonly retryAfter: string | null
    }
  | { readonly status: 0; readonly error: 'timeout' | 'unreachable' }

export async function call(request: OutboundRequest): Promise<OutboundAnswer> {
  const signal = AbortSignal.timeout(request.timeoutMs)
  try {
    const response = await fetch(request.url, {
      method: request.method,
      headers: request.headers,
      // workerd knows no 'error'; what a redirect means is for the caller to say.
      redirect: 'manual',
      signal,
      ...(request.body && { body: request.body }),
    })
    const retryAfter = response.headers.get('Retry-After')
    const body = await readAtMost(response, request.answerBytesMax)
    return { status: response.status, body, retryAfter }
  } catch {
    return { status: 0, error: signal.aborted ? 'timeout' : 'unreachable' }
  }
}

async function readAtMost(response: Response, bytesMax: number): Promise<Uint8Array | null> {
  if (!response.body) return new Uint8Array(0)
  if (bytesMax === 0) {
    // Nobody waits for the end of what is thrown away.
    response.body.cancel().catch(() => null)
    return null
  }
  return readBody(response, bytesMax)
}
