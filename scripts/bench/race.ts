// The race: every scenario beside its baseline, in rounds, and what each request costs the database.

import { setTimeout } from 'node:timers/promises'

import { drive, type Measured } from './drive.ts'
import type { Scenario } from './scenarios.ts'
import type { Rows, Stage } from './stage.ts'

/** All runs of a scenario. */
export type Outcome = {
  readonly scenario: Scenario
  readonly runs: readonly Measured[]
  /** Of each round, to the runs of its baseline; none for a baseline. */
  readonly ratios: readonly number[]
  /** What each of some requests cost; none for what does not run Loa. */
  readonly rows: readonly Rows[]
  /** What the answers said of the edge. */
  readonly edge: readonly string[]
}

// Whole seconds, as few as can be: what else the machine does then meets a scenario and its baseline alike.
const seconds = 1
const warmUp = { articles: 300, ms: 300 }
// What is left of a quick look when its races are over.
const countingMs = 8000

type Bounds = {
  readonly rounds: number
  /** Over how many requests rows are counted at most. */
  readonly countedMax: number
  /** When no other scenario is begun, on the clock of the process. */
  readonly untilMs: number
}

type Raced = { readonly runs: Measured[]; readonly ratios: number[] }

export async function race(
  stage: Stage,
  chosen: readonly Scenario[],
  { rounds, countedMax, untilMs }: Bounds
): Promise<Outcome[]> {
  const raced = new Map<Scenario, Raced>(chosen.map((each) => [each, { runs: [], ratios: [] }]))
  for (const scenario of chosen) await warm(stage, scenario)
  const baselines = chosen.filter(({ against }) => against === null)
  for (let round = 0; round < rounds; round++) {
    for (const baseline of turned(baselines, round)) {
      const rivals = chosen.filter(({ against }) => against === baseline.name)
      await raceAgainst(stage, [baseline, ...turned(rivals, round)], raced, untilMs)
    }
  }
  const outcomes: Outcome[] = []
  for (const [scenario, { runs, ratios }] of raced) {
    if (runs.length === 0) continue
    const [rows, edge] =
      scenario.runsLoa && performance.now() < untilMs + countingMs
        ? [await countRows(stage, scenario, countedMax), await askEdge(stage, scenario)]
        : [[], []]
    outcomes.push({ scenario, runs, ratios, rows, edge })
  }
  return outcomes
}

// A list that begins elsewhere in each round, so that none always follows the same.
function turned<T>(list: readonly T[], by: number): readonly T[] {
  const from = list.length === 0 ? 0 : by % list.length
  return [...list.slice(from), ...list.slice(0, from)]
}

// The baseline runs before and after each of its rivals: a machine that slows down meets both.
async function raceAgainst(
  stage: Stage,
  [baseline, ...rivals]: readonly [Scenario, ...Scenario[]],
  raced: ReadonlyMap<Scenario, Raced>,
  untilMs: number
): Promise<void> {
  if (performance.now() > untilMs) return
  const run = async (scenario: Scenario) => {
    const measured = await drive(stage, await scenario.prepare(stage, scenario.amount), seconds)
    raced.get(scenario)?.runs.push(measured)
    return measured.requestsPerSecond * (scenario.articles ?? 1)
  }
  let before = await run(baseline)
  for (const rival of rivals) {
    if (performance.now() > untilMs) return
    const own = await run(rival)
    const after = await run(baseline)
    raced.get(rival)?.ratios.push((2 * own) / (before + after))
    before = after
  }
}

async function warm(stage: Stage, { prepare, articles = 1 }: Scenario): Promise<void> {
  const { requests, connections } = await prepare(stage, warmUp.articles / articles)
  const until = performance.now() + warmUp.ms
  let sent = 0
  const connection = async () => {
    while (sent < warmUp.articles / articles && performance.now() < until) {
      const request = requests[sent++ % requests.length]
      if (request) await stage.send(request)
    }
  }
  await Promise.all(Array.from({ length: connections }, connection))
}

async function askEdge(stage: Stage, { prepare }: Scenario): Promise<string[]> {
  const { requests } = await prepare(stage, 3)
  const edge = new Set<string>()
  for (const request of requests.slice(0, 3)) {
    const { headers } = await stage.send(request)
    edge.add(String(headers['x-cache'] ?? ''))
  }
  return [...edge]
}

// What requests read and write, once those before them did what they could for them.
async function countRows(
  stage: Stage,
  { prepare, countedOver = 1 }: Scenario,
  countedMax: number
): Promise<Rows[]> {
  const counts = Math.min(countedOver, countedMax)
  const before = Math.min(counts + 1, 100)
  const { requests } = await prepare(stage, before + counts)
  const asked = Array.from({ length: before + counts }, (_, n) => requests[n % requests.length])
  let last: Rows = { rowsRead: 0, rowsWritten: 0 }
  const counted: Rows[] = []
  for (const [index, request] of asked.entries()) {
    if (!request) continue
    // What was left to be done after an answer, as who reads is written once an hour, is not the next one's.
    if (index === before - 1) await setTimeout(300)
    const now = await stage.ask(request)
    const rowsRead = now.rowsRead - last.rowsRead
    counted.push({ rowsRead, rowsWritten: now.rowsWritten - last.rowsWritten })
    last = now
  }
  return counted.slice(before)
}
