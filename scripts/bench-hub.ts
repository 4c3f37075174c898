// npm run bench:hub: one publication to ten thousand subscribers, with the Worker as it is deployed, real
// queues, a real D1 and real HTTP. Prints what that took; `-- 1000` is for a thousand.

import { execFileSync } from 'node:child_process'
import { createCipheriv, createHmac, randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { convertV4MiniflareOptions, Miniflare, NoOpLog } from 'miniflare'

import { operate, postSigned } from './client.ts'
import { secretOf } from './samples.ts'

const subscribers = Number(process.argv[2] ?? 10_000)
const root = join(import.meta.dirname, '..')
const masterKey = 'a master key for measuring'
const token = 'operator-token-for-measuring'
const publications = 3

const bundle = mkdtempSync(join(tmpdir(), 'loa-bench-hub-'))
execFileSync(process.execPath, [
  join(root, 'node_modules/wrangler/bin/wrangler.js'),
  'deploy',
  '--dry-run',
  `--outdir=${bundle}`,
])

// Deliveries as they come in: that is all a subscriber of this kind does.
const arrivals: { atMs: number; path: string; bytes: number }[] = []
const receiver = createServer((request, response) => {
  let bytes = 0
  request.on('data', (chunk: Buffer) => (bytes += chunk.length))
  request.on('end', () => {
    arrivals.push({ atMs: Date.now(), path: request.url ?? '', bytes })
    response.writeHead(204).end()
  })
})
await new Promise<void>((settle) => receiver.listen(0, '127.0.0.1', settle))
const address = receiver.address()
const callbackOrigin = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`

const miniflare = new Miniflare(await options())
try {
  const origin = (await miniflare.ready).origin
  const db = await miniflare.getD1Database('DB')
  for (const statement of migrations()) await db.exec(statement)
  await operate(origin, token, {
    method: 'PUT',
    path: '/api/sources/bao',
    body: { title: 'Báo', home_page_url: 'https://bao.example/' },
  })
  const sender = { source: 'bao', secret: await secretOf(origin, token, 'bao') }
  for (let number = 0; number < 50; number++) await postSigned(origin, sender, article(number))
  await subscribeAll(db, origin)
  console.log(`One publication to ${subscribers} subscribers, half of them signed for:\n`)
  for (let round = 0; round < publications; round++) await publish(origin, sender, 100 + round)
} finally {
  await miniflare.dispose()
  receiver.close()
  rmSync(bundle, { recursive: true })
}

async function publish(origin: string, sender: { source: string; secret: string }, number: number) {
  arrivals.length = 0
  await counts(origin)
  const beganMs = Date.now()
  await postSigned(origin, sender, article(number))
  const answeredMs = Date.now() - beganMs
  while (arrivals.length < subscribers) {
    if (Date.now() - beganMs > 600_000) throw new Error(`only ${arrivals.length} were told`)
    await new Promise((settle) => setTimeout(settle, 50))
  }
  await new Promise((settle) => setTimeout(settle, 1000))
  const times = arrivals.map((each) => each.atMs - beganMs).toSorted((a, b) => a - b)
  const at = (share: number) => times[Math.ceil(share * times.length) - 1]
  const told = new Set(arrivals.map((each) => each.path)).size
  console.log({
    'post answered, ms': answeredMs,
    'first, p50, p95, last delivery, ms': [times[0], at(0.5), at(0.95), times.at(-1)].join(', '),
    'told, deliveries': `${told}, ${arrivals.length}`,
    'bytes each': arrivals[0]?.bytes,
    ...(await counts(origin)),
  })
}

/** What the Worker asked of its surroundings since this was last asked. */
async function counts(origin: string): Promise<Record<string, number>> {
  const response = await fetch(`${origin}/counts`)
  return response.json<Record<string, number>>()
}

function article(number: number): string {
  return JSON.stringify({
    type: 'article.published',
    data: {
      id: `bai-${number}`,
      url: `https://bao.example/${number}`,
      title: `Tin số ${number}`,
      content_html: `<p>${'Nội dung của bài báo này. '.repeat(200)}</p>`,
      date_published: new Date(1_790_000_000_000 + number * 1000).toISOString(),
    },
  })
}

/** As if each had asked and confirmed: through the door it would take longer than what is measured. */
async function subscribeAll(db: D1Like, origin: string): Promise<void> {
  const topic = `${origin}/feed.json`
  const rows = Array.from({ length: subscribers }, (_, index) => {
    const callback = `${callbackOrigin}/${index}`
    return { callback, secret: index % 2 === 0 ? seal(`secret ${index}`, callback) : null }
  })
  const now = Math.floor(Date.now() / 1000)
  await db.prepare('INSERT INTO hub_topics (id, url) VALUES (1, ?1)').bind(topic).run()
  await db.prepare('INSERT INTO hub_topic_feeds (feed_id, topic_id) VALUES (1, 1)').run()
  await db
    .prepare('UPDATE feeds SET is_followed = 1, published_revision = revision WHERE id = 1')
    .run()
  await db
    .prepare(
      `INSERT INTO subscriptions (topic_id, callback, host, state, secret, verified_at,
        lease_expires_at, settled_version)
      SELECT 1, value ->> 'callback', ?2, 'active', value ->> 'secret', ?3, ?3 + 864000, 1
      FROM json_each(?1)`
    )
    .bind(JSON.stringify(rows), new URL(callbackOrigin).host, now)
    .run()
}

type D1Like = Awaited<ReturnType<Miniflare['getD1Database']>>

function migrations(): string[] {
  const names = execFileSync('ls', [join(root, 'migrations')], { encoding: 'utf8' })
  return names
    .trim()
    .split('\n')
    .flatMap((name) =>
      readFileSync(join(root, 'migrations', name), 'utf8')
        .replaceAll(/^\s*--.*$/gm, '')
        .split(/;\s*$/m)
        .map((statement) => statement.replaceAll(/\s+/g, ' ').trim())
        .filter((statement) => statement !== '')
    )
}

// wrangler.toml says which bindings Loa has, so that a new one is there too.
async function options() {
  Object.assign(process.env, {
    MASTER_KEY: masterKey,
    OPERATOR_TOKEN: token,
    WRANGLER_LOG: 'error',
  })
  const { unstable_getMiniflareWorkerOptions: readOptions } = await import('wrangler')
  const { workerOptions } = readOptions(join(root, 'wrangler.toml'))
  const read = workerOptions as unknown as {
    bindings: Record<string, unknown>
    ratelimits: Record<string, object>
  }
  const script = (path: string, file: string) => {
    return { type: 'ESModule' as const, path, contents: readFileSync(file, 'utf8') }
  }
  return convertV4MiniflareOptions({
    ...read,
    log: new NoOpLog(),
    cf: false,
    modules: [
      script('counting.js', join(import.meta.dirname, 'bench-hub-worker.js')),
      script('worker.js', join(bundle, 'worker.js')),
    ],
    // A race is faster than a newsroom.
    ratelimits: Object.fromEntries(
      Object.entries(read.ratelimits).map(([name, limit]) => [
        name,
        { ...limit, simple: { limit: 1_000_000, period: 60 } },
      ])
    ),
    bindings: {
      ...read.bindings,
      MASTER_KEY: masterKey,
      OPERATOR_TOKEN: token,
      PUBLIC_ORIGIN: '',
      ALLOW_PRIVATE_CALLBACKS: 'true',
    },
  } as unknown as Parameters<typeof convertV4MiniflareOptions>[0])
}

/** As src/lib/cipher.ts seals. */
function seal(secret: string, context: string): string {
  const key = createHmac('sha256', masterKey).update('cipher:1').digest()
  const iv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(context))
  const sealed = [iv, cipher.update(secret), cipher.final(), cipher.getAuthTag()]
  return Buffer.concat(sealed).toString('base64')
}
