// The publishers' guide is true: its programs post, its examples come to what it says, and its tables name
// what is in the code.

import { execFileSync, spawnSync } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, it } from 'vitest'

import { cleanBytesMax } from '../src/ingest/clean.ts'
import { wordings } from '../src/ingest/findings.ts'
import { postLimit } from '../src/ingest/routes.ts'
import { toleranceSeconds } from '../src/ingest/signature.ts'
import {
  allowedElements,
  allowedEverywhere,
  removedElements,
  renamedElements,
} from '../src/lib/html-rules.ts'
import { attributesMax, elementDepthMax, elementsMax } from '../src/lib/html.ts'
import { jsonDepthMax } from '../src/lib/json-text.ts'
import { problems } from '../src/lib/problem.ts'
import { freePort, newStateFolder, root, runScript, startLoa, type Run } from './support/process.ts'

const guide = readFileSync(join(root, 'docs/publishers.md'), 'utf8')

function block(name: string): string {
  const text = new RegExp(`<!-- test: ${name} -->\n\`\`\`\\w+\n([\\s\\S]*?)\`\`\``).exec(guide)?.[1]
  if (!text) throw new Error(`the guide has no block ${name}`)
  return text
}

function section(title: string): string {
  const text = guide.split(/^## /m).find((part) => part.startsWith(`${title}\n`))
  if (!text) throw new Error(`the guide has no section ${title}`)
  return text
}

describe('the guide’s programs and examples, with a Loa that runs', () => {
  const isThere = (program: string) => spawnSync(program, ['--version']).status === 0
  const hasPhp = isThere('php')
  // Where a publisher would have the programs, with the examples beside them.
  const folder = mkdtempSync(join(tmpdir(), 'loa-publisher-'))
  let origin = ''
  let loa: Run

  beforeAll(async () => {
    if (!hasPhp) console.warn('There is no php here: the guide’s program in PHP is NOT TESTED.')
    for (const [name, file] of [
      ['node', 'post.mjs'],
      ['python', 'post.py'],
      ['php', 'post.php'],
    ] as const) {
      writeFileSync(join(folder, file), block(name))
    }
    symlinkSync(join(root, 'docs'), join(folder, 'docs'))
    const port = await freePort()
    origin = `http://localhost:${port}`
    loa = await startLoa(['--port', String(port), '--empty', '--persist-to', newStateFolder()])
  })

  afterAll(async () => {
    loa.signal('SIGTERM')
    await loa.exit
  })

  function operatorToken(): string {
    const vars = readFileSync(join(root, '.dev.vars'), 'utf8')
    return /^OPERATOR_TOKEN=(.*)$/m.exec(vars)?.[1] ?? ''
  }

  async function operate(method: string, path: string, body?: unknown): Promise<unknown> {
    const headers = {
      Authorization: `Bearer ${operatorToken()}`,
      'Content-Type': 'application/json',
    }
    const response = await fetch(origin + path, { method, headers, body: JSON.stringify(body) })
    return response.json()
  }

  /** Makes a source and gives what its publisher has in the environment. */
  async function newSource(slug: string, profile = {}): Promise<NodeJS.ProcessEnv> {
    const home = `https://${slug}.example/`
    const whole = { title: `Báo ${slug}`, home_page_url: home, language: 'vi', ...profile }
    await operate('PUT', `/api/sources/${slug}`, whole)
    const { secret } = (await operate('GET', `/api/sources/${slug}/secret`)) as { secret: string }
    const path = `${dirname(process.execPath)}:${process.env['PATH']}`
    return { ...process.env, PATH: path, ORIGIN: origin, SOURCE: slug, SECRET: secret }
  }

  function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv) {
    const { status, stdout, stderr } = spawnSync(program, args, {
      cwd: folder,
      env,
      encoding: 'utf8',
    })
    return { status, stdout, stderr }
  }

  function shell(name: string, env: NodeJS.ProcessEnv): string[] {
    const args = ['-euo', 'pipefail', '-c', block(name)]
    return execFileSync('bash', args, { cwd: folder, env, encoding: 'utf8' }).trim().split('\n')
  }

  type Feed = { items: { title: string; content_html: string; _loa?: object }[] }

  async function feed(source: string): Promise<Feed> {
    const response = await fetch(`${origin}/sources/${source}/feed.json`)
    return response.json<Feed>()
  }

  /** Posts a file as `npm run post` does; gives "outcome id" for each article, and all that was printed. */
  async function post(file: string, source: string) {
    const example = `docs/examples/${file}`
    const posting = runScript('post', [example, '--source', source, '--url', origin])
    await posting.exit
    const told = posting.output()
    const articles = [...told.matchAll(/^(\w+) +(\S+)\n +http/gm)].map(([, a, b]) => `${a} ${b}`)
    return { articles, told, page: /http\S+\/articles\/\S+/.exec(told)?.[0] ?? '' }
  }

  it('each example comes to what the guide says of it', async ({ expect }) => {
    await newSource('toa-soan', { append_corrections: true })
    const posted = new Set<string>()
    const outcome = async (file: string, expected: string[]) => {
      posted.add(file)
      const { articles, told, page } = await post(file, 'toa-soan')
      expect(articles, told).toEqual(expected)
      // Examples are exemplary.
      if (file !== 'event-embargoed.json') expect(told).not.toContain('warning')
      return page
    }

    await outcome('event-published.json', ['created tram-bom-con-en'])
    await outcome('event-published.json', ['unchanged tram-bom-con-en'])
    const page = await outcome('event-updated-with-correction.json', ['updated tram-bom-con-en'])
    await outcome('event-published.json', ['stale tram-bom-con-en'])
    const [corrected] = (await feed('toa-soan')).items
    expect(corrected?.title).toContain('2.400 hộ')
    expect(corrected?._loa).toMatchObject({
      corrections: [{ date: '2026-11-20T09:20:00Z', text: expect.stringContaining('4.200 hộ') }],
    })
    expect(corrected?.content_html).toContain('Đính chính')
    await outcome('event-retracted.json', ['retracted tram-bom-con-en'])
    expect((await feed('toa-soan')).items).toEqual([])
    expect((await fetch(page)).status).toBe(410)

    await outcome('several.json', ['created cho-noi-dem', 'created night-market-en'])
    await outcome('feed-document.json', [
      'created tag:baosongxanh.example,2026:tuyen-xe-buyt-12',
      'created tag:baosongxanh.example,2026:vuon-sach',
    ])
    const scheduled = await outcome('event-embargoed.json', ['created ve-dua-thuyen-2040'])
    expect((await fetch(scheduled)).status).toBe(404)
    await outcome('article.json', ['created bai-mo-dau'])
    expect((await feed('toa-soan')).items).toHaveLength(5)

    expect([...posted].toSorted()).toEqual(
      globSync('*', { cwd: join(root, 'docs/examples') }).toSorted()
    )
  })

  const programs = [
    { language: 'Node.js', command: ['node', 'post.mjs'], isTested: true },
    { language: 'Python', command: ['python3', 'post.py'], isTested: true },
    { language: 'PHP', command: ['php', 'post.php'], isTested: hasPhp },
  ] as const

  for (const { language, command, isTested } of programs) {
    const [program, script] = command
    const missing = isTested ? '' : ` (NOT TESTED: there is no ${program} on this machine)`

    it.skipIf(!isTested)(
      `the program in ${language} rehearses, posts, repeats and tells of a refusal${missing}`,
      async ({ expect }) => {
        const env = await newSource(program)
        const file = 'docs/examples/event-published.json'
        const rehearsal = run(program, [script, file, '?dry-run'], env)
        expect(rehearsal).toMatchObject({ status: 0, stdout: expect.stringMatching(/^201 /) })
        expect((await feed(program)).items).toEqual([])

        const again = { ...env, WEBHOOK_ID: 'msg_1' }
        const first = run(program, [script, file], again)
        expect(first).toEqual(rehearsal)
        expect((await feed(program)).items).toHaveLength(1)
        const second = run(program, [script, file], again)
        expect(second.stdout).toBe(first.stdout.replace(/^201/, '200'))

        const refused = run(program, [script, file], { ...env, SECRET: 'whsec_c2VjcmV0' })
        expect(refused).toMatchObject({
          status: 1,
          stdout: expect.stringMatching(/^401 .*#bad-signature/),
        })
      }
    )
  }

  it('rehearsing, repeating and looking at the posts go as shown', async ({ expect }) => {
    const env = { ...(await newSource('theo-huong-dan')), TOKEN: operatorToken() }
    expect(shell('dry-run', env)).toEqual([expect.stringMatching(/^201 .*"outcome":"created"/)])
    const [first, second, ...more] = shell('repeat', env)
    expect(more).toEqual([])
    expect(first).toMatch(/^200 .*"outcome":"created".*"outcome":"created"/)
    expect(second).toBe(first)
    const [both] = shell('operator', env)
    const posts = '{"items":[{"webhook_id":"msg_chotnoidem"'
    expect(both?.startsWith(posts), both).toBe(true)
    expect(both).toContain('}{"last_post_at":"')
    expect(both?.match(/webhook_id/g)).toHaveLength(1)
  })

  it('an embargo ends at the call that the guide names', async ({ expect }) => {
    const [, path] = /curl http:\/\/localhost:8787(\/\S+)` does the work/.exec(guide) ?? []
    const env = await newSource('hen-gio')
    const example = readFileSync(join(root, 'docs/examples/event-embargoed.json'), 'utf8')
    // Late enough for the program to start and post, however slow the machine.
    const atMs = Date.now() + 20_000
    const soon = new Date(atMs).toISOString()
    const file = join(folder, 'soon.json')
    writeFileSync(file, example.replace('2040-01-01T08:00:00+07:00', soon))
    expect(run('node', ['post.mjs', file], env).stdout).toContain('"date-future"')
    expect((await feed('hen-gio')).items).toEqual([])
    await new Promise((settle) => setTimeout(settle, atMs + 1000 - Date.now()))
    await fetch(`${origin}${path}`)
    expect((await feed('hen-gio')).items).toHaveLength(1)
  })
})

describe('the guide’s tables', () => {
  it('name every field of the schema', ({ expect }) => {
    const payload = readFileSync(join(root, 'src/ingest/payload.ts'), 'utf8')
    const members = (schema: string): string[] => {
      const text = new RegExp(`const ${schema} = z[\\s\\S]*?\n\n`).exec(payload)?.[0]
      const names = [...(text ?? '').matchAll(/^\s+(\w+)(?::|,$)/gm)].map(([, name]) => name ?? '')
      expect(names.length, schema).toBeGreaterThan(2)
      return names
    }
    const within = (name: string, text: string) =>
      [...text.matchAll(/(\w+):/g)].map(([, member]) => `${name}.${member}`)
    const via = /via: optional\(z\.object\(\{ (.*) \}\)\)/.exec(payload)?.[1] ?? ''
    const retraction = /\{ id, _loa: optional\(z\.object\(\{ (\w+:).* \}\)\) \}/.exec(payload)?.[1]
    const expected = [
      ...members('item'),
      ...members('person').map((name) => `authors[].${name}`),
      ...members('attachment').map((name) => `attachments[].${name}`),
      ...members('extension').map((name) => `_loa.${name}`),
      ...members('imageDetails').map((name) => `_loa.image.${name}`),
      ...within('_loa.via', via),
      ...within('_loa', retraction ?? ''),
    ]
    const rows = [...section('Fields').matchAll(/^\| (`.*?`) \|/gm)].map(([, names]) => names ?? '')
    const named = rows.flatMap((row) => row.split(', ').map((name) => name.replaceAll('`', '')))
    expect(named.toSorted()).toEqual(expected.toSorted())
  })

  it('name every finding with its level and both wordings', ({ expect }) => {
    const rows = section('Findings')
      .split('\n')
      .filter((line) => line.startsWith('| `'))
    for (const [code, { level, en, vi }] of Object.entries(wordings)) {
      const row = rows.find((line) => line.startsWith(`| \`${code}\` |`))
      expect(row, code).toContain(`| \`${code}\` | ${level} | ${en} | ${vi} | `)
      expect(row?.split(' | ').at(-1)?.length, code).toBeGreaterThan(10)
    }
    expect(rows).toHaveLength(Object.keys(wordings).length)
  })

  it('name every refusal that a publisher can meet, and no other', ({ expect }) => {
    const others = new Set([
      'not-operator',
      'conflict',
      'gone',
      'precondition-failed',
      'invalid-query',
    ])
    const expected = Object.entries(problems)
      .filter(([code]) => !others.has(code))
      .map(([code, { status }]) => `${status} ${code}`)
    const rows = section('Refusals').matchAll(/^\| (\d{3}) \| `([\w-]+)` \| .{10,} \| .{8,} \|$/gm)
    expect([...rows].map(([, status, code]) => `${status} ${code}`)).toEqual(expected)
  })

  it('name every outcome', ({ expect }) => {
    const decide = readFileSync(join(root, 'src/ingest/decide.ts'), 'utf8')
    const type = /export type Outcome = (.*)/.exec(decide)?.[1] ?? ''
    const expected = [...type.matchAll(/'(\w+)'/g)].map(([, outcome]) => outcome)
    expect(expected.length).toBeGreaterThan(3)
    const rows = section('The answer').matchAll(/^\| `(\w+)` \| \w/gm)
    expect([...rows].map(([, outcome]) => outcome)).toEqual(expected)
  })

  it('name every element and attribute that the cleaning knows', ({ expect }) => {
    const text = section('Text and HTML')
    expect(text).toContain(`| kept | \`${Object.keys(allowedElements).join(' ')}\` |`)
    expect(text).toContain(`| removed with what is in it | \`${[...removedElements].join(' ')}\``)
    const renamed = Map.groupBy(Object.keys(renamedElements), (name) => renamedElements[name])
    for (const [target, names] of renamed) {
      expect(text).toContain(`to \`${target}\`: \`${names.join(' ')}\``)
    }
    const kept = text.split('\n').find((line) => line.startsWith('| attributes kept |')) ?? ''
    const groups = [...kept.matchAll(/((?:`\w+`(?:, )?)+): `([\w ]+)`/g)]
    const named = groups.flatMap(([, names, attributes]) =>
      [...(names ?? '').matchAll(/\w+/g)].map(([name]) => [name, (attributes ?? '').split(' ')])
    )
    const withAttributes = Object.entries(allowedElements).filter(([, list]) => list.length > 0)
    expect(Object.fromEntries(named)).toEqual(Object.fromEntries(withAttributes))
    expect(kept).toContain(allowedEverywhere.map((name) => `\`${name}\``).join(' and '))
  })

  it('name the limits that hold', ({ expect }) => {
    const text = section('Limits')
    const number = (value: number) => value.toLocaleString('en')
    for (const limit of [
      `${postLimit.posts} in ${postLimit.windowSeconds} seconds`,
      `JSON nested ${jsonDepthMax} deep`,
      `${number(cleanBytesMax)} bytes once clean`,
      `nested ${elementDepthMax} deep, ${attributesMax} attributes a tag, ${number(elementsMax)} elements`,
      `${toleranceSeconds} seconds either way`,
    ]) {
      expect(text).toContain(limit)
    }
    const lint = readFileSync(join(root, 'src/ingest/lint.ts'), 'utf8')
    const bound = (name: string) => new RegExp(`${name} = (\\d+)`).exec(lint)?.[1]
    for (const advice of [
      `over ${bound('titleLengthMax')}: \`title-long\``,
      `under ${bound('titleLengthMin')}: \`title-short\``,
      `under ${bound('imageWidthMin')}: \`image-small\``,
    ]) {
      expect(section('Fields')).toContain(advice)
    }
  })

  it('stand beside JSON that is JSON', ({ expect }) => {
    for (const [, json] of guide.matchAll(/```json\n([\s\S]*?)```/g)) {
      expect(() => JSON.parse(json ?? '') as unknown).not.toThrow()
    }
  })
})
