// Where the race is run: one workerd with Loa as it is deployed, Loa that is looked into, Loa behind a cache
// of the platform, a hello-world Worker and the baselines, over one D1.

import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { join } from 'node:path'
import { convertV4MiniflareOptions, Miniflare, NoOpLog } from 'miniflare'

import { childProcesses } from './processes.ts'

const root = join(import.meta.dirname, '../..')

/** The Workers by the hosts that reach them; Loa answers every other host too. */
export const hosts = {
  loa: 'loa.example',
  stale: 'stale.example',
  through: 'through.example',
  hello: 'hello.example',
  baselines: 'baselines.example',
} as const

export const secrets = {
  MASTER_KEY: 'a key for benchmarks',
  OPERATOR_TOKEN: 'a-token-for-benchmarks',
}

/** Bundles the Workers as `wrangler deploy` would, each into a folder of its own. */
export async function bundle(into: string, isMinified = true): Promise<void> {
  const workers = 'scripts/bench/workers'
  const runs = [
    ['loa', 'src/worker.ts', 'wrangler.toml'],
    ['observed', `${workers}/observed.ts`, 'wrangler.toml'],
    ['through', `${workers}/through.ts`, 'wrangler.toml'],
    ['baselines', `${workers}/baselines.ts`, `${workers}/wrangler.toml`],
  ] as const
  await Promise.all(
    runs.map(([name, main, config]) => {
      const args = ['deploy', main, '--dry-run', '--outdir', join(into, name), '--config', config]
      return wrangler(isMinified ? args : [...args, '--minify=false'])
    })
  )
}

function wrangler(args: readonly string[]): Promise<void> {
  const script = join(root, 'node_modules/wrangler/bin/wrangler.js')
  const options = { cwd: root, env: { ...process.env, ...secrets } }
  return new Promise((settle, fail) => {
    execFile(process.execPath, [script, ...args], options, (error, stdout, stderr) =>
      error ? fail(new Error(`wrangler ${args.join(' ')}\n${stdout}${stderr}`)) : settle()
    )
  })
}

export type Sent = {
  readonly method: string
  readonly host: string
  readonly path: string
  readonly headers: Record<string, string>
  readonly body?: string | Buffer
  /** What it may be answered: whatever else comes is an error, and no cheap success. */
  readonly statuses: readonly number[]
}

export type Received = {
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

export type Rows = { readonly rowsRead: number; readonly rowsWritten: number }

export type Stage = {
  readonly port: number
  /** Where Loa's isolate can be looked into, when the stage was opened for that. */
  readonly inspectorUrl: string
  readonly db: D1Database
  /** The processes that answer: where the CPU time goes. */
  readonly pids: readonly number[]
  /** A request to the Loa that is looked into, at any host; gives the rows it has read and written so far. */
  readonly ask: (request: Sent) => Promise<Rows>
  /** One request, as a client would send it. */
  readonly send: (request: Sent) => Promise<Received>
  readonly dispose: () => Promise<void>
}

/** Opens the stage over the database in a folder. */
export async function openStage(
  bundles: string,
  state: string,
  isInspected = false
): Promise<Stage> {
  const before = new Set(childProcesses())
  const miniflare = new Miniflare(await optionsOf(bundles, state, isInspected))
  const url = await miniflare.ready
  const port = Number(url.port)
  const observed = await miniflare.getWorker('observed')
  return {
    port,
    inspectorUrl: isInspected
      ? new URL('/core:user:loa', await miniflare.getInspectorURL()).href
      : '',
    db: await miniflare.getD1Database('DB', 'loa'),
    pids: childProcesses().filter((pid) => !before.has(pid)),
    ask: async (request) => {
      const { method, host, path, headers, body } = request
      const asked = { ...headers, 'X-Rows': 'told' }
      const init = { method, headers: asked, ...(body !== undefined && { body }) }
      const response = await observed.fetch(`http://${host}${path}`, init)
      check(request, response.status, Buffer.from(await response.arrayBuffer()))
      return JSON.parse(response.headers.get('X-Rows') ?? '') as Rows
    },
    send: (request) => send(port, request),
    dispose: () => miniflare.dispose(),
  }
}

// As far as they are touched here.
type Options = {
  readonly compatibilityDate: string
  readonly d1Databases: Record<string, unknown>
  readonly bindings: Record<string, unknown>
  readonly ratelimits: Record<string, object>
}

async function optionsOf(bundles: string, state: string, isInspected: boolean) {
  Object.assign(process.env, secrets, { WRANGLER_LOG: 'error' })
  // wrangler.toml says which bindings Loa has, so that a new one is there too.
  const { unstable_getMiniflareWorkerOptions: readOptions } = await import('wrangler')
  const { workerOptions } = readOptions(join(root, 'wrangler.toml'))
  const options = workerOptions as unknown as Options
  const script = (name: string) => {
    const folder = join(bundles, name)
    const main = readdirSync(folder).find((file) => file.endsWith('.js')) ?? ''
    return [{ type: 'ESModule' as const, path: join(folder, main) }]
  }
  const unlimited = Object.entries(options.ratelimits).map(([name, limit]) => [
    name,
    { ...limit, simple: { limit: 1_000_000_000, period: 60 } },
  ])
  const loa = {
    ...options,
    rootPath: bundles,
    bindings: { ...options.bindings, ...secrets },
    // A race is faster than a newsroom.
    ratelimits: Object.fromEntries(unlimited),
  }
  // A queue has one consumer.
  const copy = { ...loa, queueConsumers: {} }
  const { compatibilityDate, d1Databases } = options
  const plain = { rootPath: bundles, compatibilityDate }
  const hello = `export default { fetch() { return new Response('Hello World!') } }`
  const at = (host: string) => [`http://${host}/*`]
  return convertV4MiniflareOptions({
    cf: false,
    host: '127.0.0.1',
    port: 0,
    ...(isInspected && { inspectorPort: 0 }),
    log: new NoOpLog(),
    logRequests: false,
    resourcePersistencePath: state,
    workers: [
      { ...loa, name: 'loa', modules: script('loa') },
      { ...copy, name: 'observed', routes: at(hosts.stale), modules: script('observed') },
      { ...copy, name: 'through', routes: at(hosts.through), modules: script('through') },
      { ...plain, name: 'hello', routes: at(hosts.hello), modules: true, script: hello },
      {
        ...plain,
        name: 'baselines',
        d1Databases,
        routes: at(hosts.baselines),
        modules: script('baselines'),
      },
    ],
  } as Parameters<typeof convertV4MiniflareOptions>[0])
}

function send(port: number, sent: Sent): Promise<Received> {
  const { method, host, path, headers, body } = sent
  return new Promise((settle, fail) => {
    const request = httpRequest(
      { host: '127.0.0.1', port, method, path, headers: { ...headers, host } },
      (response) => {
        const chunks: Buffer[] = []
        response.on('error', fail)
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () => {
          const received = { headers: response.headers, body: Buffer.concat(chunks) }
          try {
            check(sent, response.statusCode ?? 0, received.body)
            settle(received)
          } catch (error) {
            fail(error)
          }
        })
      }
    )
    request.on('error', fail)
    request.end(body)
  })
}

function check({ method, host, path, statuses }: Sent, status: number, body: Buffer): void {
  if (statuses.includes(status)) return
  const text = body.subarray(0, 500).toString()
  throw new Error(`${method} ${host}${path}: ${status}, not ${statuses.join(' or ')}: ${text}`)
}
