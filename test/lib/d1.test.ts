import { env } from 'cloudflare:workers'
import { describe, it } from 'vitest'

import { elementsOf, runGroups } from '../../src/lib/d1.ts'
import * as fc from '../support/fast-check.ts'

describe('the elements of a JSON array as rows', () => {
  it('are those that json_each gives, in their order, and none counts as read', async ({
    expect,
  }) => {
    const numbers = fc.array(fc.maxSafeInteger(), { minLength: 1, maxLength: 250 })
    await fc.assert(
      fc.asyncProperty(numbers, async (ids) => {
        const rowsOf = (from: string) =>
          env.DB.prepare(`SELECT ${from}`).bind(JSON.stringify(ids)).all<{ id: number }>()
        const each = await rowsOf('value AS id FROM json_each(?1)')
        const { results, meta } = await rowsOf(`column1 AS id FROM ${elementsOf('?1', ids.length)}`)
        expect(results).toEqual(each.results)
        expect(meta.rows_read).toBe(0)
      }),
      { numRuns: 20 }
    )
  })
})

describe('groups of statements', () => {
  it('have their rows each, and none is asked for where there are no statements', async ({
    expect,
  }) => {
    const select = (n: number) => env.DB.prepare('SELECT ?1 AS n').bind(n)
    expect(await runGroups(env.DB, [])).toEqual([])
    expect(await runGroups(env.DB, [[], []])).toEqual([[], []])
    expect(await runGroups(env.DB, [[select(1)], [], [select(2), select(3)]])).toEqual([
      [{ n: 1 }],
      [],
      [{ n: 2 }, { n: 3 }],
    ])
  })
})
