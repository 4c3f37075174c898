// Loa as a developer runs it: `npm start`'s own script, on a free port, with its state in a new folder.

import { spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const root = new URL('../..', import.meta.url).pathname

export function newStateFolder(): string {
  return mkdtempSync(join(tmpdir(), 'loa-state-'))
}

export function freePort(): Promise<number> {
  return new Promise((settle) => {
    const server = createServer()
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' && address ? address.port : 0
      server.close(() => settle(port))
    })
  })
}

export type Run = {
  readonly output: () => string
  /** Settles with the exit code. */
  readonly exit: Promise<number | null>
  readonly signal: (name: NodeJS.Signals) => void
}

export function runScript(script: string, args: readonly string[]): Run {
  // Not the secrets that the configuration of the tests sets for workerd.
  const env = { ...process.env, MASTER_KEY: '', OPERATOR_TOKEN: '' }
  const child = spawn(process.execPath, [`scripts/${script}.ts`, ...args], { cwd: root, env })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (text += chunk.toString()))
  }
  return {
    output: () => text,
    // `close`, not `exit`: by then all that it said was read.
    exit: new Promise((settle) => child.once('close', settle)),
    signal: (name) => child.kill(name),
  }
}

/** Starts Loa and waits until it says where it runs. */
export async function startLoa(args: readonly string[]): Promise<Run> {
  const run = runScript('start', args)
  const deadline = Date.now() + 90_000
  while (!run.output().includes('Ctrl-C stops it')) {
    const ended = await Promise.race([
      run.exit,
      new Promise((settle) => setTimeout(settle, 100, 'on')),
    ])
    if (ended !== 'on' || Date.now() > deadline)
      throw new Error(`Loa did not start:\n${run.output()}`)
  }
  return run
}
