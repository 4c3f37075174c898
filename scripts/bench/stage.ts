// Where the race is run: one workerd with Loa as it is deployed, Loa that is looked into, a hello-world
// Worker and the baselines, over one D1.

import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { join } from 'node:path'
import { convertV4MiniflareOptions, Miniflare, NoOpLog } from 'miniflare'

const root = join(import.meta.dirname, '../..')

/** The Workers by the hosts that reach them; Loa answers every other host too. */
export const hosts = {
  loa: 'loa.example',
  stale: 'stale.example',
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
}

type Received = {
  readonly status: number
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
  /** A request to the Loa that is looked into: it may name any host. */
  readonly ask: (request: Sent) => Promise<void>
  /** The rows that this Loa has read and written so far. */
  readonly rows: () => Promise<Rows>
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
    ask: async ({ method, host, path, headers, body }) => {
      const response = await observed.fetch(`http://${host}${path}`, {
        method,
        headers,
        ...(body !== undefined && { body }),
      })
      await response.arrayBuffer()
    },
    rows: async () => (await (await observed.fetch('http://x/__counted')).json()) as Rows,
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
      {
        ...loa,
        name: 'observed',
        routes: at(hosts.stale),
        modules: script('observed'),
        // A queue has one consumer.
        queueConsumers: {},
      },
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

function send(port: number, { method, host, path, headers, body }: Sent): Promise<Received> {
  return new Promise((settle, fail) => {
    const request = httpRequest(
      { host: '127.0.0.1', port, method, path, headers: { ...headers, host } },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () =>
          settle({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks),
          })
        )
      }
    )
    request.on('error', fail)
    request.end(body)
  })
}

/** The children of this process, where there is a /proc. */
function childProcesses(): number[] {
  return processes().filter((pid) => Number(statOf(pid)[1]) === process.pid)
}

function processes(): number[] {
  try {
    return readdirSync('/proc')
      .map(Number)
      .filter((pid) => pid > 0)
  } catch {
    return []
  }
}

/** The fields of /proc/[pid]/stat after the name: state, parent, … (proc(5)). */
function statOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
  } catch {
    return []
  }
}

// proc(5): in units of sysconf(_SC_CLK_TCK), which Linux shows as 100 everywhere.
const ticksPerSecond = 100

/** The CPU time that processes took so far, in milliseconds; null where there is no /proc. */
export function cpuMsOf(pids: readonly number[]): number | null {
  if (pids.length === 0) return null
  const ticks = pids.map((pid) => {
    const [user = 0, system = 0] = statOf(pid).slice(11, 13).map(Number)
    return user + system
  })
  return (ticks.reduce((sum, each) => sum + each, 0) * 1000) / ticksPerSecond
}
