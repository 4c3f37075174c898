// npm run bench: what Loa does in a second, beside its baselines, in the same run.
//
//   npm run bench                          at 1,000, 100,000 and 1,000,000 articles (some 3 GB of disk)
//   npm run bench -- --quick               at 1,000 and without what is measured aside, under a minute
//   npm run bench -- --sizes 1000,100000   at these
//   npm run bench -- --only miss,post      these and what they are compared with
//   npm run bench -- --profile --only post where their time goes, at the first of the sizes
//   npm run bench -- --write               and writes docs/benchmarks.md
//
// The load comes from wrk (Debian: apt-get install wrk).

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

import { drive, loadGenerator, type Measured } from './bench/drive.ts'
import { tableOf, whole, type Outcome } from './bench/report.ts'
import { scenarios, type Scenario } from './bench/scenarios.ts'
import { profile } from './bench/profile.ts'
import { postedCount, seed } from './bench/seed.ts'
import { bundle, openStage, type Rows, type Stage } from './bench/stage.ts'
import { raceWriters } from './bench/writers.ts'

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    sizes: { type: 'string' },
    only: { type: 'string', default: '' },
    profile: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
})
const defaultSizes = options.quick ? '1000' : '1000,100000,1000000'
const sizes = (options.sizes ?? defaultSizes).split(',').map(Number)
const rounds = options.quick ? 2 : 5
const seconds = options.quick ? 1 : 3
const warmUp = { articles: 300, ms: 300 }
// Enough requests to warm up with, and to look at.
const fewSeconds = 0.2
const chosen = choose(options.only.split(',').filter((name) => name !== ''))

// What is written down is whole: docs/scale.md takes its figures from there.
if (options.write && (options.quick || options.only !== '' || options.sizes !== undefined))
  throw new Error('--write takes the whole of it: no --quick, --only or --sizes beside it')

const folder = mkdtempSync(join(tmpdir(), 'loa-bench-'))
try {
  await bundle(join(folder, 'bundles'), !options.profile)
  if (options.profile) await profileAt(sizes[0] ?? postedCount)
  else await measureAll()
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function measureAll(): Promise<void> {
  const sections = [described(await loadGenerator())]
  for (const size of sizes) sections.push(await measureAt(size))
  const text = sections.join('\n\n')
  if (options.write) {
    writeFileSync('docs/benchmarks.md', `${text}\n`)
    console.log('Wrote docs/benchmarks.md.')
  }
}

async function profileAt(size: number): Promise<void> {
  const state = join(folder, String(size))
  await seed(join(folder, 'bundles'), state, size)
  const stage = await openStage(join(folder, 'bundles'), state, true)
  for (const scenario of chosen.filter(({ runsLoa }) => runsLoa)) {
    console.log(`\n${await profile(stage, scenario, seconds)}`)
  }
  await stage.dispose()
}

function choose(names: readonly string[]): readonly Scenario[] {
  const isNamed = ({ name }: Scenario) => names.some((part) => name.includes(part))
  const named =
    names.length > 0
      ? scenarios.filter(isNamed)
      : scenarios.filter(({ isAside }) => !isAside || !options.quick)
  const baselines = new Set(named.map((scenario) => scenario.against))
  return scenarios.filter(
    (each) => named.includes(each) || [...baselines].some((name) => name === each.name)
  )
}

async function measureAt(size: number): Promise<string> {
  if (size % postedCount !== 0) throw new Error(`a size is a multiple of ${postedCount}`)
  const state = join(folder, String(size))
  await seed(join(folder, 'bundles'), state, size)
  const stage = await openStage(join(folder, 'bundles'), state)
  try {
    const written = await raceWriters(stage, rounds)
    const runs = await race(stage)
    const outcomes: Outcome[] = []
    for (const scenario of chosen) outcomes.push(await examine(stage, scenario, runs))
    const text = `## ${whole(size)} articles\n\n${tableOf(outcomes)}\n\n${written}`
    console.log(`\n${text}`)
    return text
  } finally {
    await stage.dispose()
    rmSync(state, { recursive: true, force: true })
  }
}

type Runs = Map<Scenario, Measured[]>

// One after the other in each round, so that whatever else the machine does meets all of them.
async function race(stage: Stage): Promise<Runs> {
  const runs: Runs = new Map(chosen.map((scenario) => [scenario, []]))
  for (const scenario of chosen) await warm(stage, scenario)
  for (let round = 0; round < rounds; round++) {
    for (const [scenario, measured] of runs) {
      measured.push(await measure(stage, scenario, seconds))
    }
  }
  return runs
}

// One by one, so that an answer which is none of those that are raced for can be seen.
async function warm(stage: Stage, { prepare, statuses, articles = 1 }: Scenario): Promise<void> {
  const { requests, connections } = await prepare(stage, fewSeconds)
  const until = performance.now() + warmUp.ms
  let sent = 0
  const connection = async () => {
    while (sent < warmUp.articles / articles && performance.now() < until) {
      const request = requests[sent++ % requests.length]
      const { status, body } = request ? await stage.send(request) : { status: 0, body: '' }
      if (!statuses.includes(status))
        throw new Error(`${request?.path}: ${status} ${body.toString()}`)
    }
  }
  await Promise.all(Array.from({ length: connections }, connection))
}

// More seconds, and other requests, when nothing was answered in so few.
async function measure(stage: Stage, scenario: Scenario, each: number): Promise<Measured> {
  const measured = await drive(stage, await scenario.prepare(stage, each), each)
  return measured ?? measure(stage, scenario, each * 4)
}

async function examine(stage: Stage, scenario: Scenario, runs: Runs): Promise<Outcome> {
  const { requests } = await scenario.prepare(stage, fewSeconds)
  const edge = new Set<string>()
  for (const [index, request] of [...requests, ...requests].slice(0, 3).entries()) {
    const { headers } = await stage.send(request)
    // What other work had driven out of memory comes back first.
    if (index > 0 && scenario.runsLoa) edge.add(String(headers['x-cache'] ?? ''))
  }
  const rows = scenario.runsLoa ? await countRows(stage, scenario) : null
  return { scenario, runs: runs.get(scenario) ?? [], rows, edge: [...edge] }
}

// What one request reads and writes, once those before it did what they could for it.
async function countRows(stage: Stage, { prepare, countedOver = 1 }: Scenario): Promise<Rows> {
  const { requests } = await prepare(stage, fewSeconds)
  const asked = requests.length === 1 ? [...requests, ...requests] : requests
  for (const request of asked.slice(0, countedOver)) await stage.ask(request)
  const before = await stage.rows()
  for (const request of asked.slice(countedOver, 2 * countedOver)) await stage.ask(request)
  const after = await stage.rows()
  return {
    rowsRead: (after.rowsRead - before.rowsRead) / countedOver,
    rowsWritten: (after.rowsWritten - before.rowsWritten) / countedOver,
  }
}

function described(generator: string): string {
  const version = (name: string) => {
    const file = join('node_modules', name, 'package.json')
    return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
  }
  const machine = `${availableParallelism()} cores, ${process.arch}, Node ${process.versions.node}`
  const text = `# Benchmarks

Written by \`npm run bench -- --write\`. Measured on ${machine}, workerd ${version('workerd')}, Miniflare ${version('miniflare')}, ${generator}:
${rounds} rounds of ${seconds} s for each kind of work, one after the other in each round; medians, and the lowest and highest ratio of a round. The Worker is the
bundle as deployed, D1 is Miniflare's; both run in one workerd process, whose CPU time is given per request. **Only ratios within a table mean something**: no network, no Cloudflare.

What is read is the feed of a source: fifty articles of 6 kB. Readers say in their \`User-Agent\` who they are, and are counted.

- *hello*: a Worker that answers "Hello World!". *bytes*: a Worker that does nothing but give out what the RSS hit gives, fields and compressed body, from a variable. *Cache API*: the same from \`caches.default\`. *rows*: a Worker that reads the same fifty
  articles from D1 and returns their bytes as they are. *\`feed\` 6.0.0*: the same rows written as RSS by that package. *insert*: a Worker that inserts one such article into a table of four columns.
- *hit*: a reader without validators, gzip. *304*: a reader that holds the current document. *revalidation*: the same, from a copy of the Worker where what the edge keeps never counts as fresh. *miss*: a whole document, not
  compressed, at an address where nothing is kept.
- *post*: one signed article of 6 kB. *post of 100*: its ratio counts articles. *mixed day*: of 100 requests 90 polls with validators, 9 without, 1 post, over 21 documents.
- Rows are counted by D1 itself, in a copy of the Worker, for one request (post: the mean of 25, mixed day: of 100).`
  console.log(text)
  return text
}
