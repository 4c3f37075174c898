// Authenticated content distribution (WebSub §7.1). No I/O.

import { toHex } from '../lib/hmac.ts'

const hashes = { sha1: 'SHA-1', sha256: 'SHA-256', sha384: 'SHA-384', sha512: 'SHA-512' } as const

type Method = keyof typeof hashes

/** The method a deployment signs with: SHA-256 unless it names another of the four. */
export function signatureMethod(name: string): Method {
  return name === 'sha1' || name === 'sha384' || name === 'sha512' ? name : 'sha256'
}

/** The value of X-Hub-Signature. */
export async function hubSignature(
  method: Method,
  secret: string,
  body: Uint8Array
): Promise<string> {
  const algorithm = { name: 'HMAC', hash: hashes[method] }
  const bytes = new TextEncoder().encode(secret)
  const key = await crypto.subtle.importKey('raw', bytes, algorithm, false, ['sign'])
  return `${method}=${toHex(new Uint8Array(await crypto.subtle.sign('HMAC', key, body)))}`
}
