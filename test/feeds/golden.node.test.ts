// Documents compared byte for byte, and the version that must rise when they change.

import { beforeAll, describe, it } from 'vitest'

import { writersVersion } from '../../src/feeds/formats.ts'
import {
  changedUnderSameVersion,
  goldenNames,
  howToRewrite,
  raiseVersion,
  readGolden,
  readRecord,
  recordOf,
  rewriteGoldens,
  writtenNow,
} from '../support/golden.ts'

// A run that rewrites ends red, so that no green run has ever changed what it compares with.
beforeAll(() => {
  if (process.env['UPDATE_GOLDEN'] !== '1') return
  const names = rewriteGoldens()
  if (names.length === 0) return
  throw new Error(`Rewritten: ${names.join(', ')}. Read the diff, then run without UPDATE_GOLDEN.`)
})

describe('the golden documents', () => {
  const documents = writtenNow()

  for (const [name, text] of Object.entries(documents)) {
    it(`${name} is written today as it was written before, byte for byte`, ({ expect }) => {
      const golden = readGolden(name)
      expect(text, `if it should differ: ${howToRewrite}`).toBe(golden.toString())
      expect(Buffer.from(text).equals(golden)).toBe(true)
    })
  }

  it('are exactly the cases in every format: none is left from a case that is gone', ({
    expect,
  }) => {
    expect(goldenNames()).toEqual(Object.keys(documents).toSorted())
  })

  it('are the same however often they are written: no clock, no counter, no chance', ({
    expect,
  }) => {
    expect(writtenNow()).toEqual(documents)
  })

  it('do not change while writersVersion stays, or readers would keep the old ones', ({
    expect,
  }) => {
    const changed = changedUnderSameVersion(readRecord(), recordOf(writersVersion, documents))
    expect(changed, raiseVersion(changed)).toEqual([])
  })

  it('are recorded with the writersVersion that wrote them', ({ expect }) => {
    const now = recordOf(writersVersion, documents)
    expect(readRecord(), `record it: ${howToRewrite}`).toEqual(now)
  })
})

describe('the guard of writersVersion', () => {
  const then = recordOf(1, { 'a.rss': 'old', 'b.rss': 'same' })

  it('names the document that changed while the version stayed', ({ expect }) => {
    const now = recordOf(1, { 'a.rss': 'new', 'b.rss': 'same' })
    expect(changedUnderSameVersion(then, now)).toEqual(['a.rss'])
    expect(raiseVersion(['a.rss'])).toMatch(/^raise writersVersion .*a\.rss/)
  })

  it('names it too when the version fell', ({ expect }) => {
    const now = recordOf(0, { 'a.rss': 'new', 'b.rss': 'same' })
    expect(changedUnderSameVersion(then, now)).toEqual(['a.rss'])
  })

  it('is content once the version rose', ({ expect }) => {
    const now = recordOf(2, { 'a.rss': 'new', 'b.rss': 'same' })
    expect(changedUnderSameVersion(then, now)).toEqual([])
  })

  it('does not ask for a rise because a case came or went', ({ expect }) => {
    const now = recordOf(1, { 'b.rss': 'same', 'c.rss': 'new' })
    expect(changedUnderSameVersion(then, now)).toEqual([])
  })
})
