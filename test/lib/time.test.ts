import { describe, it } from 'vitest'

import {
  epochSeconds,
  formatHttpDate,
  formatRfc3339,
  formatRfc822,
  parseRfc3339,
} from '../../src/lib/time.ts'
import * as fc from '../support/fast-check.ts'

// 2026-11-20T01:00:00Z
const morning = 1_795_136_400

const anySeconds = fc.integer({ min: -2_208_988_800 + 86_400, max: 253_370_764_800 - 86_400 })
const anyOffset = fc.integer({ min: -1439, max: 1439 })

describe('reading RFC 3339', () => {
  it('reads the examples of RFC 3339 §5.8', ({ expect }) => {
    expect(parseRfc3339('1985-04-12T23:20:50.52Z')?.seconds).toBe(482_196_050)
    expect(parseRfc3339('1996-12-19T16:39:57-08:00')).toEqual({
      seconds: 851_042_397,
      utcOffsetMinutes: -480,
    })
    expect(parseRfc3339('1990-12-31T23:59:60Z')?.seconds).toBe(662_688_000)
    expect(parseRfc3339('1990-12-31T15:59:60-08:00')?.seconds).toBe(662_688_000)
    expect(parseRfc3339('1937-01-01T12:00:27.87+00:20')).toEqual({
      seconds: -1_041_337_173,
      utcOffsetMinutes: 20,
    })
  })

  it('keeps the zone of the writer beside the moment', ({ expect }) => {
    const times = ['2026-11-20T08:00:00+07:00', '2026-11-20T01:00:00Z', '2026-11-19T21:30:00-03:30']
    expect(times.map((time) => parseRfc3339(time)?.seconds)).toEqual([morning, morning, morning])
    expect(times.map((time) => parseRfc3339(time)?.utcOffsetMinutes)).toEqual([420, 0, -210])
  })

  it('reads t and z in lower case, and a space for the T (§5.6)', ({ expect }) => {
    for (const time of ['2026-11-20t01:00:00z', '2026-11-20 01:00:00Z', '2026-11-20T01:00:00z']) {
      expect(parseRfc3339(time), time).toEqual({ seconds: morning, utcOffsetMinutes: 0 })
    }
  })

  it('takes an unknown offset (-00:00) for plain zero, never minus zero', ({ expect }) => {
    expect(parseRfc3339('2026-11-20T01:00:00-00:00')).toStrictEqual({
      seconds: morning,
      utcOffsetMinutes: 0,
    })
  })

  it('drops fractions of any length and never rounds up', ({ expect }) => {
    for (const fraction of ['.0', '.5', '.999', '.999999999999999999999999']) {
      expect(parseRfc3339(`2026-11-20T01:00:00${fraction}Z`)?.seconds, fraction).toBe(morning)
    }
    expect(parseRfc3339('1969-12-31T23:59:58.9Z')?.seconds).toBe(-2)
  })

  it('knows which years leap', ({ expect }) => {
    expect(parseRfc3339('2024-02-29T00:00:00Z')?.seconds).toBe(1_709_164_800)
    expect(parseRfc3339('2000-02-29T00:00:00Z')?.seconds).toBe(951_782_400)
    expect(parseRfc3339('2026-02-29T00:00:00Z')).toBeNull()
    expect(parseRfc3339('1900-02-29T00:00:00Z')).toBeNull()
    expect(parseRfc3339('2100-02-29T00:00:00Z')).toBeNull()
  })

  it('refuses days and times that do not exist', ({ expect }) => {
    const times = [
      '2026-00-10T00:00:00Z',
      '2026-13-10T00:00:00Z',
      '2026-01-00T00:00:00Z',
      '2026-01-32T00:00:00Z',
      '2026-04-31T00:00:00Z',
      '2026-11-20T24:00:00Z',
      '2026-11-20T25:00:00Z',
      '2026-11-20T08:60:00Z',
      '2026-11-20T08:00:61Z',
      '2026-11-20T08:00:00+24:00',
      '2026-11-20T08:00:00+07:60',
    ]
    for (const time of times) expect(parseRfc3339(time), time).toBeNull()
  })

  it('refuses years before 1900 and after 9998', ({ expect }) => {
    expect(parseRfc3339('1899-12-31T23:59:59Z')).toBeNull()
    expect(parseRfc3339('0001-01-01T00:00:00Z')).toBeNull()
    expect(parseRfc3339('9999-01-01T00:00:00Z')).toBeNull()
    expect(parseRfc3339('1900-01-01T00:00:00Z')?.seconds).toBe(-2_208_988_800)
    expect(parseRfc3339('9998-12-31T23:59:59Z')?.seconds).toBe(253_370_764_799)
  })

  it('refuses what is not the whole of a date-time', ({ expect }) => {
    const texts = [
      '',
      '2026-11-20',
      '08:00:00Z',
      '2026-11-20T08:00Z',
      '2026-11-20T08:00:00',
      '2026-11-20T08:00:00+7',
      '2026-11-20T08:00:00+0700',
      '2026-11-20T08:00:00 +07:00',
      '2026-11-20T08:00:00,5Z',
      '2026-11-20T08:00:00.Z',
      '2026-11-20T08:00:00ICT',
      '20261120T080000Z',
      '2026-11-20  08:00:00Z',
      '+002026-11-20T08:00:00Z',
      '26-11-20T08:00:00Z',
      '2026-1-2T08:00:00Z',
      ' 2026-11-20T08:00:00Z',
      '2026-11-20T08:00:00Z\n',
      'Fri, 20 Nov 2026 08:00:00 +0700',
      '１９９９-11-20T08:00:00Z',
      '1795136400',
    ]
    for (const text of texts) expect(parseRfc3339(text), text).toBeNull()
  })

  it('refuses whatever is no date at all', ({ expect }) => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(parseRfc3339(text)).toBeNull()
      })
    )
  })
})

describe('writing RFC 3339', () => {
  it('has an upper-case T and Z, or the offset', ({ expect }) => {
    expect(formatRfc3339(morning)).toBe('2026-11-20T01:00:00Z')
    expect(formatRfc3339(morning, 420)).toBe('2026-11-20T08:00:00+07:00')
    expect(formatRfc3339(morning, -210)).toBe('2026-11-19T21:30:00-03:30')
    expect(formatRfc3339(0)).toBe('1970-01-01T00:00:00Z')
  })

  it('is read back as the same moment in the same zone', ({ expect }) => {
    fc.assert(
      fc.property(anySeconds, anyOffset, (seconds, utcOffsetMinutes) => {
        expect(parseRfc3339(formatRfc3339(seconds, utcOffsetMinutes))).toStrictEqual({
          seconds,
          utcOffsetMinutes,
        })
      })
    )
  })

  it('means the same to the reader of JavaScript', ({ expect }) => {
    fc.assert(
      fc.property(anySeconds, anyOffset, (seconds, utcOffsetMinutes) => {
        expect(Date.parse(formatRfc3339(seconds, utcOffsetMinutes))).toBe(seconds * 1000)
      })
    )
  })

  it('gives times of one zone an order that is that of their texts', ({ expect }) => {
    expect(formatRfc3339(morning) < formatRfc3339(morning + 1)).toBe(true)
    expect(formatRfc3339(-1) < formatRfc3339(0)).toBe(true)
  })
})

describe('writing RFC 822', () => {
  it('has a year of four digits and a day of two', ({ expect }) => {
    expect(formatRfc822(morning)).toBe('Fri, 20 Nov 2026 01:00:00 GMT')
    expect(formatRfc822(0)).toBe('Thu, 01 Jan 1970 00:00:00 GMT')
  })

  it('has the weekday and date of its own zone', ({ expect }) => {
    expect(formatRfc822(morning, 420)).toBe('Fri, 20 Nov 2026 08:00:00 +0700')
    expect(formatRfc822(morning, -210)).toBe('Thu, 19 Nov 2026 21:30:00 -0330')
    expect(formatRfc822(morning, 1380)).toBe('Sat, 21 Nov 2026 00:00:00 +2300')
    expect(formatRfc822(morning, 5)).toBe('Fri, 20 Nov 2026 01:05:00 +0005')
  })

  it('is a date of RFC 822 that means the same moment', ({ expect }) => {
    const form =
      /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d (?:GMT|[+-]\d{4})$/
    fc.assert(
      fc.property(anySeconds, anyOffset, (seconds, utcOffsetMinutes) => {
        const text = formatRfc822(seconds, utcOffsetMinutes)
        expect(text).toMatch(form)
        expect(Date.parse(text)).toBe(seconds * 1000)
      })
    )
  })
})

it('the date of HTTP is the example of RFC 9110 §5.6.7', ({ expect }) => {
  expect(formatHttpDate(784_111_777)).toBe('Sun, 06 Nov 1994 08:49:37 GMT')
})

it('the time of now is in whole seconds', ({ expect }) => {
  const now = epochSeconds()
  expect(Number.isInteger(now)).toBe(true)
  expect(Math.abs(Date.now() / 1000 - now)).toBeLessThan(5)
})
