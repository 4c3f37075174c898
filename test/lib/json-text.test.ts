import { describe, it } from 'vitest'

import { findJsonFault, jsonDepthMax } from '../../src/lib/json-text.ts'
import * as fc from '../support/fast-check.ts'

describe('a JSON text', () => {
  it('as JSON.stringify writes it has no fault, whatever is in its strings', ({ expect }) => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        expect(findJsonFault(JSON.stringify(value))).toBeNull()
        expect(findJsonFault(JSON.stringify(value, null, 2))).toBeNull()
      })
    )
  })

  it('that names a member twice is told where', ({ expect }) => {
    const cases: [string, string][] = [
      ['{"a":1,"a":2}', '/a'],
      ['{"a":{"b":1},"c":[0,{"d":1,"e":2,"d":3}]}', '/c/1/d'],
      ['{"a":1,"\\u0061":2}', '/a'],
      ['{"a/b":1,"a~b":2,"a/b":3}', '/a~1b'],
      ['[[],[{"":0,"":1}]]', '/1/0/'],
      ['{ "x" : { } , "x" : [ ] }', '/x'],
    ]
    for (const [text, pointer] of cases) {
      expect(findJsonFault(text), text).toEqual({ kind: 'duplicate member', pointer })
    }
  })

  it('may name a member again in another object', ({ expect }) => {
    expect(findJsonFault('[{"a":1},{"a":2},{"b":{"a":{"a":3}}}]')).toBeNull()
    expect(findJsonFault('{"a":"a","b":"{\\"a\\":1,\\"a\\":2}"}')).toBeNull()
  })

  it('may nest so deep and no deeper', ({ expect }) => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
    expect(findJsonFault(nested(jsonDepthMax))).toBeNull()
    expect(findJsonFault(nested(jsonDepthMax + 1))?.kind).toBe('too deep')
    expect(
      findJsonFault('{"a":'.repeat(jsonDepthMax + 1) + '1' + '}'.repeat(jsonDepthMax + 1))?.kind
    ).toBe('too deep')
  })

  it('of a megabyte of brackets, quotes or backslashes is judged at once', ({ expect }) => {
    expect(findJsonFault('['.repeat(1_000_000))?.kind).toBe('too deep')
    expect(findJsonFault(JSON.stringify('\\"'.repeat(500_000)))).toBeNull()
  })
})
