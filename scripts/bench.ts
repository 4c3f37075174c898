// npm run bench: what Loa does in a second, beside its baselines, in the same run.
//
//   npm run bench                          at 1,000, 100,000 and 1,000,000 articles (some 3 GB of disk)
//   npm run bench -- --quick               at 1,000, under a minute
//   npm run bench -- --sizes 1000,100000   at these
//   npm run bench -- --only miss,post      these and what they are compared with
//   npm run bench -- --profile --only post where their time goes, at the first of the sizes
//   npm run bench -- --write               and writes docs/benchmarks.md

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

import { drive, type Measured } from './bench/drive.ts'
import { tableOf, whole, type Outcome } from './bench/report.ts'
import { scenarios, type Scenario } from './bench/scenarios.ts'
import { profile } from './bench/profile.ts'
import { postedCount, seed } from './bench/seed.ts'
import { bundle, openStage, type Rows, type Stage } from './bench/stage.ts'
import { raceWriters } from './bench/writers.ts'

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    sizes: { type: 'string', default: '1000,100000,1000000' },
    only: { type: 'string', default: '' },
    profile: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
})
const sizes = options.quick ? [postedCount] : options.sizes.split(',').map(Number)
const rounds = options.quick ? 2 : 5
const seconds = options.quick ? 0.8 : 3
const warmUpSeconds = options.quick ? 0.4 : 1
const chosen = choose(options.only.split(',').filter((name) => name !== ''))

const folder = mkdtempSync(join(tmpdir(), 'loa-bench-'))
try {
  await bundle(join(folder, 'bundles'), !options.profile)
  if (options.profile) await profileAt(sizes[0] ?? postedCount)
  else await measureAll()
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function measureAll(): Promise<void> {
  const sections = [described()]
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
  const named = names.length === 0 ? scenarios : scenarios.filter(isNamed)
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
  for (const scenario of chosen) await drive(stage, await scenario.prepare(stage), warmUpSeconds)
  for (let round = 0; round < rounds; round++) {
    for (const [scenario, measured] of runs) {
      measured.push(await drive(stage, await scenario.prepare(stage), seconds))
    }
  }
  return runs
}

async function examine(stage: Stage, scenario: Scenario, runs: Runs): Promise<Outcome> {
  const { next, learn } = (await scenario.prepare(stage)).reader()
  const edge = new Set<string>()
  for (let probe = 0; probe < 3; probe++) {
    const sent = next()
    const { headers } = await stage.send(sent)
    learn?.(sent, headers as Record<string, string>)
    edge.add(String(headers['x-cache'] ?? headers['cf-cache-status'] ?? ''))
  }
  const rows = scenario.runsLoa ? await countRows(stage, scenario) : null
  return { scenario, runs: runs.get(scenario) ?? [], rows, edge: [...edge] }
}

// What one request reads and writes, once those before it did what they could for it.
async function countRows(stage: Stage, scenario: Scenario): Promise<Rows> {
  const { next } = (await scenario.prepare(stage)).reader()
  const requests = scenario.countedOver ?? 1
  for (let n = 0; n < requests; n++) await stage.ask(next())
  const before = await stage.rows()
  for (let n = 0; n < requests; n++) await stage.ask(next())
  const after = await stage.rows()
  return {
    rowsRead: (after.rowsRead - before.rowsRead) / requests,
    rowsWritten: (after.rowsWritten - before.rowsWritten) / requests,
  }
}

function described(): string {
  const version = (name: string) => {
    const file = join('node_modules', name, 'package.json')
    return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
  }
  const machine = `${availableParallelism()} cores, ${process.arch}, Node ${process.versions.node}`
  const text = `# Benchmarks

Written by \`npm run bench -- --write\`. Measured on ${machine}, workerd ${version('workerd')}, Miniflare ${version('miniflare')}, autocannon ${version('autocannon')}:
${rounds} rounds of ${seconds} s for each kind of work, one after the other in each round; medians, and the lowest and highest ratio of a round. The Worker is the
bundle as deployed, D1 is Miniflare's; both run in one workerd process, whose CPU time is given per request. **Only ratios within a table mean something**: no network, no Cloudflare.

- *hello*: a Worker that answers "Hello World!". *rows*: a Worker that reads from D1 the articles of 6 kB that the document lists, 50 to 99 of them, and returns their bytes as they are.
  *insert*: a Worker that inserts one such article into a table of four columns. *\`feed\` 6.0.0*: the same rows written as RSS by that package, in a Worker.
- *hit*: a reader without validators, gzip. *304*: a reader that holds the current document. *revalidation*: the same, at an address where no cache can know it yet. *miss*: a whole
  document at such an address, not compressed.
- *post*: one signed article of 6 kB. *post of 100*: its ratio counts articles. *mixed day*: of 100 requests 90 polls with validators, 9 without, 1 post, over 21 documents.
- Rows are counted by D1 itself, in a copy of the Worker, for one request (mixed day: the mean of 100).`
  console.log(text)
  return text
}
