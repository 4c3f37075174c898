import { it } from 'vitest'

import {
  attemptsMax,
  hostFailuresMax,
  hostPause,
  retryAfterSeconds,
  retryPause,
  withParameters,
} from '../../src/hub/subscription.ts'

it('pauses grow, spread by a fifth either way, and come to about a day', ({ expect }) => {
  const failed = Array.from({ length: attemptsMax - 1 }, (_, index) => index + 1)
  const middle = failed.map((count) => retryPause(count, 0.5))
  expect(middle).toEqual(middle.toSorted((a, b) => a - b))
  expect(middle[0]).toBe(60)
  const hours = middle.reduce((sum, pause) => sum + pause, 0) / 3600
  expect(hours).toBeGreaterThan(20)
  expect(hours).toBeLessThan(28)
  expect(retryPause(1, 0)).toBe(48)
  expect(retryPause(1, 1)).toBe(72)
})

it('a host is left alone after some failures in a row, longer and longer', ({ expect }) => {
  expect(hostPause(hostFailuresMax - 1, 0.5)).toBe(0)
  const pauses = [0, 1, 2, 3, 50].map((more) => hostPause(hostFailuresMax + more, 0.5))
  expect(pauses).toEqual([60, 300, 1200, 3600, 3600])
})

it('Retry-After is seconds or a date, from a minute to a day', ({ expect }) => {
  const now = 1_800_000_000
  const cases: [string | null, number | null][] = [
    [null, null],
    ['120', 120],
    [' 120 ', 120],
    ['0', 60],
    ['99999999', 86_400],
    [new Date((now + 500) * 1000).toUTCString(), 500],
    [new Date((now - 500) * 1000).toUTCString(), 60],
    ['soon', null],
    ['', null],
    ['-5', 60],
  ]
  for (const [field, seconds] of cases) {
    expect(retryAfterSeconds(field, now), JSON.stringify(field)).toBe(seconds)
  }
})

it('parameters stand behind those of the callback, each encoded', ({ expect }) => {
  const parameters = { 'hub.mode': 'denied', 'hub.reason': 'a & b=c đ' }
  expect(withParameters('https://a.example/?x', parameters)).toBe(
    'https://a.example/?x&hub.mode=denied&hub.reason=a%20%26%20b%3Dc%20%C4%91'
  )
})
