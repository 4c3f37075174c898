// Counting who reads, behind the reader's back but not on it: after the answer, and seldom in the
// database.

import { sha256Hex } from '../lib/hmac.ts'
import { log } from '../lib/log.ts'
import { epochDay } from '../lib/time.ts'
import { readAgent, type Agent } from './agent.ts'
import { recordSeen, saltOf } from './store.ts'
import { newTally, noteMark, noteSubscribers, takeDue, type Tally } from './tally.ts'

/** What an isolate knows: what it has not written yet, and the salt of the day once that was answered. */
export type Counter = {
  readonly tally: Tally
  salt: { readonly day: number; readonly text: string | null; readonly askedAt: number } | null
}

export function newCounter(): Counter {
  return { tally: newTally(), salt: null }
}

type Deps = {
  readonly counter: Counter
  readonly db: D1Database
  readonly now: number
  readonly waitUntil: (work: Promise<unknown>) => void
}

/**
 * Counts the reader of a feed, by its path ('/sources/a'). Call it for requests that were answered with
 * the feed or with 304 only, so that what does not exist costs nothing.
 */
export function countReader(request: Request, feedPath: string, deps: Deps): void {
  const agent = readAgent(request.headers.get('User-Agent'))
  if (!agent) return
  const { tally } = deps.counter
  if (agent.kind === 'service') {
    noteSubscribers(tally, { path: feedPath, agent }, deps.now)
    const seen = takeDue(tally, deps.now)
    if (seen) deps.waitUntil(attempt(recordSeen(deps.db, seen)))
    return
  }
  const address = request.headers.get('CF-Connecting-IP') ?? ''
  deps.waitUntil(attempt(countPerson({ path: feedPath, agent, address }, deps)))
}

type Person = { readonly path: string; readonly agent: Agent; readonly address: string }

async function countPerson({ path, agent, address }: Person, deps: Deps): Promise<void> {
  const { counter, db, now } = deps
  const salt = await saltOfDay(epochDay(now), deps)
  if (salt === null) return
  // 48 bits: that two of a million readers of a day are alike happens on one day in five hundred.
  const mark = (await sha256Hex(`${salt} ${networkOf(address)} ${agent.name}`)).slice(0, 12)
  noteMark(counter.tally, { path, agent, mark }, now)
  const seen = takeDue(counter.tally, now)
  if (seen) await recordSeen(db, seen)
}

const saltRetrySeconds = 60

/**
 * Null while another request asks for the salt, and for a minute after that failed or was ended. Whoever
 * polls in between is not counted this time: without a salt there is nothing to hold but addresses.
 */
async function saltOfDay(day: number, { counter, db, now }: Deps): Promise<string | null> {
  const { salt } = counter
  if (salt?.day === day && (salt.text !== null || now < salt.askedAt + saltRetrySeconds)) {
    return salt.text
  }
  // The text is kept and not the promise of it, which would end with the request that began it.
  counter.salt = { day, text: null, askedAt: now }
  const text = await saltOf(db, day, crypto.randomUUID())
  counter.salt = { day, text, askedAt: now }
  return text
}

// A household has one IPv4 address, and of IPv6 a /64, in which its machines change theirs every day
// (RFC 8981).
function networkOf(address: string): string {
  if (!address.includes(':')) return address
  const [head = '', tail = ''] = address.split('::')
  const groups = head.split(':')
  const missing = 8 - groups.length - tail.split(':').length
  const zeros = address.includes('::') ? Array<string>(Math.max(0, missing)).fill('0') : []
  return [...groups, ...zeros, ...tail.split(':')].slice(0, 4).join(':')
}

async function attempt(work: Promise<void>): Promise<void> {
  try {
    await work
  } catch (error) {
    log('readers_not_counted', { error })
  }
}
