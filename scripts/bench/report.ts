// What was measured, as a table. No I/O.

import type { Outcome } from './race.ts'

const heads = [
  'work',
  'ratio (spread)',
  'of',
  'target',
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
    outcomes.map((outcome) => rowOf(outcome))
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

function rowOf({ scenario, runs, ratios, rows, edge }: Outcome): string[] {
  const { name, against, target, rowsTarget } = scenario
  const cpu = runs.map((run) => run.cpuMsPerRequest).filter((each) => each !== null)
  const read = rows.map((each) => each.rowsRead)
  const targets = [
    target === undefined ? '' : aim(`${target}`, median(ratios) >= target),
    rowsTarget === undefined || rows.length === 0
      ? ''
      : aim(`rows ${rowsTarget}`, mean(read) <= rowsTarget),
  ]
  return [
    name,
    ratios.length === 0 ? '' : spread(ratios, 2),
    against ?? '',
    targets.filter((each) => each !== '').join(', '),
    whole(median(runs.map((run) => run.requestsPerSecond))),
    cpu.length === 0 ? '' : median(cpu).toFixed(2),
    whole(median(runs.map((run) => run.bytesPerRequest))),
    meanAndMedian(read),
    meanAndMedian(rows.map((each) => each.rowsWritten)),
    edge.join(' '),
  ]
}

/** A target, and whether it is missed. */
export function aim(target: string, isMet: boolean): string {
  return isMet ? target : `${target} missed`
}

/** The median of ratios, and the lowest and the highest. */
export function spread(ratios: readonly number[], digits: number): string {
  const middle = median(ratios).toFixed(digits)
  if (ratios.length === 1) return middle
  return `${middle} (${Math.min(...ratios).toFixed(digits)}–${Math.max(...ratios).toFixed(digits)})`
}

function meanAndMedian(values: readonly number[]): string {
  if (values.length === 0) return ''
  return values.length === 1
    ? short(mean(values))
    : `${short(mean(values))} (${short(median(values))})`
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, each) => sum + each, 0) / values.length
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
