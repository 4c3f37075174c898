import { it } from 'vitest'

import { preferredLanguage } from '../../src/lib/language.ts'

it('the language is the first of ours that is asked for, else English', ({ expect }) => {
  const cases: [string | undefined, string][] = [
    [undefined, 'en'],
    ['', 'en'],
    ['*', 'en'],
    ['fr, de', 'en'],
    ['vi', 'vi'],
    ['vi-VN,vi;q=0.9,en;q=0.8', 'vi'],
    ['en-GB, vi', 'en'],
    ['fr, vi;q=0.2, en;q=0.1', 'vi'],
    ['en;q=0, vi;q=0.1', 'vi'],
    ['vi;q=0', 'en'],
    ['VI', 'vi'],
    ['vi;q=bogus, en', 'vi'],
  ]
  for (const [field, language] of cases) expect(preferredLanguage(field), field).toBe(language)
})
