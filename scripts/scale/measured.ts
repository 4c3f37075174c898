// What a request of each kind takes, from docs/benchmarks.md, and what a row takes of a disk.

import { readFileSync } from 'node:fs'

export type Work = {
  readonly cpuMs: number
  readonly rowsRead: number
  readonly rowsWritten: number
}

const rows = readFileSync('docs/benchmarks.md', 'utf8')
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()))
const titles = rows.find((cells) => cells[1] === 'work') ?? []

/** The row of the largest table that has this name. */
function workOf(kind: string): Work {
  const cells = rows.findLast((each) => each[1] === kind)
  // Behind a mean stands in brackets what is typical.
  const numberIn = (title: string) =>
    Number(cells?.[titles.indexOf(title)]?.replaceAll(',', '').split(' ')[0] ?? NaN)
  const work = {
    cpuMs: numberIn('CPU ms'),
    rowsRead: numberIn('rows read'),
    rowsWritten: numberIn('written'),
  }
  if (!(work.cpuMs > 0) || Number.isNaN(work.rowsRead + work.rowsWritten))
    throw new Error(`docs/benchmarks.md does not say what this takes: ${kind}`)
  return work
}

// CPU is that of the whole local workerd, D1 and HTTP with it, of which Cloudflare bills only the Worker's
// part: it is an upper bound. Polls go through the entrypoint that Workers Cache stands before.
export const measured = {
  hit: workOf('hit through Feeds'),
  notModified: workOf('304 through Feeds'),
  revalidation: workOf('revalidation'),
  render: longer(workOf('miss gzip')),
  post: workOf('post'),
}

// The document of the benchmark has 50 articles; in the mean it has 75.
function longer(work: Work): Work {
  return { ...work, cpuMs: 1.5 * work.cpuMs }
}

/** Of a hundred polls so many give no validator, or an old one, and get the whole document. */
export const wholePolls = 0.1

export const feedsPerPost = 6
/** RSS, Atom and JSON Feed, each with gzip and without. */
export const documentsPerFeed = 6

/**
 * Of 10,000 deliveries of one document (`npm run bench:hub`, below in docs/scale.md); their CPU was not
 * measured apart: signing and sending 366 kB is taken to be 2 ms.
 */
export const delivery = {
  cpuMs: 2,
  statements: 0.2,
  rowsRead: 21.2,
  rowsWritten: 4,
}
/** What each changed document that is followed adds: a look, a step, a message of up to 40 deliveries. */
export const followed = { documentsPerFeed: 2, messages: 3, statements: 20, rowsWritten: 6 }

/** CPU of a minute of upkeep, assumed. */
export const minuteCpuMs = 20

/** Pages that are not kept at the edge: articles have a long tail. */
export const pageMisses = 0.3

// Bytes on disk. An article of 6 kB with two topics, its places and archives: a database with a million of
// them had 8.77 GB. The terms for search, which the newest 200,000 have, are estimated. The others were
// measured on tables of some 400,000 rows, filled in the order in which they are in practice.
export const bytes = {
  article: 8770,
  searchTerms: 3000,
  searchedArticles: 200_000,
  /** A place in a feed, and in the list of an archive. */
  place: 125,
  /** A hash of 16 bytes, whose it is in 8, and the number of a database. */
  name: 37,
  receipt: 450,
  delivery: 40,
  program: 50,
  mark: 43,
}

export const keptDays = { receipt: 30, delivery: 30, program: 800, mark: 2 }
