// Load: many connections that ask as fast as they are answered, and what that cost. wrk sends it: a client
// that spends more on an answer than the server did would measure itself.

import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

import { cpuMsOf, type Sent, type Stage } from './stage.ts'

/** Requests in the order they are sent, and what happens at their end (load.lua). */
export type Load = {
  readonly connections: number
  readonly requests: readonly Sent[]
  readonly mode: 'again' | 'once' | 'learn'
}

export type Measured = {
  readonly requestsPerSecond: number
  /** Of answers, headers included. */
  readonly bytesPerRequest: number
  /** Of the server. */
  readonly cpuMsPerRequest: number | null
}

type Summary = Record<'requests' | 'bytes' | 'microseconds' | 'refused' | 'failed', number>

const script = join(import.meta.dirname, 'load.lua')

/** Whole seconds, since wrk knows no parts of one; null when nothing was answered in so few. */
export async function drive(stage: Stage, load: Load, seconds: number): Promise<Measured | null> {
  const folder = mkdtempSync(join(tmpdir(), 'loa-load-'))
  try {
    const file = join(folder, 'requests')
    writeFileSync(file, Buffer.concat(load.requests.map(entryOf)))
    await rest(stage)
    const cpuBefore = cpuMsOf(stage.pids)
    const url = `http://127.0.0.1:${stage.port}`
    const options = ['-t1', `-c${load.connections}`, `-d${seconds}s`, '--timeout', '60s']
    const output = await wrk([...options, '-s', script, url, '--', file, load.mode])
    const cpuAfter = cpuMsOf(stage.pids)
    const summary = JSON.parse(output.trim().split('\n').at(-1) ?? '') as Summary
    // A race that is won by refusing is none.
    if (summary.refused + summary.failed > 0) throw new Error(output)
    if (summary.requests === 0) return null
    return {
      requestsPerSecond: summary.requests / (summary.microseconds / 1e6),
      bytesPerRequest: summary.bytes / summary.requests,
      cpuMsPerRequest:
        cpuBefore === null || cpuAfter === null ? null : (cpuAfter - cpuBefore) / summary.requests,
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

// What the run before left to be done afterwards, as posts do, is not this one's.
async function rest({ pids }: Stage): Promise<void> {
  for (let n = 0; n < 20; n++) {
    const before = cpuMsOf(pids) ?? 0
    await setTimeout(50)
    if ((cpuMsOf(pids) ?? 0) - before <= 10) return
  }
}

function entryOf({ method, host, path, headers, body = '' }: Sent): Buffer {
  const bytes = Buffer.from(body)
  const fields = {
    Host: host,
    ...headers,
    ...(method === 'POST' && { 'Content-Length': bytes.length }),
  }
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`)
  const request = Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`)
  const length = Buffer.from(`${request.length + bytes.length}\n`)
  return Buffer.concat([length, request, bytes])
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
