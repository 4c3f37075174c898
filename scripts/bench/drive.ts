// Sends requests to the stage and measures what comes back: one over and over by wrk, which costs this
// machine least, or several from here, each once and each answered.

import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

import { cpuMsOf } from './processes.ts'
import type { Received, Sent, Stage } from './stage.ts'

/** A single request is sent over and over, several are sent once each. */
export type Load = { readonly connections: number; readonly requests: readonly Sent[] }

export type Measured = {
  readonly requestsPerSecond: number
  /** Of answers, headers included. */
  readonly bytesPerRequest: number
  /** Of the server, what it did after the answers included. */
  readonly cpuMsPerRequest: number | null
}

type Answered = { readonly requests: number; readonly bytes: number; readonly seconds: number }

/** Whole seconds, since wrk knows no parts of one; several requests are all sent, if that takes no longer than five. */
export async function drive(stage: Stage, load: Load, seconds: number): Promise<Measured> {
  await rest(stage)
  const cpuBefore = cpuMsOf(stage.pids)
  const [only, ...others] = load.requests
  if (!only) throw new Error('nothing to send')
  const {
    requests,
    bytes,
    seconds: taken,
  } = others.length === 0
    ? await repeat(stage, only, { connections: load.connections, seconds })
    : await sendEach(stage, load)
  await rest(stage)
  const cpuAfter = cpuMsOf(stage.pids)
  return {
    requestsPerSecond: requests / taken,
    bytesPerRequest: bytes / requests,
    cpuMsPerRequest:
      cpuBefore === null || cpuAfter === null ? null : (cpuAfter - cpuBefore) / requests,
  }
}

// What is done after an answer, as posts do, belongs to the run that asked for it.
async function rest({ pids }: Stage): Promise<void> {
  for (let n = 0; n < 20; n++) {
    const before = cpuMsOf(pids) ?? 0
    await setTimeout(50)
    if ((cpuMsOf(pids) ?? 0) - before <= 10) return
  }
}

const secondsMax = 5

// What was sent is answered too: a mere window would leave some unanswered at its end, though the server worked
// for them: of requests that take long, a good part.
async function sendEach(stage: Stage, { connections, requests }: Load): Promise<Answered> {
  const etags = new Map<string, string>()
  let sent = 0
  let bytes = 0
  const begun = performance.now()
  const secondsSince = () => (performance.now() - begun) / 1000
  // One iterator for all connections: each takes the next that none has.
  const waiting = requests.values()
  const connection = async () => {
    for (const request of waiting) {
      sent++
      const received = await stage.send(withLatest(request, etags))
      const { etag } = received.headers
      if (etag) etags.set(request.host + request.path, etag)
      bytes += bytesOf(received)
      if (secondsSince() > secondsMax) return
    }
  }
  await Promise.all(Array.from({ length: connections }, connection))
  return { requests: sent, bytes, seconds: secondsSince() }
}

// A reader that holds something holds what was last seen at its address.
function withLatest(request: Sent, etags: ReadonlyMap<string, string>): Sent {
  const etag = etags.get(request.host + request.path)
  if (!etag || !request.headers['If-None-Match']) return request
  return { ...request, headers: { ...request.headers, 'If-None-Match': etag } }
}

function bytesOf({ headers, body }: Received): number {
  const fields = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}\r\n`)
  return fields.join('').length + body.length
}

const script = join(import.meta.dirname, 'load.lua')

async function repeat(
  stage: Stage,
  sent: Sent,
  { connections, seconds }: { readonly connections: number; readonly seconds: number }
): Promise<Answered> {
  const { method, host, path, headers } = sent
  if (method !== 'GET') throw new Error(`sent over and over: ${method} ${path}`)
  const fields = Object.entries({ ...headers, Host: host }).flatMap(([name, value]) => [
    '-H',
    `${name}: ${value}`,
  ])
  const url = `http://127.0.0.1:${stage.port}${path}`
  const probed = bytesOf(await stage.send(sent))
  const options = ['-t1', '--timeout', '60s', '-c', `${connections}`, '-d', `${seconds}s`]
  const output = await wrk([...options, ...fields, '-s', script, url])
  const summary = JSON.parse(output.trim().split('\n').at(-1) ?? '') as {
    requests: number
    bytes: number
    microseconds: number
    failed: number
  }
  await stage.send(sent)
  // A race that is won by refusing is none, nor by giving less: wrk itself tells only statuses over 399.
  // What was on its way at the end counts as bytes, and as no request.
  const { requests, bytes, microseconds, failed } = summary
  const slack = requests * (50 + probed / 100)
  const isWhole =
    bytes > requests * probed - slack && bytes < (requests + connections) * probed + slack
  if (failed > 0 || !isWhole) throw new Error(output)
  return { requests, bytes, seconds: microseconds / 1e6 }
}

function wrk(args: readonly string[]): Promise<string> {
  return new Promise((settle, fail) => {
    execFile('wrk', args, (error, stdout, stderr) => {
      if (!error) settle(stdout)
      else if (error.code === 'ENOENT') fail(new Error(missing))
      else fail(new Error(`wrk: ${stdout}${stderr}`))
    })
  })
}

const missing = 'The load comes from wrk: apt-get install wrk, or brew install wrk.'

/** The version of wrk, as it says itself. */
export async function loadGenerator(): Promise<string> {
  const said = await new Promise<string>((settle, fail) => {
    execFile('wrk', ['-v'], (error, stdout) =>
      error?.code === 'ENOENT' ? fail(new Error(missing)) : settle(stdout)
    )
  })
  return said.split(' ').slice(0, 2).join(' ')
}
