// Between zod and our problems: what a schema refuses, as JSON Pointers and plain words. No I/O.

import * as z from 'zod/mini'

import { jsonPointer } from './json-pointer.ts'
import { httpUrl } from './url.ts'
import { Problem, type PointedError } from './problem.ts'
import { cleanLine, cleanText } from './text.ts'

const errorsMax = 50

/** What the schema makes of a value, or a Problem with a pointer at everything it refuses. */
export function parseWith<T>(schema: z.core.$ZodType<T>, value: unknown, prefix = ''): T {
  const result = z.safeParse(schema, value, { reportInput: true })
  if (result.success) return result.data
  throw invalid(result.error.issues.map((issue) => pointed(issue, prefix)))
}

/** The refusal of a document for these reasons; the first stands in the detail. */
export function invalid(errors: readonly PointedError[]): Problem {
  const [first] = errors
  const detail = `${first?.pointer || 'The document'}: ${first?.detail ?? 'is invalid'}`
  return new Problem('invalid', detail, { errors: errors.slice(0, errorsMax) })
}

function pointed(issue: z.core.$ZodIssue, prefix: string): PointedError {
  return { pointer: prefix + jsonPointer(issue.path), detail: wordsFor(issue) }
}

// What zod/mini says where the schema has no words of its own.
const wordless = 'Invalid input'

/** Words for whoever fills in the document. */
function wordsFor(issue: z.core.$ZodIssue): string {
  if (issue.message !== wordless) return issue.message
  if (issue.code === 'invalid_type') return expected(issue.input, article(issue.expected))
  if (issue.code === 'too_small') return `must be at least ${issue.minimum}`
  if (issue.code !== 'too_big') return issue.message
  const verb = issue.origin === 'array' ? 'hold' : 'be'
  return `must ${verb} at most ${issue.maximum}`
}

function article(type: string): string {
  const name = { int: 'whole number', record: 'object' }[type] ?? type
  return /^[aeiou]/.test(name) ? `an ${name}` : `a ${name}`
}

/** A string; `what` names it to whoever sends something else. */
export function string(what = 'a string') {
  return z.string({ error: (issue) => expected(issue.input, what) })
}

/** What `read` makes of such a string; when that is null, `refusal` is the reason. */
export function stringAs<T>(what: string, read: (value: string) => T | null, refusal: string) {
  return z.pipe(
    string(what),
    z.transform((value, context) => {
      const result = read(value)
      if (result !== null) return result
      context.issues.push({ code: 'custom', input: value, message: refusal })
      return z.NEVER
    })
  )
}

/** Text on one line, cleaned; empty is refused. */
export function line(lengthMax: number) {
  return string().check(
    atMost(lengthMax),
    z.overwrite(cleanLine),
    z.refine((value) => value !== '', 'must not be empty')
  )
}

/** Text with lines, cleaned. */
export function text(lengthMax: number) {
  return string().check(atMost(lengthMax), z.overwrite(cleanText))
}

function atMost(lengthMax: number) {
  const error = `must have at most ${lengthMax} characters`
  return z.maxLength(lengthMax, { error, abort: true })
}

/** An absolute http(s) URL, as the WHATWG parser writes it. */
export function url() {
  return stringAs(
    'a URL',
    httpUrl,
    'must be an absolute http or https URL of at most 2048 characters'
  )
}

/** A language tag (BCP 47) in its canonical form. */
export function language() {
  return stringAs(
    'a language tag',
    languageTag,
    'must be a language tag such as "vi" or "en-GB" (BCP 47)'
  )
}

function languageTag(value: string): string | null {
  try {
    return Intl.getCanonicalLocales(value)[0] ?? null
  } catch {
    return null
  }
}

export function expected(input: unknown, what: string): string {
  return input === undefined ? `is missing: expected ${what}` : `must be ${what}`
}
