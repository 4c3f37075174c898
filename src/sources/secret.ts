// A source's webhook secret. None is stored: each is derived from the deployment's MASTER_KEY. No I/O.

import { hmacSha256, toBase64 } from '../lib/hmac.ts'
import type { Source } from './source.ts'

/** How long the secret before the last rotation still verifies. */
export const secretOverlapSeconds = 24 * 3600

type Generations = Pick<Source, 'id' | 'secretGeneration' | 'secretRotatedAt'>

/** The 32 bytes of one generation's secret. */
export function deriveSecret(
  masterKey: string,
  sourceId: number,
  generation: number
): Promise<Uint8Array> {
  const encoder = new TextEncoder()
  const message = encoder.encode(`source:${sourceId}:${generation}`)
  return hmacSha256(encoder.encode(masterKey), message)
}

/** As Standard Webhooks 1.0.0 writes secrets: "whsec_" and base64. */
export function formatSecret(secret: Uint8Array): string {
  return `whsec_${toBase64(secret)}`
}

/** The secrets a post may be signed with now: the current one, and for 24 h the one before it. */
export function validSecrets(
  masterKey: string,
  source: Generations,
  now: number
): Promise<Uint8Array[]> {
  const generations = [source.secretGeneration]
  const rotatedAt = source.secretRotatedAt
  if (rotatedAt !== null && now < rotatedAt + secretOverlapSeconds) {
    generations.push(source.secretGeneration - 1)
  }
  return Promise.all(
    generations.map((generation) => deriveSecret(masterKey, source.id, generation))
  )
}
