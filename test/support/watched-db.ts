// A D1 that tells what was asked of it and what that cost.

import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'

import { app } from '../../src/app.ts'
import { origin } from './given.ts'

export type Watched = {
  readonly sql: string
  readonly parameters: readonly unknown[]
  rowsRead: number
  rowsWritten: number
  /** Statements of one batch have the same. */
  trip: number
}

type Bound = D1PreparedStatement & { watched: Watched; inner: D1PreparedStatement }

/** The same database; every statement that runs is added to `statements`. */
export function watch(db: D1Database, statements: Watched[]): D1Database {
  let trips = 0
  const note = <T>(watched: Watched, result: D1Result<T>, trip: number) => {
    watched.trip = trip
    watched.rowsRead = result.meta.rows_read
    watched.rowsWritten = result.meta.rows_written
    statements.push(watched)
    return result
  }
  const wrap = (sql: string, inner: D1PreparedStatement, parameters: readonly unknown[]): Bound => {
    const watched = { sql, parameters, rowsRead: 0, rowsWritten: 0, trip: 0 }
    const all = async () => note(watched, await inner.all(), ++trips)
    return Object.assign(Object.create(inner) as Bound, {
      watched,
      inner,
      bind: (...values: unknown[]) => wrap(sql, inner.bind(...values), values),
      all,
      run: all,
      first: async () => (await all()).results[0] ?? null,
    })
  }
  return Object.assign(Object.create(db) as D1Database, {
    prepare: (sql: string) => wrap(sql, db.prepare(sql), []),
    batch: async (batch: Bound[]) => {
      const results = await db.batch(batch.map((statement) => statement.inner))
      const trip = ++trips
      return results.map((result, index) => {
        const watched = batch[index]?.watched
        return watched ? note(watched, result, trip) : result
      })
    },
  })
}

/** A request to the app with some of its bindings replaced; whatever it leaves to do is waited for. */
export async function requestWith(
  bindings: Partial<Env>,
  path: string,
  init: RequestInit = {}
): Promise<Response> {
  const context = createExecutionContext()
  const response = await app.request(`${origin}${path}`, init, { ...env, ...bindings }, context)
  await waitOnExecutionContext(context)
  return response
}

/** A request to the app, with what it asked of the database. */
export async function watchedRequest(path: string, init: RequestInit = {}) {
  const statements: Watched[] = []
  const response = await requestWith({ DB: watch(env.DB, statements) }, path, init)
  return {
    response,
    body: await response.text(),
    statements,
    rowsRead: statements.reduce((sum, statement) => sum + statement.rowsRead, 0),
    rowsWritten: statements.reduce((sum, statement) => sum + statement.rowsWritten, 0),
  }
}

/** How SQLite would go about a statement. */
export async function queryPlan({ sql, parameters }: Watched): Promise<string[]> {
  const statement = env.DB.prepare(`EXPLAIN QUERY PLAN ${sql}`).bind(...parameters)
  const { results } = await statement.all<{ detail: string }>()
  return results.map((row) => row.detail)
}
