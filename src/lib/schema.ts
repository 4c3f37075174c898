// Between zod and our problems: what a schema refuses, as JSON Pointers and plain words. No I/O.

import * as z from 'zod'

import { httpUrl } from './url.ts'
import { Problem, type PointedError } from './problem.ts'
import { cleanLine, cleanText } from './text.ts'

const errorsMax = 50

/** What the schema makes of a value, or a Problem with a pointer at everything it refuses. */
export function parseWith<T>(schema: z.ZodType<T>, value: unknown, prefix = ''): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const errors = result.error.issues.slice(0, errorsMax).map((issue) => pointed(issue, prefix))
  const where = errors[0]?.pointer ?? ''
  throw new Problem('invalid', `${where || 'The document'}: ${errors[0]?.detail ?? 'is invalid'}`, {
    errors,
  })
}

function pointed(issue: z.core.$ZodIssue, prefix: string): PointedError {
  const pointer = issue.path.map((part) => `/${escapePointer(String(part))}`).join('')
  return { pointer: prefix + pointer, detail: issue.message }
}

/** RFC 6901 §3. */
function escapePointer(part: string): string {
  return part.replaceAll('~', '~0').replaceAll('/', '~1')
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
