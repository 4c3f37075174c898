// Loa itself, with a count of the rows that D1 read and wrote for it, told to requests that ask for it
// (`X-Rows`), and with a host where nothing that is kept counts as fresh. The prototypes are wrapped rather than the binding, so that every entrypoint and
// what follows an answer are counted too.

import { feedTag } from '../../../src/feeds/edge.ts'
import { invalidateMemory } from '../../../src/feeds/memory.ts'
import loa from '../../../src/worker.ts'

export * from '../../../src/worker.ts'

const counted = { rowsRead: 0, rowsWritten: 0 }

let isCounting = false

export default {
  ...loa,
  async fetch(request, env, context): Promise<Response> {
    startCounting(env.DB)
    const { pathname, hostname } = new URL(request.url)
    if (hostname === 'stale.example') invalidateMemory([feedTag(feedOf(pathname))])
    const response = await loa.fetch(request, env, context)
    if (!request.headers.has('X-Rows')) return response
    const told = new Response(response.body, response)
    told.headers.set('X-Rows', JSON.stringify(counted))
    return told
  },
} satisfies typeof loa

function feedOf(path: string): string {
  return path.replace(/\/feed\.[a-z]+$/, '')
}

type Prototype = {
  all: (this: D1PreparedStatement) => Promise<D1Result>
  run: (this: D1PreparedStatement) => Promise<D1Result>
  first: (this: D1PreparedStatement, column?: string) => Promise<unknown>
  raw: () => never
}

function startCounting(db: D1Database): void {
  if (isCounting) return
  isCounting = true
  const statement = Object.getPrototypeOf(db.prepare('SELECT 1')) as Prototype
  const { all, run } = statement
  statement.all = async function countedAll() {
    return count(await all.call(this))
  }
  statement.run = async function countedRun() {
    return count(await run.call(this))
  }
  // The real one asks for no figures.
  statement.first = async function countedFirst(column) {
    const [row] = count(await all.call(this)).results as Record<string, unknown>[]
    return column === undefined ? (row ?? null) : (row?.[column] ?? null)
  }
  statement.raw = () => {
    throw new Error('raw() tells no rows: teach scripts/bench/workers/observed.ts to count them')
  }
  const database = Object.getPrototypeOf(db) as Pick<D1Database, 'batch'>
  const { batch } = database
  database.batch = async function countedBatch<T>(this: D1Database, given: D1PreparedStatement[]) {
    const results = await batch.call(this, given)
    for (const result of results) count(result)
    return results as D1Result<T>[]
  }
}

function count(result: D1Result): D1Result {
  counted.rowsRead += result.meta.rows_read
  counted.rowsWritten += result.meta.rows_written
  return result
}
