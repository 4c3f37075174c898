import { describe, it } from 'vitest'

import { fromJsonColumn, jsonParameters } from '../../src/lib/json.ts'
import * as fc from '../support/fast-check.ts'

const parameterBytesMax = 1_500_000
const bytesOf = (text: string) => new TextEncoder().encode(text).byteLength
const rowsOf = (parameters: readonly string[]) =>
  parameters.flatMap((parameter) => JSON.parse(parameter) as unknown[])

describe('rows as parameters of D1', () => {
  it('are one JSON array when they are few', ({ expect }) => {
    expect(jsonParameters([{ id: 1 }, 'đ', null])).toEqual(['[{"id":1},"đ",null]'])
  })

  it('are no parameter at all when there are none', ({ expect }) => {
    expect(jsonParameters([])).toEqual([])
  })

  it('come back all, in order and as they were', ({ expect }) => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), (rows) => {
        const asJson = JSON.parse(JSON.stringify(rows)) as unknown
        expect(rowsOf(jsonParameters(rows))).toEqual(asJson)
      })
    )
  })

  it('stay under the limit of D1, whatever they hold', ({ expect }) => {
    for (const character of ['a', 'đ', 'ế', '😀', '"', '\n', '\u0001', '\uD800']) {
      const rows = Array.from({ length: 300 }, (_, id) => ({ id, text: character.repeat(20_000) }))
      const parameters = jsonParameters(rows)
      expect(rowsOf(parameters), character).toEqual(rows)
      for (const parameter of parameters) {
        expect(bytesOf(parameter), character).toBeLessThan(parameterBytesMax)
      }
    }
  })

  it('fill a parameter before they begin the next', ({ expect }) => {
    const rows = Array.from({ length: 200 }, (_, id) => ({ id, text: 'ế'.repeat(10_000) }))
    const parameters = jsonParameters(rows)
    expect(parameters.length).toBeLessThanOrEqual(5)
    for (const parameter of parameters.slice(0, -1)) {
      expect(bytesOf(parameter)).toBeGreaterThan(parameterBytesMax * 0.9)
    }
  })

  it('leave a row that is large by itself in a parameter of its own', ({ expect }) => {
    const large = 'a'.repeat(1_400_000)
    expect(jsonParameters(['before', large, 'after'])).toEqual([
      '["before"]',
      `["${large}"]`,
      '["after"]',
    ])
    expect(jsonParameters([large])).toEqual([`["${large}"]`])
  })
})

it('a JSON column is read as what was written', ({ expect }) => {
  const value = { title: 'Đảng bộ', tags: ['a'], image: null, __proto__: null }
  expect(fromJsonColumn(JSON.stringify(value))).toEqual({
    title: 'Đảng bộ',
    tags: ['a'],
    image: null,
  })
})
