import { describe, it } from 'vitest'

import { evaluatePreconditions, type Precondition } from '../../src/lib/conditional.ts'

// Sun, 06 Nov 1994 08:49:37 GMT, the date of the examples in RFC 9110 §5.6.7.
const lastModified = 784_111_777
const strong = { etag: '"xyzzy"', lastModified }
const weak = { etag: 'W/"xyzzy"', lastModified }

const earlier = 'Sun, 06 Nov 1994 08:49:36 GMT'
const same = 'Sun, 06 Nov 1994 08:49:37 GMT'
const later = 'Sun, 06 Nov 1994 08:49:38 GMT'

function evaluate(headers: Record<string, string>, current = strong): Precondition {
  return evaluatePreconditions(new Headers(headers), current)
}

it('a request without conditions proceeds', ({ expect }) => {
  expect(evaluate({})).toBe('proceed')
  expect(evaluate({ Range: 'bytes=0-1', 'If-Range': '"other"' })).toBe('proceed')
})

describe('If-None-Match (RFC 9110 §13.1.2)', () => {
  it('answers 304 to the tag of the current representation', ({ expect }) => {
    expect(evaluate({ 'If-None-Match': '"xyzzy"' })).toBe('not modified')
  })

  it('proceeds with any other tag', ({ expect }) => {
    for (const tag of ['"xyzz"', '"xyzzyy"', '"XYZZY"', '"zy"', '""', '"W/xyzzy"', '" xyzzy"']) {
      expect(evaluate({ 'If-None-Match': tag }), tag).toBe('proceed')
    }
  })

  it('compares weakly, whichever side is weak (§8.8.3.2)', ({ expect }) => {
    expect(evaluate({ 'If-None-Match': 'W/"xyzzy"' }, strong)).toBe('not modified')
    expect(evaluate({ 'If-None-Match': '"xyzzy"' }, weak)).toBe('not modified')
    expect(evaluate({ 'If-None-Match': 'W/"xyzzy"' }, weak)).toBe('not modified')
    expect(evaluate({ 'If-None-Match': 'W/"other"' }, weak)).toBe('proceed')
  })

  it('answers 304 to a tag inside a list, wherever it stands', ({ expect }) => {
    const lists = [
      '"xyzzy", "r2d2xxxx", "c3piozzzz"',
      '"r2d2xxxx", "xyzzy", "c3piozzzz"',
      'W/"r2d2xxxx", W/"c3piozzzz", W/"xyzzy"',
      '"a","xyzzy"',
      ', ,"a" ,\t"xyzzy" ,',
    ]
    for (const list of lists) expect(evaluate({ 'If-None-Match': list }), list).toBe('not modified')
  })

  it('answers 304 to a tag inside a list over several field lines', ({ expect }) => {
    const headers = new Headers([
      ['If-None-Match', '"a"'],
      ['If-None-Match', '"xyzzy"'],
    ])
    expect(evaluatePreconditions(headers, strong)).toBe('not modified')
  })

  it('reads commas inside a tag as part of it', ({ expect }) => {
    const current = { etag: '"a,b"', lastModified }
    expect(evaluate({ 'If-None-Match': '"x", "a,b"' }, current)).toBe('not modified')
    expect(evaluate({ 'If-None-Match': '"a,b","x"' }, current)).toBe('not modified')
    expect(evaluate({ 'If-None-Match': '"a", "b"' }, current)).toBe('proceed')
    expect(evaluate({ 'If-None-Match': '"x,y"' }, current)).toBe('proceed')
  })

  it('does not read the comma between two tags as a tag', ({ expect }) => {
    const current = { etag: '","', lastModified }
    expect(evaluate({ 'If-None-Match': '"x","y","z"' }, current)).toBe('proceed')
    expect(evaluate({ 'If-None-Match': '"x",",","z"' }, current)).toBe('not modified')
  })

  it('reads a backslash as a letter like others: an entity-tag is no quoted-string', ({
    expect,
  }) => {
    const current = { etag: '"a\\"', lastModified }
    expect(evaluate({ 'If-None-Match': '"a\\", "b"' }, current)).toBe('not modified')
  })

  it('answers 304 to any representation when it is "*"', ({ expect }) => {
    expect(evaluate({ 'If-None-Match': '*' })).toBe('not modified')
    expect(evaluate({ 'If-None-Match': ' * ' }, weak)).toBe('not modified')
  })

  it('takes "*" in quotes or in a list for nothing special', ({ expect }) => {
    expect(evaluate({ 'If-None-Match': '"*"' })).toBe('proceed')
    expect(evaluate({ 'If-None-Match': '"a", *' })).toBe('proceed')
    expect(evaluate({ 'If-None-Match': '**' })).toBe('proceed')
  })

  it('proceeds when it is garbage', ({ expect }) => {
    for (const field of ['', 'xyzzy', "'xyzzy'", '"xyzzy', 'xyzzy"', 'W/xyzzy', '"', ',', 'null']) {
      expect(evaluate({ 'If-None-Match': field }), field).toBe('proceed')
    }
  })

  it('is all that counts beside If-Modified-Since (§13.1.3)', ({ expect }) => {
    const other = { 'If-None-Match': '"other"', 'If-Modified-Since': later }
    expect(evaluate(other)).toBe('proceed')
    const garbage = { 'If-None-Match': 'garbage', 'If-Modified-Since': later }
    expect(evaluate(garbage)).toBe('proceed')
    const old = { 'If-None-Match': '"xyzzy"', 'If-Modified-Since': earlier }
    expect(evaluate(old)).toBe('not modified')
  })
})

describe('If-Modified-Since (RFC 9110 §13.1.3)', () => {
  it('answers 304 to the date of the current representation and later ones', ({ expect }) => {
    expect(evaluate({ 'If-Modified-Since': same })).toBe('not modified')
    expect(evaluate({ 'If-Modified-Since': later })).toBe('not modified')
    expect(evaluate({ 'If-Modified-Since': 'Fri, 01 Jan 2094 00:00:00 GMT' })).toBe('not modified')
  })

  it('proceeds from an earlier date', ({ expect }) => {
    expect(evaluate({ 'If-Modified-Since': earlier })).toBe('proceed')
    expect(evaluate({ 'If-Modified-Since': 'Thu, 01 Jan 1970 00:00:00 GMT' })).toBe('proceed')
  })

  it('reads the three forms of a date (§5.6.7) as the same moment', ({ expect }) => {
    const forms = [
      (second: number) => `Sun, 06 Nov 1994 08:49:${second} GMT`,
      (second: number) => `Sunday, 06-Nov-94 08:49:${second} GMT`,
      (second: number) => `Sun Nov  6 08:49:${second} 1994`,
    ]
    for (const form of forms) {
      expect(evaluate({ 'If-Modified-Since': form(37) }), form(37)).toBe('not modified')
      expect(evaluate({ 'If-Modified-Since': form(36) }), form(36)).toBe('proceed')
    }
  })

  it('reads every weekday and a day of two digits in asctime', ({ expect }) => {
    const current = { etag: '"x"', lastModified: 784_976_400 }
    for (const date of [
      'Wed, 16 Nov 1994 09:00:00 GMT',
      'Wednesday, 16-Nov-94 09:00:00 GMT',
      'Wed Nov 16 09:00:00 1994',
    ]) {
      expect(evaluate({ 'If-Modified-Since': date }, current), date).toBe('not modified')
    }
  })

  it('ignores what is no HTTP date, however readable', ({ expect }) => {
    const dates = [
      '',
      'garbage',
      '0',
      '4102444800',
      '2094-11-06T08:49:37Z',
      '2094-11-06',
      'Sat, 06 Nov 2094 08:49:37',
      'Sat, 06 Nov 2094 08:49:37 UTC',
      'Sat, 06 Nov 2094 08:49:37 +0000',
      'Sat, 06 Nov 2094 08:49 GMT',
      'Sat, 6 Nov 2094 08:49:37 GMT',
      'Sat, 06 Foo 2094 08:49:37 GMT',
      'Sat, 06 Nov 2094 25:49:37 GMT',
      'sat, 06 nov 2094 08:49:37 gmt',
      '06 Nov 2094 08:49:37 GMT',
      'Sat, 06 Nov 2094 08:49:37 GMT, Sat, 06 Nov 2094 08:49:37 GMT',
      'Sat, 06 Nov 2094 08:49:37 GMT; length=5',
    ]
    for (const date of dates) expect(evaluate({ 'If-Modified-Since': date }), date).toBe('proceed')
  })
})

describe('If-Match (RFC 9110 §13.1.1)', () => {
  it('proceeds with the current tag, alone, in a list or as "*"', ({ expect }) => {
    for (const field of ['"xyzzy"', '"a", "xyzzy"', '*']) {
      expect(evaluate({ 'If-Match': field }), field).toBe('proceed')
    }
  })

  it('fails with any other tag, with none and with garbage', ({ expect }) => {
    for (const field of ['"other"', '"a", "b"', '', 'xyzzy', '"*"', '"a,xyzzy"']) {
      expect(evaluate({ 'If-Match': field }), field).toBe('failed')
    }
  })

  it('compares strongly: a weak tag on either side does not match', ({ expect }) => {
    expect(evaluate({ 'If-Match': 'W/"xyzzy"' }, strong)).toBe('failed')
    expect(evaluate({ 'If-Match': '"xyzzy"' }, weak)).toBe('failed')
    expect(evaluate({ 'If-Match': 'W/"xyzzy"' }, weak)).toBe('failed')
    expect(evaluate({ 'If-Match': '*' }, weak)).toBe('proceed')
  })

  it('is all that counts beside If-Unmodified-Since (§13.1.4)', ({ expect }) => {
    const holds = { 'If-Match': '"xyzzy"', 'If-Unmodified-Since': earlier }
    expect(evaluate(holds)).toBe('proceed')
    const fails = { 'If-Match': '"other"', 'If-Unmodified-Since': later }
    expect(evaluate(fails)).toBe('failed')
  })
})

describe('If-Unmodified-Since (RFC 9110 §13.1.4)', () => {
  it('fails when the representation is newer, and else proceeds', ({ expect }) => {
    expect(evaluate({ 'If-Unmodified-Since': earlier })).toBe('failed')
    expect(evaluate({ 'If-Unmodified-Since': same })).toBe('proceed')
    expect(evaluate({ 'If-Unmodified-Since': later })).toBe('proceed')
  })

  it('reads the three forms of a date', ({ expect }) => {
    for (const date of ['Sunday, 06-Nov-94 08:49:36 GMT', 'Sun Nov  6 08:49:36 1994']) {
      expect(evaluate({ 'If-Unmodified-Since': date }), date).toBe('failed')
    }
  })

  it('is ignored when it is no date', ({ expect }) => {
    for (const date of ['', 'garbage', '1970-01-01T00:00:00Z', '0']) {
      expect(evaluate({ 'If-Unmodified-Since': date }), date).toBe('proceed')
    }
  })
})

describe('the order of preconditions (RFC 9110 §13.2.2)', () => {
  it('lets a failed If-Match win over a 304', ({ expect }) => {
    const headers = { 'If-Match': '"other"', 'If-None-Match': '"xyzzy"' }
    expect(evaluate(headers)).toBe('failed')
  })

  it('lets a failed If-Unmodified-Since win over a 304', ({ expect }) => {
    const headers = { 'If-Unmodified-Since': earlier, 'If-None-Match': '"xyzzy"' }
    expect(evaluate(headers)).toBe('failed')
  })

  it('goes on to If-None-Match and If-Modified-Since once the first hold', ({ expect }) => {
    expect(evaluate({ 'If-Match': '"xyzzy"', 'If-None-Match': '"xyzzy"' })).toBe('not modified')
    expect(evaluate({ 'If-Match': '*', 'If-Modified-Since': same })).toBe('not modified')
    expect(evaluate({ 'If-Unmodified-Since': same, 'If-None-Match': '"other"' })).toBe('proceed')
    expect(evaluate({ 'If-Unmodified-Since': same, 'If-Modified-Since': same })).toBe(
      'not modified'
    )
  })
})
