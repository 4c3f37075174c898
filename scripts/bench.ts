// npm run bench: what Loa does in a second, beside its baselines, in the same run.
//
//   npm run bench                          at 1,000, 100,000 and 1,000,000 articles (some 3 GB of disk)
//   npm run bench -- --quick               at 1,000, one round, and what a minute has time for
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

import { loadGenerator } from './bench/drive.ts'
import { race } from './bench/race.ts'
import { tableOf, whole } from './bench/report.ts'
import { scenarios, type Scenario } from './bench/scenarios.ts'
import { profile } from './bench/profile.ts'
import { postedCount, seed } from './bench/seed.ts'
import { bundle, openStage } from './bench/stage.ts'
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
// A quick look tells what is broken, not by how much.
const rounds = options.quick ? 1 : 6
const countedMax = options.quick ? 100 : Infinity
const writersRounds = options.quick ? 1 : 9
// Since the process began; what is not reached until then is left out.
const untilMs = options.quick ? 44_000 : Infinity
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
    console.log(`\n${await profile(stage, scenario)}`)
  }
  await stage.dispose()
}

function choose(names: readonly string[]): readonly Scenario[] {
  const isNamed = ({ name }: Scenario) => names.some((part) => name.includes(part))
  const named =
    names.length > 0
      ? scenarios.filter(isNamed)
      : scenarios.filter(({ isAside, isExtra }) => !options.quick || !(isAside || isExtra))
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
  // Some things are the same however many articles there are.
  const isFirst = size === sizes[0]
  const raced = chosen.filter(({ isAside }) => !isAside || isFirst)
  try {
    const writers = isFirst ? [await raceWriters(stage, writersRounds)] : []
    const outcomes = await race(stage, raced, { rounds, countedMax, untilMs })
    const text = [`## ${whole(size)} articles`, tableOf(outcomes), ...writers].join('\n\n')
    console.log(`\n${text}`)
    const leftOut = raced.filter((each) => outcomes.every(({ scenario }) => scenario !== each))
    if (leftOut.length > 0)
      console.log(`\nNo time was left for: ${leftOut.map(({ name }) => name).join(', ')}`)
    return text
  } finally {
    await stage.dispose()
    rmSync(state, { recursive: true, force: true })
  }
}

function described(generator: string): string {
  const version = (name: string) => {
    const file = join('node_modules', name, 'package.json')
    return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
  }
  const machine = `${availableParallelism()} cores, ${process.arch}, Node ${process.versions.node}`
  const text = `# Benchmarks

Written by \`npm run bench -- --write\`. Measured on ${machine}, workerd ${version('workerd')}, Miniflare ${version('miniflare')}, ${generator}.
The Worker is the bundle as deployed, D1 is Miniflare's; both run in one workerd process, whose CPU time is given per request, with what it does after the answer. **Only ratios within a table mean something**: no network, no Cloudflare.

${rounds === 1 ? 'One round' : `${rounds} rounds`} of a second for each kind of work, begun with another one in each round. Each runs between two runs of what it is compared with, and its ratio is to both; given are medians, and the lowest and highest ratio of a round. What is
one request over and over is sent by wrk, what differs from request to request by Node, each answered: a hundred posts, twelve of a hundred articles, else so many as take about a second. On 16 connections, posts of 100 on 4. An answer with another status or size than its own ends the run. *Target*: the least ratio, the most rows; "missed" where the median is short of it.

What is read is the feed of a source: fifty articles of 6 kB. Readers say in their \`User-Agent\` who they are, and are counted.

- *hello*: a Worker that answers "Hello World!"; *from Node*: asked as the mixed day is. *bytes*: a Worker that does nothing but give out what the RSS hit gives, fields and compressed body, from a variable. *Cache API*: the same from \`caches.default\`. *rows*: a Worker that reads the same rows
  as a miss from D1, by the same statements in one call, and returns their bytes as they are; *rows gzip*: the same, compressed. *\`feed\` 6.0.0*: the same rows written as RSS by that package. *insert*: a Worker that inserts one such article into a table of four columns.
- *hit*: a reader without validators, gzip, **from the isolate's memory**, which answers where there is no Workers Cache. *304*: a reader that holds the current document; from there too. *Through Feeds*: as it goes where Workers Cache is, as far as that can be had here: the
  gateway calls the entrypoint \`Feeds\`, and in its place a stand-in gives the compressed document (Atom) at once. What Cloudflare's cache takes to answer is not in it.
- *revalidation*: a 304 from a copy of the Worker where what the edge keeps never counts as fresh. *miss*: a whole document (Atom) at an address where nothing is kept, not compressed; *miss gzip*: compressed, as nearly all readers ask for it.
- *post*: one signed article of 6 kB, newer than all others. *post of 100*: its ratio counts articles. *mixed day*: of 100 requests 90 polls with validators, 9 without, 1 post, over 21 documents.
- Rows are counted by D1 itself, in a copy of the Worker, for one request; where requests differ, given are the mean and in brackets the median (300 posts, 10 posts of 100, 2,000 requests of a mixed day): now and then one puts fifty articles into an archive.
- Writers: from the articles as each takes them, in the memory of one Node process, to the bytes of a document (UTF-8); *as text*: to its text in one piece, without the encoder, which is the same for both.
- A database of 1,000 articles was posted. Larger ones are copies of its rows, older than these: with topics, places in feeds and similarity hashes; the newest 200,000 of them in the search index, as many as Loa keeps there, and each of these with the receipt of a post; but no archive's
  list has them, and where there are more than 100,000, bodies of copies are cut to 500 characters. No document that is read here lists a copy.`
  console.log(text)
  return text
}
