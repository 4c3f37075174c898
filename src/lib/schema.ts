// Between zod and our problems: what a schema refuses, as JSON Pointers and plain words. No I/O.

import * as z from 'zod'

import { jsonPointer } from './json-pointer.ts'
import { httpUrl } from './url.ts'
import { Problem, type PointedError } from './problem.ts'
import { cleanLine, cleanText } from './text.ts'

const errorsMax = 50

/** What the schema makes of a value, or a Problem with a pointer at everything it refuses. */
export function parseWith<T>(schema: z.ZodType<T>, value: unknown, prefix = ''): T {
  const result = schema.safeParse(value, { reportInput: true })
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

/** zod's own words are for programmers: ours are for whoever fills in the document. */
function wordsFor(issue: z.core.$ZodIssue): string {
  if (!/^(?:Invalid|Too|Unrecognized)/.test(issue.message)) return issue.message
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

/** Text on one line, cleaned; empty is refused. */
export function line(lengthMax: number) {
  return z
    .string({ error: (issue) => expected(issue.input, 'a string') })
    .max(lengthMax, `must have at most ${lengthMax} characters`)
    .transform(cleanLine)
    .refine((value) => value !== '', 'must not be empty')
}

/** Text with lines, cleaned. */
export function text(lengthMax: number) {
  return z
    .string({ error: (issue) => expected(issue.input, 'a string') })
    .max(lengthMax, `must have at most ${lengthMax} characters`)
    .transform(cleanText)
}

/** An absolute http(s) URL, as the WHATWG parser writes it. */
export function url() {
  return z
    .string({ error: (issue) => expected(issue.input, 'a URL') })
    .transform((value, context) => {
      const absolute = httpUrl(value)
      if (absolute !== null) return absolute
      context.addIssue('must be an absolute http or https URL of at most 2048 characters')
      return z.NEVER
    })
}

/** A language tag (BCP 47) in its canonical form. */
export function language() {
  return z
    .string({ error: (issue) => expected(issue.input, 'a language tag') })
    .transform((value, context) => {
      try {
        const [tag] = Intl.getCanonicalLocales(value)
        if (tag !== undefined) return tag
      } catch {
        // Not a tag: said below.
      }
      context.addIssue('must be a language tag such as "vi" or "en-GB" (BCP 47)')
      return z.NEVER
    })
}

export function expected(input: unknown, what: string): string {
  return input === undefined ? `is missing: expected ${what}` : `must be ${what}`
}
