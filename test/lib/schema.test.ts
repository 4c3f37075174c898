import { describe, it } from 'vitest'
import * as z from 'zod/mini'

import { Problem } from '../../src/lib/problem.ts'
import { expected, language, line, parseWith, text, url } from '../../src/lib/schema.ts'

function refusal(schema: z.core.$ZodType, value: unknown, prefix?: string): Problem {
  try {
    parseWith(schema, value, prefix)
  } catch (error) {
    if (error instanceof Problem) return error
    throw error
  }
  throw new Error(`was accepted: ${JSON.stringify(value)}`)
}

const pointers = (problem: Problem) => problem.errors.map((error) => error.pointer)
const details = (schema: z.core.$ZodType, value: unknown) =>
  refusal(schema, value).errors.map((error) => error.detail)

describe('a value that a schema accepts', () => {
  it('is given as the schema makes it', ({ expect }) => {
    const schema = z.object({ title: line(100), tags: z._default(z.array(text(10)), []) })
    expect(parseWith(schema, { title: ' Kinh \n tế ', extra: 1 })).toEqual({
      title: 'Kinh tế',
      tags: [],
    })
  })
})

describe('a value that a schema refuses', () => {
  it('is a problem of the code "invalid" that says where and what', ({ expect }) => {
    const problem = refusal(z.object({ title: line(5) }), { title: 'quá dài' })
    expect(problem.code).toBe('invalid')
    expect(problem.message).toBe('/title: must have at most 5 characters')
    expect(problem.errors).toEqual([
      { pointer: '/title', detail: 'must have at most 5 characters' },
    ])
  })

  it('has a pointer at everything that is wrong, in order', ({ expect }) => {
    const schema = z.object({ title: line(5), items: z.array(z.object({ id: line(5) })) })
    const problem = refusal(schema, { title: 1, items: [{ id: 'a' }, {}, { id: '' }] })
    expect(pointers(problem)).toEqual(['/title', '/items/1/id', '/items/2/id'])
    expect(problem.message).toBe('/title: must be a string')
  })

  it('has "~" and "/" of a name escaped as RFC 6901 §3 asks', ({ expect }) => {
    const schema = z.record(z.string(), z.record(z.string(), z.number()))
    const names = {
      'a/b': '/a~1b',
      'm~n': '/m~0n',
      '~1': '/~01',
      '/~': '/~1~0',
      '': '/',
      ' %"': '/ %"',
    }
    for (const [name, pointer] of Object.entries(names)) {
      const problem = refusal(schema, { [name]: { x: 'no number' } })
      expect(pointers(problem)).toEqual([`${pointer}/x`])
    }
  })

  it('has the prefix of where the value stood in the whole document', ({ expect }) => {
    const schema = z.object({ id: line(5) })
    expect(pointers(refusal(schema, {}, '/data'))).toEqual(['/data/id'])
    expect(refusal(schema, {}, '/data').message).toMatch(/^\/data\/id: /)
    expect(pointers(refusal(schema, 1, '/items/0'))).toEqual(['/items/0'])
  })

  it('is pointed at as a whole with the empty pointer', ({ expect }) => {
    const problem = refusal(line(5), 1)
    expect(problem.errors).toEqual([{ pointer: '', detail: 'must be a string' }])
    expect(problem.message).toBe('The document: must be a string')
  })

  it('has at most 50 errors', ({ expect }) => {
    const problem = refusal(z.array(line(5)), Array.from({ length: 200 }).fill(1))
    expect(problem.errors).toHaveLength(50)
    expect(pointers(problem).at(-1)).toBe('/49')
  })

  it('does not repeat what was sent: it may be secret, or long', ({ expect }) => {
    const secret = 'whsec_bimat'
    const schema = z.object({ a: url(), b: language(), c: line(3), d: z.number() })
    const problem = refusal(schema, { a: secret, b: secret, c: secret, d: secret })
    expect(problem.errors).toHaveLength(4)
    expect(problem.message + JSON.stringify(problem.errors)).not.toContain(secret)
  })
})

describe('a line', () => {
  it('is cleaned', ({ expect }) => {
    expect(parseWith(line(100), ' a\u0000b \u202Ec\n\td ')).toBe('ab c d')
  })

  it('is refused when nothing is left of it', ({ expect }) => {
    for (const value of ['', ' \n ', '\u0000', '\u202E']) {
      expect(details(line(5), value)).toEqual(['must not be empty'])
    }
  })

  it('is refused when it is too long, with one reason only', ({ expect }) => {
    expect(parseWith(line(3), 'abc')).toBe('abc')
    expect(details(line(3), 'abcd')).toEqual(['must have at most 3 characters'])
    expect(details(line(3), '    ')).toEqual(['must have at most 3 characters'])
  })

  it('is refused when it is no string', ({ expect }) => {
    for (const value of [1, true, null, [], {}]) {
      expect(details(line(5), value)).toEqual(['must be a string'])
    }
    expect(details(line(5), undefined)).toEqual(['is missing: expected a string'])
  })
})

describe('a text', () => {
  it('keeps its lines, is cleaned, and may be empty', ({ expect }) => {
    expect(parseWith(text(100), 'a\r\n\nb\u0007 ')).toBe('a\n\nb ')
    expect(parseWith(text(100), '')).toBe('')
  })

  it('is refused when it is too long or no string', ({ expect }) => {
    expect(details(text(3), 'abcd')).toEqual(['must have at most 3 characters'])
    expect(details(text(3), null)).toEqual(['must be a string'])
  })
})

describe('a URL', () => {
  it('is given as the WHATWG parser writes it', ({ expect }) => {
    expect(parseWith(url(), ' HTTPS://BAO.example/á ')).toBe('https://bao.example/%C3%A1')
  })

  it('is refused when it is relative, of another scheme, or has credentials', ({ expect }) => {
    for (const value of [
      '',
      '/tin',
      '//bao.example/',
      'bao.example',
      'javascript:alert(1)',
      'mailto:a@bao.example',
      'https://ten:matkhau@bao.example/',
      `https://bao.example/${'a'.repeat(2048)}`,
    ]) {
      expect(details(url(), value), value).toEqual([
        'must be an absolute http or https URL of at most 2048 characters',
      ])
    }
  })

  it('is refused when it is no string', ({ expect }) => {
    expect(details(url(), 5)).toEqual(['must be a URL'])
    expect(details(url(), undefined)).toEqual(['is missing: expected a URL'])
  })
})

describe('a language tag', () => {
  it('is given in its canonical form', ({ expect }) => {
    const tags = { vi: 'vi', 'EN-gb': 'en-GB', 'ZH-hant-tw': 'zh-Hant-TW', 'vi-x-bao': 'vi-x-bao' }
    for (const [value, tag] of Object.entries(tags)) expect(parseWith(language(), value)).toBe(tag)
  })

  it('is refused when it is none', ({ expect }) => {
    for (const value of ['', ' ', 'Tiếng Việt', 'vi_VN', 'v', 'vi-', 'en-GB-', '*', 'vi, en']) {
      expect(details(language(), value), value).toEqual([
        'must be a language tag such as "vi" or "en-GB" (BCP 47)',
      ])
    }
    expect(details(language(), ['vi'])).toEqual(['must be a language tag'])
    expect(details(language(), undefined)).toEqual(['is missing: expected a language tag'])
  })
})

it('what is missing is told from what is wrong', ({ expect }) => {
  expect(expected(undefined, 'a date')).toBe('is missing: expected a date')
  expect(expected(null, 'a date')).toBe('must be a date')
})

it('a member of another type is told what it must be, a missing one that it is missing', ({
  expect,
}) => {
  const schema = z.object({
    list: z.array(z.string()),
    size: z.number().check(z.int()),
    flag: z.boolean(),
    object: z.object({}),
  })
  expect(details(schema, { list: 'x', size: '1', flag: 'y', object: 'z' })).toEqual([
    'must be an array',
    'must be a number',
    'must be a boolean',
    'must be an object',
  ])
  for (const detail of details(schema, {})) expect(detail).toMatch(/^is missing: expected an? /)
})

it('a number out of its range, or too long a list, is told the bound', ({ expect }) => {
  const schema = z.object({
    low: z.number().check(z.nonnegative()),
    high: z.number().check(z.maximum(10)),
    half: z.number().check(z.int()),
    list: z.array(z.string()).check(z.maxLength(1)),
  })
  expect(details(schema, { low: -1, high: 11, half: 1.5, list: ['a', 'b'] })).toEqual([
    'must be at least 0',
    'must be at most 10',
    'must be a whole number',
    'must hold at most 1',
  ])
})
