// A Loa under `wrangler dev` that can be killed at any moment, and subscribers over real HTTP.

import { spawn, type ChildProcess } from 'node:child_process'
import { createServer, type Server, type ServerResponse } from 'node:http'
import { join } from 'node:path'

import { operate, postSigned } from '../../scripts/client.ts'
import { devVar, writeDevVars } from '../../scripts/dev-vars.ts'
import { secretOf } from '../../scripts/samples.ts'
import { root } from './process.ts'

const wrangler = join(root, 'node_modules/wrangler/bin/wrangler.js')

export const pause = (milliseconds: number) =>
  new Promise<void>((settle) => {
    setTimeout(settle, milliseconds)
  })

function run(args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [wrangler, ...args], {
    cwd: root,
    // A group of its own, so that everything of it can be killed at once.
    detached: true,
    stdio: 'ignore',
    env: {
      ...process.env,
      MASTER_KEY: '',
      OPERATOR_TOKEN: '',
      CLOUDFLARE_CF_FETCH_ENABLED: 'false',
      WRANGLER_SEND_METRICS: 'false',
    },
  })
}

function ended(child: ChildProcess): Promise<unknown> {
  return child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise((settle) => child.once('exit', settle))
}

export type LiveHub = {
  readonly origin: string
  readonly kill: () => Promise<void>
  /** Lets a minute pass, as cron sees it. */
  readonly minute: () => Promise<void>
}

export async function migrate(state: string): Promise<void> {
  writeDevVars()
  const child = run(['d1', 'migrations', 'apply', 'DB', '--local', '--persist-to', state])
  await ended(child)
  if (child.exitCode !== 0) throw new Error('the migrations could not be applied')
}

export async function startHub(port: number, state: string): Promise<LiveHub> {
  const origin = `http://localhost:${port}`
  const child = run([
    'dev',
    `--port=${port}`,
    `--persist-to=${state}`,
    `--var=PUBLIC_ORIGIN:${origin}`,
    '--show-interactive-dev-session=false',
  ])
  const deadline = Date.now() + 90_000
  while (!(await fetch(`${origin}/health`).catch(() => null))?.ok) {
    if (Date.now() > deadline) throw new Error('Loa does not start')
    await pause(100)
  }
  return {
    origin,
    kill: async () => {
      if (child.pid) process.kill(-child.pid, 'SIGKILL')
      await ended(child)
    },
    minute: async () => {
      await fetch(`${origin}/cdn-cgi/handler/scheduled`).catch(() => null)
    },
  }
}

/** A call of the operator's API, as what the caller knows it answers. */
async function api<T>(origin: string, path: string, method = 'GET', body?: unknown): Promise<T> {
  const token = devVar('OPERATOR_TOKEN') ?? ''
  return (await operate(origin, token, { method, path, ...(body !== undefined && { body }) })) as T
}

/** A source that posts one article after another; every second brings a newer date. */
export async function givenLiveSource(origin: string, slug: string) {
  await api(origin, `/api/sources/${slug}`, 'PUT', {
    title: `Báo ${slug}`,
    home_page_url: `https://${slug}.example/`,
  })
  const secret = await secretOf(origin, devVar('OPERATOR_TOKEN') ?? '', slug)
  return (number: number) => {
    const event = {
      type: 'article.published',
      data: {
        id: `${slug}-${number}`,
        url: `https://${slug}.example/${number}`,
        title: `Tin số ${number}`,
        content_html: `<p>${'Nội dung. '.repeat(40)}</p>`,
        date_published: new Date(1_790_000_000_000 + number * 1000).toISOString(),
      },
    }
    return postSigned(origin, { source: slug, secret }, JSON.stringify(event))
  }
}

export type LiveDelivery = {
  readonly atMs: number
  readonly path: string
  readonly body: string
  readonly headers: Record<string, string | string[] | undefined>
}

export type LiveSubscriber = {
  readonly port: number
  readonly deliveries: LiveDelivery[]
  readonly verifications: string[]
  readonly close: () => void
}

type Behaviour = (response: ServerResponse) => void

export const says =
  (status: number, headers: Record<string, string> = {}, body: string | Buffer = ''): Behaviour =>
  (response) => {
    response.writeHead(status, headers)
    response.end(body)
  }

/** A server that confirms everything, and answers deliveries in its own way. */
export async function startSubscriber(behaviour: Behaviour = says(204)): Promise<LiveSubscriber> {
  const deliveries: LiveDelivery[] = []
  const verifications: string[] = []
  const server: Server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://subscriber')
    if (request.method === 'GET') {
      verifications.push(url.search)
      response.end(url.searchParams.get('hub.challenge') ?? '')
      return
    }
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString()
      deliveries.push({ atMs: Date.now(), path: url.pathname, body, headers: request.headers })
      behaviour(response)
    })
  })
  await new Promise<void>((settle) => server.listen(0, '127.0.0.1', settle))
  const address = server.address()
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    deliveries,
    verifications,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

export async function subscribeTo(
  hub: { readonly origin: string },
  callback: string,
  fields: Record<string, string> = {}
): Promise<Response> {
  return fetch(`${hub.origin}/hub`, {
    method: 'POST',
    body: new URLSearchParams({
      'hub.mode': 'subscribe',
      'hub.topic': `${hub.origin}/feed.json`,
      'hub.callback': callback,
      ...fields,
    }),
  })
}

type Listed = { readonly state: string; readonly failing?: { readonly retry_at: string } }

/** The subscriptions of a host, as the operator sees them. */
export async function subscriptionsOf(
  hub: { readonly origin: string },
  host: string
): Promise<readonly Listed[]> {
  const path = `/api/subscriptions?host=${host}`
  return (await api<{ readonly items: readonly Listed[] }>(hub.origin, path)).items
}

/** Waits until the hub has written down so many subscriptions of a host: then each post is owed to it. */
export async function untilSubscribed(
  hub: { readonly origin: string },
  host: string,
  count = 1
): Promise<void> {
  await until(async () => (await subscriptionsOf(hub, host)).length >= count)
}

export async function until(condition: () => unknown, timeoutMs = 60_000): Promise<void> {
  const deadline = Date.now() + timeoutMs
  while (!(await condition())) {
    if (Date.now() > deadline)
      throw new Error(`not within ${timeoutMs} ms: ${condition.toString()}`)
    await pause(20)
  }
}
