// Standard Webhooks 1.0.0: the signature of a post, over its raw bytes. No I/O.

import { fromBase64, hmacSha256, isEqualBytes } from '../lib/hmac.ts'

/** How far a timestamp may lie from now, either way. */
export const toleranceSeconds = 300

export type SignedHeaders = {
  readonly id: string
  readonly timestamp: number
  readonly signatures: readonly Uint8Array[]
}

/**
 * The three headers of a signed post, or null when one is missing or malformed. An id holds no ".",
 * or what was signed could be split in another way; a timestamp is ten digits, no less strict.
 * Entries of other versions than v1 are skipped: the asymmetric v1a is not used here.
 */
export function readSignedHeaders(headers: Headers): SignedHeaders | null {
  const id = headers.get('webhook-id') ?? ''
  const timestamp = headers.get('webhook-timestamp') ?? ''
  if (!/^[!-\-/-~]{1,256}$/.test(id) || !/^\d{10}$/.test(timestamp)) return null
  const entries = (headers.get('webhook-signature') ?? '').split(' ')
  const signatures = entries
    .filter((entry) => entry.startsWith('v1,'))
    .map((entry) => fromBase64(entry.slice('v1,'.length)))
    .filter((signature) => signature !== null)
  // A few, for keys that are being rotated: each costs a comparison.
  return signatures.length === 0 || signatures.length > 10
    ? null
    : { id, timestamp: Number(timestamp), signatures }
}

export function isTimely(signed: SignedHeaders, now: number): boolean {
  return Math.abs(now - signed.timestamp) <= toleranceSeconds
}

/** Whether any of the signatures is that of any of the secrets. */
export async function isAuthentic(
  signed: SignedHeaders,
  body: Uint8Array,
  secrets: readonly Uint8Array[]
): Promise<boolean> {
  const prefix = new TextEncoder().encode(`${signed.id}.${signed.timestamp}.`)
  const content = new Uint8Array(prefix.length + body.length)
  content.set(prefix)
  content.set(body, prefix.length)
  const genuine = await Promise.all(secrets.map((secret) => hmacSha256(secret, content)))
  return genuine.some((expected) =>
    signed.signatures.some((signature) => isEqualBytes(signature, expected))
  )
}
