// Secrets of strangers at rest: AES-256-GCM under a key made of the deployment's MASTER_KEY. No I/O.

import { fromBase64, hmacSha256, toBase64 } from './hmac.ts'

const encoder = new TextEncoder()
const ivBytes = 12

/** `context` says what the secret is for: taken to another place, it does not open. */
export async function seal(masterKey: string, secret: string, context: string): Promise<string> {
  const iv = crypto.getRandomValues(new Uint8Array(ivBytes))
  const key = await keyOf(masterKey)
  const sealed = await crypto.subtle.encrypt(algorithm(iv, context), key, encoder.encode(secret))
  return toBase64(new Uint8Array([...iv, ...new Uint8Array(sealed)]))
}

/** Null when it was not sealed under this key for this context. */
export async function unseal(
  masterKey: string,
  sealed: string,
  context: string
): Promise<string | null> {
  const bytes = fromBase64(sealed)
  if (!bytes || bytes.length <= ivBytes) return null
  try {
    const iv = bytes.slice(0, ivBytes)
    const key = await keyOf(masterKey)
    const secret = await crypto.subtle.decrypt(algorithm(iv, context), key, bytes.slice(ivBytes))
    return new TextDecoder().decode(secret)
  } catch {
    return null
  }
}

function algorithm(iv: Uint8Array, context: string) {
  return { name: 'AES-GCM', iv, additionalData: encoder.encode(context) }
}

async function keyOf(masterKey: string): Promise<CryptoKey> {
  const bytes = await hmacSha256(encoder.encode(masterKey), encoder.encode('cipher:1'))
  return crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt'])
}
