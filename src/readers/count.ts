// Counting who reads, behind the reader's back but not on it: after the answer, and seldom in the
// database.

import { sha256 } from '@noble/hashes/sha2.js'

import { toHex } from '../lib/hmac.ts'
import { log } from '../lib/log.ts'
import { readAgent, type Agent } from './agent.ts'
import { recordSeen, saltOf } from './store.ts'
import { dayOf, newTally, noteMark, noteSubscribers, takeDue, type Tally } from './tally.ts'

/** What an isolate knows: what it has not written yet, and the salt of the day. */
export type Counter = {
  readonly tally: Tally
  salt: { readonly day: number; readonly text: string } | null
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
  const { counter, now } = deps
  if (agent.kind === 'service') {
    noteSubscribers(counter.tally, { path: feedPath, agent }, now)
    writeDue(deps)
    return
  }
  const person = { path: feedPath, agent, address: request.headers.get('CF-Connecting-IP') ?? '' }
  if (counter.salt?.day === dayOf(now)) countPerson(person, counter.salt.text, deps)
  else deps.waitUntil(attempt(countFirstOfDay(person, deps)))
}

type Person = { readonly path: string; readonly agent: Agent; readonly address: string }

// The text is kept and not the promise of it, which would end with the request that began it.
async function countFirstOfDay(person: Person, deps: Deps): Promise<void> {
  const day = dayOf(deps.now)
  const text = await saltOf(deps.db, day, crypto.randomUUID())
  deps.counter.salt = { day, text }
  countPerson(person, text, deps)
}

const encoder = new TextEncoder()
const markBytes = 8

// 64 bits: among a million readers of a day, two alike are less likely than one in a million. A library's
// hash and not the platform's, which for so few bytes costs more than all else that a poll does.
function countPerson({ path, agent, address }: Person, salt: string, deps: Deps): void {
  const hash = sha256(encoder.encode(`${salt} ${networkOf(address)} ${agent.name}`))
  const mark = toHex(hash.subarray(0, markBytes))
  noteMark(deps.counter.tally, { path, agent, mark }, deps.now)
  writeDue(deps)
}

function writeDue({ counter, db, now, waitUntil }: Deps): void {
  const seen = takeDue(counter.tally, now)
  if (seen) waitUntil(attempt(recordSeen(db, seen)))
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
