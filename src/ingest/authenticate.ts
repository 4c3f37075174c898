// Who a post is from: its signature, and the one answer to whoever it is not from.

import { Problem } from '../lib/problem.ts'
import { validSecrets } from '../sources/secret.ts'
import type { Source } from '../sources/source.ts'
import {
  isAuthentic,
  isTimely,
  readSignedHeaders,
  toleranceSeconds,
  type SignedHeaders,
} from './signature.ts'

/** A post as it was sent; `signed` is what it says of itself. */
export type Sent = {
  readonly body: Uint8Array
  readonly signed: SignedHeaders
  readonly now: number
}

const challenge = { 'WWW-Authenticate': 'StandardWebhooks' }

/**
 * The signature that a post says it has. What does not depend on the source is refused here, in words of its
 * own; after that there is one answer for every case, so that nobody learns which sources there are.
 */
export function readSignature(headers: Headers, now: number): SignedHeaders {
  const signed = readSignedHeaders(headers)
  if (!signed) {
    const detail =
      'The headers webhook-id, webhook-timestamp and webhook-signature are missing or malformed.'
    throw new Problem('bad-signature', detail, { headers: challenge })
  }
  if (!isTimely(signed, now)) {
    const detail = `webhook-timestamp is ${signed.timestamp}, here it is ${now}: over ${toleranceSeconds} s apart.`
    throw new Problem('bad-timestamp', detail, { headers: challenge })
  }
  return signed
}

/** The source, when the post is signed by it; throws the one answer to all else. */
export async function authenticate(
  env: Env,
  source: Source | null,
  { body, signed, now }: Sent
): Promise<Source> {
  const isKnown = source !== null && source.removedAt === null
  // The work is the same for a source that does not exist: its secret would be that of number 0.
  const claimed = isKnown ? source : { id: 0, secretGeneration: 1, secretRotatedAt: null }
  const secrets = await validSecrets(env.MASTER_KEY, claimed, now)
  if (!(await isAuthentic(signed, body, secrets)) || !isKnown) throw unauthentic()
  return source
}

/** The one answer to a wrong signature, a source that does not exist and one that has left. */
export function unauthentic(): Problem {
  return new Problem('bad-signature', 'No signature is that of a secret of this source.', {
    headers: challenge,
  })
}
