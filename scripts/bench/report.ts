// What was measured, as a table. No I/O.

import type { Measured } from './drive.ts'
import type { Scenario } from './scenarios.ts'
import type { Rows } from './stage.ts'

/** All runs of a scenario. */
export type Outcome = {
  readonly scenario: Scenario
  readonly runs: readonly Measured[]
  /** What one request costs; null for what does not run Loa. */
  readonly rows: Rows | null
  /** What the answers said of the edge. */
  readonly edge: readonly string[]
}

const heads = [
  'work',
  'ratio (spread)',
  'of',
  'requests/s',
  'CPU ms',
  'bytes',
  'rows read',
  'written',
  'X-Cache',
]

export function tableOf(outcomes: readonly Outcome[]): string {
  return table(
    heads,
    outcomes.map((outcome) => rowOf(outcome, outcomes))
  )
}

/** A table in Markdown; numbers stand to the right. */
export function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = titles.map((title, index) =>
    Math.max(title.length, ...rows.map((row) => row[index]?.length ?? 0))
  )
  const pad = (cell: string, index: number) =>
    index === 0 ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0)
  const line = (cells: readonly string[]) => `| ${cells.map(pad).join(' | ')} |`
  const rule = widths.map((width, index) =>
    index === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`
  )
  return [line(titles), `|${rule.join('|')}|`, ...rows.map(line)].join('\n')
}

function rowOf({ scenario, runs, rows, edge }: Outcome, outcomes: readonly Outcome[]): string[] {
  const { name, against, articles = 1 } = scenario
  const baseline = outcomes.find((other) => other.scenario.name === against)
  const ratios = runs.map(
    (run, round) =>
      (run.requestsPerSecond * articles) / (baseline?.runs[round]?.requestsPerSecond ?? NaN)
  )
  const cpu = runs.map((run) => run.cpuMsPerRequest).filter((each) => each !== null)
  const spread = `${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}`
  return [
    name,
    against === null ? '' : `${median(ratios).toFixed(2)} (${spread})`,
    against ?? '',
    whole(median(runs.map((run) => run.requestsPerSecond))),
    cpu.length === 0 ? '' : median(cpu).toFixed(2),
    whole(median(runs.map((run) => run.bytesPerRequest))),
    rows === null ? '' : short(rows.rowsRead),
    rows === null ? '' : short(rows.rowsWritten),
    edge.join(' '),
  ]
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  return sorted.length % 2 === 1
    ? (sorted[Math.floor(middle)] ?? NaN)
    : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2
}

// A mean may be less than one.
function short(value: number): string {
  return Number.isInteger(value) || value >= 100 ? whole(value) : value.toFixed(2)
}

export function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}
