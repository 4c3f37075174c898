// The way beyond one database holds: whatever is measured anew or assumed otherwise, docs/scale.md must not
// describe what D1 would refuse.

import { describe, it } from 'vitest'

import { grownLoads } from '../scripts/scale/growth-load.ts'
import { grow, plan } from '../scripts/scale/growth.ts'
import { readersMetAnew, storageOf } from '../scripts/scale/loads.ts'
import { limits } from '../scripts/scale/prices.ts'
import { sumOf } from '../scripts/scale/random.ts'
import { busiest, world } from '../scripts/scale/wires.ts'

const grown = grow(world, storageOf(world)['who reads'])

describe('the largest wire over many databases', () => {
  it('fills none of them, and none has more to do in the busiest hour than one can', ({
    expect,
  }) => {
    expect(Math.max(...Object.values(grown.sizes).flat())).toBeLessThan(limits.databaseGb)
    const loads = Object.values(grownLoads(busiest(world), grown).byPart).flat()
    const most = Math.max(...loads.map(({ statements }) => statements))
    expect(most / 86_400).toBeLessThan(limits.statementsPerSecond)
  })

  it('counts its readers after a deployment too, when every isolate meets them anew', ({
    expect,
  }) => {
    const each = readersMetAnew(world) / 60 / plan.readerDatabases
    expect(each).toBeLessThan(limits.statementsPerSecond)
  })

  it('has every source in one open group, every topic in one database, every article somewhere', ({
    expect,
  }) => {
    const numbers = (count: number) => Array.from({ length: count }, (_, index) => index)
    const inOrder = (groups: readonly (readonly number[])[]) =>
      groups.flat().toSorted((a, b) => a - b)
    expect(inOrder(grown.groups)).toEqual(numbers(world.sources))
    expect(inOrder(grown.topicDatabases)).toEqual(numbers(grown.topics.length))
    const { 'open groups of sources': open, 'closed groups': closed } = grown.sizes
    expect(sumOf(open) + sumOf(closed)).toBeGreaterThan((world.articles * 8770) / 1e9)
  })
})
