// Load: many connections that ask as fast as they are answered, and what that cost.

import autocannon from 'autocannon'

import { cpuMsOf, type Sent, type Stage } from './stage.ts'

/** Where one connection's requests come from; it may learn from the answers. */
export type Reader = {
  readonly next: () => Sent
  readonly learn?: (sent: Sent, headers: Record<string, string>) => void
}

export type Load = {
  readonly connections: number
  /** One for each connection. */
  readonly reader: () => Reader
  readonly statuses: readonly number[]
  /** So many requests, whatever time they take. */
  readonly amount?: number
}

export type Measured = {
  readonly requestsPerSecond: number
  /** Of answers, headers included. */
  readonly bytesPerRequest: number
  readonly cpuMsPerRequest: number | null
}

export async function drive(stage: Stage, load: Load, seconds: number): Promise<Measured> {
  const answered = await attempt(stage, load, seconds)
  // A machine with much else to do may not answer at all in so short a time.
  return answered ?? drive(stage, load, seconds * 4)
}

async function attempt(stage: Stage, load: Load, seconds: number): Promise<Measured | null> {
  const cpuBefore = cpuMsOf(stage.pids)
  const begun = performance.now()
  const result = await run(stage.port, load, seconds)
  const elapsed = (performance.now() - begun) / 1000
  const cpuAfter = cpuMsOf(stage.pids)
  check(result, load)
  const answered = result.requests.total
  if (answered === 0) return null
  return {
    requestsPerSecond: answered / elapsed,
    bytesPerRequest: result.throughput.total / answered,
    cpuMsPerRequest:
      cpuBefore === null || cpuAfter === null ? null : (cpuAfter - cpuBefore) / answered,
  }
}

// autocannon gives each connection a context of its own, and keeps what is put into it.
type Context = { reader?: Reader; sent?: Sent }

function run(port: number, load: Load, seconds: number): Promise<autocannon.Result> {
  return autocannon({
    url: `http://127.0.0.1:${port}`,
    connections: load.connections,
    ...(load.amount === undefined ? { duration: seconds } : { amount: load.amount }),
    timeout: 60,
    requests: [
      {
        setupRequest(request, context: Context) {
          context.reader ??= load.reader()
          const sent = context.reader.next()
          context.sent = sent
          const { method, path, host, headers, body } = sent
          return {
            ...request,
            method: method as 'GET',
            path,
            headers: { ...headers, host },
            ...(body !== undefined && { body }),
          }
        },
        onResponse(_status, _body, context: Context, headers) {
          if (context.sent) context.reader?.learn?.(context.sent, headers as Record<string, string>)
        },
      },
    ],
  })
}

// A race that is won by refusing is none.
function check({ statusCodeStats = {}, errors, timeouts }: autocannon.Result, load: Load) {
  const strange = Object.keys(statusCodeStats).filter((code) => !load.statuses.includes(+code))
  if (strange.length === 0 && errors === 0 && timeouts === 0) return
  const counts = JSON.stringify(statusCodeStats)
  throw new Error(`answers: ${counts}, ${errors} errors, ${timeouts} timeouts`)
}
