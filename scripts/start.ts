// npm start: everything a fresh machine needs to see Loa work.
//
//   npm start                        on http://localhost:8787, with sample data the first time
//   npm start -- --port 9000         on another port
//   npm start -- --empty             without sample data
//   npm start -- --persist-to DIR    with its state in another folder

import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'

import { devVar, writeDevVars } from './dev-vars.ts'
import { listSourceSlugs, loadSamples } from './samples.ts'

const root = join(import.meta.dirname, '..')
const wrangler = join(root, 'node_modules/wrangler/bin/wrangler.js')
const environment = {
  ...process.env,
  // Else wrangler waits for a machine of Cloudflare's that an offline developer does not reach.
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_HIDE_BANNER: 'true',
  NO_UPDATE_NOTIFIER: '1',
}

const options = readOptions()
const origin = `http://localhost:${options.port}`

if (!(await isPortFree(options.port))) {
  fail(`Port ${options.port} is taken. Use another: npm start -- --port ${options.port + 1}`)
}
if (writeDevVars()) console.log('Wrote random secrets to .dev.vars.')
await migrate()
const server = serve()
try {
  await untilHealthy()
  if (!options.empty) await fillIfEmpty()
  await greet()
} catch (error) {
  fail(error instanceof Error ? error.message : String(error))
}
// wrangler fires no cron by itself.
setInterval(
  () => void fetch(`${origin}/cdn-cgi/handler/scheduled`).catch(() => null),
  60_000
).unref()
// From here on wrangler tells of each request.
server.stdout?.pipe(process.stdout)
server.stderr?.pipe(process.stderr)

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        port: { type: 'string', default: '8787' },
        empty: { type: 'boolean', default: false },
        'persist-to': { type: 'string', default: join(root, '.wrangler/state') },
      },
    })
    const port = Number(values.port)
    if (!Number.isInteger(port) || port < 1 || port > 65_535) {
      fail(`--port must be a number from 1 to 65535, not "${values.port}".`)
    }
    return { port, empty: values.empty, state: resolve(values['persist-to']) }
  } catch (error) {
    return fail(
      `${(error as Error).message}\nUsage: npm start -- [--port N] [--empty] [--persist-to DIR]`
    )
  }
}

function fail(message: string): never {
  console.error(message)
  process.exit(1)
}

async function isPortFree(port: number): Promise<boolean> {
  const isFree = (host: string) =>
    new Promise<boolean>((settle) => {
      const probe = createServer()
      probe.once('error', (error: NodeJS.ErrnoException) => settle(error.code !== 'EADDRINUSE'))
      probe.listen(port, host, () => probe.close(() => settle(true)))
    })
  return (await isFree('127.0.0.1')) && (await isFree('::1'))
}

async function migrate(): Promise<void> {
  const run = wranglerWith([
    'd1',
    'migrations',
    'apply',
    'DB',
    '--local',
    '--persist-to',
    options.state,
  ])
  const output = collect(run)
  const code = await new Promise((settle) => run.once('exit', settle))
  if (code !== 0) fail(`The migrations could not be applied:\n${output()}`)
}

function serve(): ChildProcess {
  const port = String(options.port)
  const child = wranglerWith([
    'dev',
    '--port',
    port,
    '--persist-to',
    options.state,
    '--show-interactive-dev-session=false',
  ])
  let isStopping = false
  // wrangler has a process group of its own, so that Ctrl-C in the terminal reaches it through here
  // and once.
  const stop = () => {
    if (isStopping) return
    isStopping = true
    child.kill('SIGINT')
    setTimeout(() => child.kill('SIGKILL'), 5000).unref()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
  // npm keeps SIGTERM to itself; that it is gone is all that can be seen of it.
  const npm = process.ppid
  setInterval(() => process.ppid !== npm && stop(), 500).unref()
  // However this ends, nothing is left running: the group goes with it.
  process.on('exit', () => {
    try {
      if (child.pid) process.kill(-child.pid, 'SIGTERM')
    } catch {
      // It has ended already.
    }
  })
  child.once('exit', (code) => {
    if (isStopping) process.exit(0)
    fail(`wrangler stopped with code ${code}.`)
  })
  return child
}

function wranglerWith(args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [wrangler, ...args], {
    cwd: root,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
}

function collect(child: ChildProcess): () => string {
  let text = ''
  const add = (chunk: Buffer) => {
    text += chunk.toString()
  }
  child.stdout?.on('data', add)
  child.stderr?.on('data', add)
  return () => text
}

async function untilHealthy(): Promise<void> {
  const output = collect(server)
  server.once('exit', () => console.error(output()))
  for (let attempt = 0; attempt < 600; attempt++) {
    const response = await fetch(`${origin}/health`).catch(() => null)
    if (response?.ok) return
    await new Promise((settle) => setTimeout(settle, 100))
  }
  console.error(output())
  server.kill()
  fail('Loa did not answer within a minute.')
}

// The mark stands while samples are being posted: whoever stops in the middle gets the rest next time.
async function fillIfEmpty(): Promise<void> {
  const mark = join(options.state, 'loading-samples')
  const token = operatorToken()
  if (!existsSync(mark) && (await listSourceSlugs(origin, token)).length > 0) return
  console.log('The database is empty: posting the sample data.')
  mkdirSync(options.state, { recursive: true })
  writeFileSync(mark, '')
  await loadSamples(origin, token, console.log)
  rmSync(mark)
}

function operatorToken(): string {
  return (
    devVar('OPERATOR_TOKEN') ??
    fail('.dev.vars has no OPERATOR_TOKEN: add one, or delete the file.')
  )
}

async function greet(): Promise<void> {
  const slugs = await listSourceSlugs(origin, operatorToken())
  const [first] = slugs
  const example = first
    ? `npm run post -- docs/examples/article.json --source ${first}${options.port === 8787 ? '' : ` --url ${origin}`}`
    : 'first make a source: README, "Your own source"'
  console.log(`
Loa runs on ${origin}

  Home page         ${origin}/
  All articles      ${origin}/feed.rss   also .atom and .json
  Sources           ${slugs.join(', ') || 'none yet'}
  Post an article   ${example}
  Operator’s token  in .dev.vars

Ctrl-C stops it; the articles stay.
`)
}
