// What the README promises of `npm start` and `npm run post`, done as a newcomer does it.

import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, it, type ExpectStatic } from 'vitest'

import { operate, postSigned } from '../scripts/client.ts'
import { devVar } from '../scripts/dev-vars.ts'
import { secretOf } from '../scripts/samples.ts'
import { freePort, newStateFolder, root, runScript, startLoa, type Run } from './support/process.ts'

const state = newStateFolder()
let port = 0
let origin = ''
let loa: Run

beforeAll(async () => {
  port = await freePort()
  origin = `http://localhost:${port}`
  loa = await startLoa(['--port', String(port), '--persist-to', state])
})

afterAll(async () => {
  loa.signal('SIGTERM')
  await loa.exit
})

type Items = {
  items: {
    id: string
    title: string
    _loa?: { via?: unknown }
    attachments?: unknown
    image?: string
    authors?: unknown[]
  }[]
}

async function feed(path: string): Promise<Items> {
  const items: Items = await (await fetch(`${origin}${path}/feed.json`)).json()
  return items
}

async function documents(): Promise<string[]> {
  const paths = ['', '/sources/bao-song-xanh', '/topics/do-thi', '/sources/delta-review']
  return Promise.all(
    paths.flatMap((path) =>
      ['rss', 'atom', 'json'].map(async (extension) =>
        (await fetch(`${origin}${path}/feed.${extension}`)).text()
      )
    )
  )
}

/** What is killed for want of time may answer a moment longer. */
async function untilNobodyListens(expect: ExpectStatic, at: string): Promise<void> {
  const whoAnswers = () =>
    fetch(`${at}/health`).then(
      () => 'somebody',
      () => 'nobody'
    )
  await expect.poll(whoAnswers).toBe('nobody')
}

describe('npm start', () => {
  it('says where to look, what the sources are and how to post', ({ expect }) => {
    const said = loa.output()
    expect(said).toContain(`Loa runs on ${origin}`)
    expect(said).toContain(`${origin}/feed.rss`)
    for (const slug of ['bao-song-xanh', 'van-phong-bao-chi', 'delta-review'])
      expect(said).toContain(slug)
    expect(said).toContain('npm run post -- docs/examples/article.json --source bao-song-xanh')
    expect(said.split('\n').length).toBeLessThan(25)
  })

  it('fills an empty database so that every feed looks alive', async ({ expect }) => {
    const everything = await feed('')
    expect(everything.items.length).toBeGreaterThanOrEqual(50)
    const counts = await Promise.all(
      ['bao-song-xanh', 'van-phong-bao-chi', 'delta-review'].map(
        async (slug) => (await feed(`/sources/${slug}`)).items.length
      )
    )
    expect(counts.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(60)
    expect((await feed('/topics/do-thi')).items.length).toBeGreaterThan(20)
    expect(everything.items.some((entry) => entry.image)).toBe(true)
    expect(everything.items.some((entry) => (entry.authors?.length ?? 0) > 1)).toBe(true)
    expect(everything.items.some((entry) => entry.attachments)).toBe(true)
    const corrected = await fetch(`${origin}/sources/bao-song-xanh/feed.atom`)
    expect(await corrected.text()).toContain('286 tỷ')
  })

  // `fetch` sends no such thing: what is said in the body of a GET must not reach what is kept for others.
  it('answers a GET that has a body as one that has none', async ({ expect }) => {
    const address = `${origin}/feed.json?limit=3`
    const fat = await new Promise<string>((resolve, fail) => {
      const body = 'limit=1&source=delta-review'
      const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
      const asked = request(address, {
        method: 'GET',
        headers: { ...headers, 'Content-Length': body.length },
      })
      asked.on('error', fail).on('response', (response) => void text(response).then(resolve, fail))
      asked.end(body)
    })
    const plain = await fetch(address, { headers: { 'Accept-Encoding': 'identity' } })
    expect(plain.headers.get('X-Cache')).toBe('HIT')
    expect(await plain.text()).toBe(fat)
    expect((JSON.parse(fat) as { items: unknown[] }).items).toHaveLength(3)
  })

  it('says in one line that its port is taken', async ({ expect }) => {
    const second = runScript('start', ['--port', String(port), '--persist-to', newStateFolder()])
    expect(await second.exit).toBe(1)
    expect(second.output().trim().split('\n')).toEqual([
      `Port ${port} is taken. Use another: npm start -- --port ${port + 1}`,
    ])
  })

  it('refuses options it does not know, and says which it does', async ({ expect }) => {
    const refused = runScript('start', ['--prot', '9000'])
    expect(await refused.exit).toBe(1)
    expect(refused.output()).toContain('--persist-to DIR')
    const notANumber = runScript('start', ['--port', 'abc'])
    expect(await notANumber.exit).toBe(1)
    expect(notANumber.output()).toContain('--port')
  })

  it('stops on Ctrl-C, and starting again loses and doubles nothing', async ({ expect }) => {
    const before = await documents()
    loa.signal('SIGINT')
    expect(await loa.exit).toBe(0)
    await untilNobodyListens(expect, origin)
    loa = await startLoa(['--port', String(port), '--persist-to', state])
    expect(loa.output()).not.toContain('posting the sample data')
    expect(await documents()).toEqual(before)
  })

  it('leaves nothing running when it cannot go on', async ({ expect }) => {
    const folder = newStateFolder()
    // Where it would write a mark, once it serves, there is a folder.
    mkdirSync(join(folder, 'loading-samples'))
    const other = await freePort()
    const broken = runScript('start', ['--port', String(other), '--persist-to', folder])
    expect(await broken.exit).toBe(1)
    expect(broken.output()).toContain('loading-samples')
    expect(broken.output()).not.toMatch(/^\s+at /m)
    await untilNobodyListens(expect, `http://localhost:${other}`)
  })

  it('adds no sample data with --empty', async ({ expect }) => {
    const other = await freePort()
    const empty = await startLoa([
      '--port',
      String(other),
      '--empty',
      '--persist-to',
      newStateFolder(),
    ])
    const { items }: Items = await (await fetch(`http://localhost:${other}/feed.json`)).json()
    expect(items).toEqual([])
    expect(empty.output()).toContain('none yet')
    empty.signal('SIGTERM')
    expect(await empty.exit).toBe(0)
  })
})

describe('npm run post', () => {
  const post = async (...args: string[]) => {
    const run = runScript('post', [...args, '--url', origin])
    return { code: await run.exit, output: run.output() }
  }

  it('signs and posts an item, and prints what happened', async ({ expect }) => {
    const first = await post('docs/examples/article.json', '--source', 'bao-song-xanh')
    expect(first).toMatchObject({ code: 0 })
    expect(first.output).toMatch(
      /^created {3}bai-mo-dau\n +http:\/\/localhost:\d+\/articles\/[0-9a-f-]{36}\n/
    )
    expect(first.output).toContain('Relative addresses were made absolute: 1.')
    const second = await post('docs/examples/article.json', '--source', 'bao-song-xanh')
    expect(second.output).toContain('unchanged bai-mo-dau')
    const { items } = await feed('/sources/bao-song-xanh')
    expect(
      items.filter((entry) => entry.title.startsWith('Thư viện ven sông mở cửa'))
    ).toHaveLength(1)
  })

  it('posts a whole JSON Feed document', async ({ expect }) => {
    const again = await post('scripts/samples/delta-review.json', '--source', 'delta-review')
    expect(again.code).toBe(0)
    // One of them was corrected since: the sample is older.
    expect(again.output.match(/^unchanged/gm)).toHaveLength(17)
    expect(again.output.match(/^stale/gm)).toHaveLength(1)
  })

  it('says what is wrong, in words', async ({ expect }) => {
    const cases: [string[], RegExp][] = [
      [[], /^Usage: npm run post/],
      [['no-such-file.json', '--source', 'bao-song-xanh'], /no-such-file\.json/],
      [['README.md', '--source', 'bao-song-xanh'], /README\.md is not JSON/],
      [['docs/examples/article.json'], /--source bao-song-xanh \| delta-review/],
      [['docs/examples/article.json', '--source', 'nobody'], /404 .*\nThere is no source "nobody"/],
      [['tsconfig.json', '--source', 'bao-song-xanh'], /422 /],
    ]
    for (const [args, message] of cases) {
      const { code, output } = await post(...args)
      expect(output).toMatch(message)
      expect(code).toBe(1)
      expect(output).not.toMatch(/^\s+at /m)
    }
    const nobody = runScript('post', [
      'docs/examples/article.json',
      '--source',
      'a',
      '--url',
      'http://localhost:9',
    ])
    expect(await nobody.exit).toBe(1)
    expect(nobody.output()).toContain('npm start')
  })
})

describe('the documents', () => {
  function shell(document: string, name: string): string {
    const block = new RegExp(`<!-- test: ${name} -->\n\`\`\`sh\n([\\s\\S]*?)\`\`\``).exec(
      readFileSync(join(root, document), 'utf8')
    )?.[1]
    if (!block) throw new Error(`${document} has no block ${name}`)
    const script = block.replace('http://localhost:8787', origin)
    return execFileSync('bash', ['-euo', 'pipefail', '-c', script], { cwd: root, encoding: 'utf8' })
  }

  it('post an article with curl and openssl alone', async ({ expect }) => {
    const answer = JSON.parse(shell('README.md', 'curl')) as { articles: { outcome: string }[] }
    expect(answer.articles[0]?.outcome).toBe('created')
    const titles = (await feed('/topics/giao-thong')).items.map((entry) => entry.title)
    expect(titles).toContain('Cầu Mỹ Lam thông xe trở lại')
  })

  it('make a source of one’s own', async ({ expect }) => {
    expect(shell('README.md', 'source')).toMatch(/"slug":"toa-soan".*"secret":"whsec_/s)
    expect((await fetch(`${origin}/sources/toa-soan/feed.rss`)).status).toBe(200)
  })

  it('tell who reads', async ({ expect }) => {
    const said = shell('docs/api.md', 'readers')
    expect(said).toContain('{"name":"Feedbin","kind":"service","readers":12}')
    expect(said).toMatch(/^[\d-]{10},\/sources\/bao-song-xanh,Feedbin,service,12\r$/m)
  })
})

it('the real rate limit lets through what wrangler.toml says, and answers 429 to the rest', async ({
  expect,
}) => {
  const token = devVar('OPERATOR_TOKEN') ?? ''
  const profile = { title: 'Hối hả', home_page_url: 'https://hoiha.example/' }
  await operate(origin, token, { method: 'PUT', path: '/api/sources/hoi-ha', body: profile })
  const sender = { source: 'hoi-ha', secret: await secretOf(origin, token, 'hoi-ha') }
  const burst = () =>
    Promise.all(
      Array.from({ length: 250 }, () =>
        postSigned(origin, sender, '{"type":"ping"}').then(
          () => 'stored',
          (error: Error) => error.message.slice(0, 3)
        )
      )
    )
  const windowNow = () => Math.floor(Date.now() / 10_000)
  const first = windowNow()
  const answers = await burst()
  // On a slow machine the posts may fall into so many windows that each lets all of its own through.
  while (!answers.includes('429') && windowNow() - first < 6) answers.push(...(await burst()))
  const windows = windowNow() - first + 1
  const count = (answer: string) => answers.filter((each) => each === answer).length
  // A hundred in each window of ten seconds.
  expect(count('stored')).toBeGreaterThanOrEqual(100)
  expect(count('stored')).toBeLessThanOrEqual(100 * windows)
  expect(count('429')).toBeGreaterThan(0)
  expect(count('stored') + count('429')).toBe(answers.length)
})
