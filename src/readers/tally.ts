// What an isolate has seen of readers and not yet written: bounded, whatever is asked. No I/O.

import { epochDay } from '../lib/time.ts'
import type { Agent } from './agent.ts'

/** What was seen of one feed's readers with one program since that was last written. */
type Entry = {
  readonly path: string
  readonly agent: string
  /** Readers by what a service calls the feed. */
  readonly subscribers: Map<string, number>
  readonly marks: Set<string>
  writtenAt: number | null
}

export type Tally = {
  day: number
  nextSweepAt: number
  readonly entries: Map<string, Entry>
}

/** What is to be written of a day. */
export type Seen = {
  readonly day: number
  readonly subscribers: readonly {
    readonly path: string
    readonly agent: string
    readonly agentFeed: string
    readonly readers: number
  }[]
  readonly marks: readonly {
    readonly path: string
    readonly agent: string
    readonly mark: string
  }[]
}

// 100 feeds that are read with 20 programs each, and of each as many readers as an isolate meets in an
// hour. What goes beyond is not counted.
const entriesMax = 2000
const marksMax = 50_000
const marksPerEntryMax = 1000

/** Under how many ids a service may keep one feed. */
export const feedIdsMax = 20

const hourSeconds = 3600
const sweepSeconds = 60

export function newTally(): Tally {
  return { day: 0, nextSweepAt: 0, entries: new Map() }
}

type Request = { readonly path: string; readonly agent: Agent }

/** Notes a request of a service that reads for many. */
export function noteSubscribers(tally: Tally, { path, agent }: Request, now: number): void {
  const { subscribers } = entryOf(tally, { path, agent }, now) ?? {}
  const known = subscribers?.get(agent.feedId)
  if (!subscribers || (known === undefined && subscribers.size >= feedIdsMax)) return
  subscribers.set(agent.feedId, Math.max(known ?? 0, agent.readers))
}

/** Notes a request of somebody who reads alone; the mark tells one from another. */
export function noteMark(tally: Tally, request: Request & { mark: string }, now: number): void {
  const { marks } = entryOf(tally, request, now) ?? {}
  if (marks && marks.size < marksPerEntryMax) marks.add(request.mark)
}

function entryOf(tally: Tally, { path, agent }: Request, now: number): Entry | null {
  // What was seen of yesterday and not written is lost: the salt of its marks may be gone already.
  if (tally.day !== epochDay(now)) {
    tally.entries.clear()
    tally.day = epochDay(now)
  }
  const key = `${agent.name}\n${path}`
  const known = tally.entries.get(key)
  if (known) return known
  if (tally.entries.size >= entriesMax) return null
  const entry = {
    path,
    agent: agent.name,
    subscribers: new Map<string, number>(),
    marks: new Set<string>(),
    writtenAt: null,
  }
  tally.entries.set(key, entry)
  // An isolate may not live for an hour: what it has not seen before is written at once.
  tally.nextSweepAt = 0
  return entry
}

/**
 * Takes out what is to be written now, null when it is nothing: of each feed and program at most once an
 * hour, whoever asks in between.
 */
export function takeDue(tally: Tally, now: number): Seen | null {
  if (now < tally.nextSweepAt) return null
  tally.nextSweepAt = now + sweepSeconds
  const subscribers: Seen['subscribers'][number][] = []
  const marks: Seen['marks'][number][] = []
  for (const [key, entry] of tally.entries) {
    if (entry.writtenAt !== null && now < entry.writtenAt + hourSeconds) continue
    const { path, agent } = entry
    for (const [agentFeed, readers] of entry.subscribers) {
      subscribers.push({ path, agent, agentFeed, readers })
    }
    for (const mark of entry.marks) marks.push({ path, agent, mark })
    // Nobody asked for an hour: its place is another's.
    if (entry.subscribers.size + entry.marks.size === 0) tally.entries.delete(key)
    entry.subscribers.clear()
    entry.marks.clear()
    entry.writtenAt = now
  }
  const isEmpty = subscribers.length + marks.length === 0
  return isEmpty ? null : { day: tally.day, subscribers, marks: marks.slice(0, marksMax) }
}
