// The budget of a host: one that does not answer several times in a row is left alone for a while, all its
// callbacks together, so that it costs the others nothing. No I/O.

import type { OutboundAnswer } from '../lib/outbound.ts'
import { hostPause, isHostTrouble } from './subscription.ts'

export type HostState = {
  readonly host: string
  /** In a row. */
  readonly failures: number
  readonly closedUntil: number
  /** What happened last; null when nothing did since it was read. */
  readonly error?: string | null
}

/** What is known of the hosts of one message, as its deliveries go on. */
export type Hosts = Map<string, HostState>

export function noteAnswer(hosts: Hosts, host: string, answer: OutboundAnswer, now: number): void {
  const known = hosts.get(host)
  if (!isHostTrouble(answer.status)) {
    if (known) hosts.set(host, { host, failures: 0, closedUntil: 0, error: null })
    return
  }
  const failures = (known?.failures ?? 0) + 1
  const closedUntil = now + hostPause(failures, Math.random())
  const error = 'error' in answer ? answer.error : `status ${answer.status}`
  hosts.set(host, { host, failures, closedUntil, error })
}

/** Those whose state has changed. */
export function outcomesOfHosts(hosts: Hosts): HostState[] {
  return [...hosts.values()].filter((state) => state.error !== undefined)
}
