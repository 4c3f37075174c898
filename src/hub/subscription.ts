// What a subscription is and what becomes of it: WebSub (W3C Recommendation of 23 January 2018), the rules
// without the I/O. No I/O.

/** A change that a subscriber asks for; it takes effect once the callback has confirmed it (§5.1). */
export type SubscriptionRequest = {
  readonly mode: 'subscribe' | 'unsubscribe'
  readonly topic: string
  readonly callback: string
  readonly secret: string | null
  readonly leaseSeconds: number
}

const daySeconds = 24 * 3600
/** §8.2: short leases, 10 days by default. A reader that renews a day ahead needs more than one. */
const lease = { default: 10 * daySeconds, min: daySeconds, max: 15 * daySeconds }

// §5.1: less than 200 bytes.
const secretBytesMax = 199

/** Reads the form of §5.1, or says in words why it is none. Unknown parameters mean nothing. */
export function parseRequest(form: URLSearchParams): SubscriptionRequest | string {
  const known = ['hub.mode', 'hub.topic', 'hub.callback', 'hub.secret', 'hub.lease_seconds']
  const twice = known.find((name) => form.getAll(name).length > 1)
  if (twice) return `${twice} stands twice: which of the two is meant?`
  const mode = form.get('hub.mode')
  if (mode === 'publish')
    return 'This hub learns of changes by itself: there is no need to publish.'
  if (mode !== 'subscribe' && mode !== 'unsubscribe') {
    return 'hub.mode must be "subscribe" or "unsubscribe".'
  }
  const topic = form.get('hub.topic')
  if (!topic) return 'hub.topic is missing: the rel="self" address of a feed.'
  const callback = form.get('hub.callback')
  if (!callback) return 'hub.callback is missing: where the feed shall be delivered.'
  // An empty secret is none: no HMAC has a key of no bytes.
  const secret = form.get('hub.secret') || null
  if (secret && new TextEncoder().encode(secret).length > secretBytesMax) {
    return `hub.secret must be less than ${secretBytesMax + 1} bytes (WebSub 5.1).`
  }
  const leaseText = mode === 'unsubscribe' ? '' : (form.get('hub.lease_seconds') ?? '')
  if (!/^\d*$/.test(leaseText)) return 'hub.lease_seconds must be a number of seconds.'
  return { mode, topic, callback, secret, leaseSeconds: grantedLease(leaseText) }
}

function grantedLease(text: string): number {
  if (text === '') return lease.default
  return Math.min(Math.max(Number(text), lease.min), lease.max)
}

/**
 * The callback with our parameters behind its own (§5.1.1): appended to the text, since parsing and
 * writing it anew would change it.
 */
export function withParameters(callback: string, parameters: Record<string, string>): string {
  const query = Object.entries(parameters)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&')
  if (!callback.includes('?')) return `${callback}?${query}`
  return /[?&]$/.test(callback) ? callback + query : `${callback}&${query}`
}

/** How long a delivery under way keeps others from beginning the same; longer than a batch lasts. */
export const claimSeconds = 45

/** How soon one that failed is tried again after its callback has confirmed a renewal. */
export const revivedSeconds = 60

const minute = 60
const hour = 3600
// About a day in all (§7: up to self-imposed limits).
const pauses = [1, 5, 20, 60, 120, 240, 240, 240, 240, 240].map((minutes) => minutes * minute)

/** How many attempts at one version there are before the hub waits for the next. */
export const attemptsMax = pauses.length + 1

/** Seconds until the next attempt after the given number of failed ones; `chance` is from 0 to 1. */
export function retryPause(failed: number, chance: number): number {
  const pause = pauses[Math.min(failed, pauses.length) - 1] ?? minute
  return Math.round(pause * (0.8 + 0.4 * chance))
}

/** The seconds of a Retry-After field (RFC 9110 §10.2.3), from a minute to a day; null when it says nothing. */
export function retryAfterSeconds(field: string | null, now: number): number | null {
  if (field === null) return null
  const text = field.trim()
  const seconds = /^\d{1,9}$/.test(text) ? Number(text) : Math.ceil(Date.parse(text) / 1000) - now
  if (Number.isNaN(seconds)) return null
  return Math.min(Math.max(seconds, minute), 24 * hour)
}

/** How long a host that did not answer several times in a row is left alone. */
export function hostPause(failures: number, chance: number): number {
  if (failures < hostFailuresMax) return 0
  return retryPause(Math.min(failures - hostFailuresMax + 1, 4), chance)
}

/** Failures in a row after which a host is left alone for a while. */
export const hostFailuresMax = 3

/** What an answer to a delivery means (§7): 2xx is success, 410 ends it, all else has failed. */
export function isDelivered(status: number): boolean {
  return status >= 200 && status <= 299
}

/** Whether an answer says that the host, and not this one callback, is in trouble. */
export function isHostTrouble(status: number): boolean {
  return status === 0 || status === 429 || status === 503
}

export const limits = {
  /** Live subscriptions to one topic. */
  perTopic: 50_000,
  /** Live subscriptions of one host. */
  perHost: 20_000,
  /** Verifications an hour at a host that has confirmed none yet, and for each it has confirmed. */
  requestsPerHost: 60,
  requestsPerSubscription: 10,
}
