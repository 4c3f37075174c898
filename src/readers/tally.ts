// What an isolate has seen of readers and not yet written: bounded, whatever is asked. No I/O.

import { epochDay } from '../lib/time.ts'
import type { Agent } from './agent.ts'

/** What was seen of one feed's readers with one program on a day since that was last written. */
type Entry = {
  readonly day: number
  readonly path: string
  readonly agent: string
  /** Readers by what a service calls the feed. */
  readonly subscribers: Map<string, number>
  readonly marks: Set<string>
  writtenAt: number | null
}

export type Tally = {
  nextSweepAt: number
  readonly entries: Map<string, Entry>
  /** How many marks and ids of services the entries hold together. */
  held: number
}

/** What is to be written. */
export type Seen = {
  readonly subscribers: readonly {
    readonly day: number
    readonly path: string
    readonly agent: string
    readonly agentFeed: string
    readonly readers: number
  }[]
  readonly marks: readonly {
    readonly day: number
    readonly path: string
    readonly agent: string
    readonly mark: string
  }[]
}

// 100 feeds that are read with 20 programs each, after midnight on two days, and of each as many readers as
// an isolate meets in an hour; of all together as many as take a few megabytes. What goes beyond is not
// counted.
export const entriesMax = 4000
const marksPerEntryMax = 1000
const heldMax = 50_000

/** Under how many ids a service may keep one feed. */
export const feedIdsMax = 20

const hourSeconds = 3600
const sweepSeconds = 60

export function newTally(): Tally {
  return { nextSweepAt: 0, entries: new Map(), held: 0 }
}

type Request = { readonly path: string; readonly agent: Agent }

/** Notes a request of a service that reads for many. */
export function noteSubscribers(tally: Tally, { path, agent }: Request, now: number): void {
  const { subscribers } = entryOf(tally, { path, agent }, now) ?? {}
  if (!subscribers) return
  const known = subscribers.get(agent.feedId)
  if (known === undefined) {
    if (subscribers.size >= feedIdsMax || tally.held >= heldMax) return
    tally.held++
  }
  subscribers.set(agent.feedId, Math.max(known ?? 0, agent.readers))
}

/** Notes a request of somebody who reads alone; the mark tells one from another. */
export function noteMark(tally: Tally, request: Request & { mark: string }, now: number): void {
  const { marks } = entryOf(tally, request, now) ?? {}
  if (!marks || marks.size >= marksPerEntryMax || tally.held >= heldMax) return
  if (marks.has(request.mark)) return
  marks.add(request.mark)
  tally.held++
}

function entryOf(tally: Tally, { path, agent }: Request, now: number): Entry | null {
  const day = epochDay(now)
  const keyOn = (someDay: number) => `${someDay}\n${agent.name}\n${path}`
  const known = tally.entries.get(keyOn(day))
  if (known) return known
  if (tally.entries.size >= entriesMax) return null
  const entry = {
    day,
    path,
    agent: agent.name,
    subscribers: new Map<string, number>(),
    marks: new Set<string>(),
    // An hour goes on at midnight: what is left of the day before and what is new are written together.
    writtenAt: tally.entries.get(keyOn(day - 1))?.writtenAt ?? null,
  }
  tally.entries.set(keyOn(day), entry)
  // An isolate may not live for an hour: what it has not seen before is written at once.
  if (entry.writtenAt === null) tally.nextSweepAt = 0
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
    const { day, path, agent } = entry
    for (const [agentFeed, readers] of entry.subscribers) {
      subscribers.push({ day, path, agent, agentFeed, readers })
    }
    for (const mark of entry.marks) marks.push({ day, path, agent, mark })
    const held = entry.subscribers.size + entry.marks.size
    // Nobody asked for an hour: its place is another's.
    if (held === 0) tally.entries.delete(key)
    tally.held -= held
    entry.subscribers.clear()
    entry.marks.clear()
    entry.writtenAt = now
  }
  return subscribers.length + marks.length === 0 ? null : { subscribers, marks }
}
