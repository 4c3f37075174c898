import { describe, it } from 'vitest'

import type { Agent } from '../../src/readers/agent.ts'
import { newTally, noteMark, noteSubscribers, takeDue } from '../../src/readers/tally.ts'

const noon = 20_000 * 86_400 + 12 * 3600

function feedbin(readers: number, feedId = '1'): Agent {
  return { name: 'Feedbin', kind: 'service', readers, feedId }
}

const newsboat: Agent = { name: 'Newsboat', kind: 'app', readers: 1, feedId: '' }

describe('what an isolate has seen', () => {
  it('is to be written at once when it is new, and then not for an hour', ({ expect }) => {
    const tally = newTally()
    const poll = { path: '/sources/a', agent: feedbin(12) }
    noteSubscribers(tally, poll, noon)
    expect(takeDue(tally, noon)?.subscribers).toEqual([
      { path: '/sources/a', agent: 'Feedbin', agentFeed: '1', readers: 12 },
    ])
    let takenAt: number | null = null
    for (let now = noon; now < noon + 7200 && takenAt === null; now += 30) {
      noteSubscribers(tally, poll, now)
      if (takeDue(tally, now)) takenAt = now
    }
    expect(takenAt).toBeGreaterThanOrEqual(noon + 3600)
    expect(takenAt).toBeLessThan(noon + 3600 + 120)
  })

  it('holds everybody who came in that hour, each once', ({ expect }) => {
    const tally = newTally()
    const read = (mark: string, now: number) =>
      noteMark(tally, { path: '', agent: newsboat, mark }, now)
    read('a', noon)
    expect(takeDue(tally, noon)?.marks).toHaveLength(1)
    for (const mark of ['b', 'c', 'b', 'c', 'd']) read(mark, noon + 100)
    expect(takeDue(tally, noon + 100)).toBeNull()
    const marks = takeDue(tally, noon + 3700)?.marks.map(({ mark }) => mark)
    expect(marks).toEqual(['b', 'c', 'd'])
    expect(takeDue(tally, noon + 7400)).toBeNull()
  })

  it('takes the greatest number a service says of a feed', ({ expect }) => {
    const tally = newTally()
    for (const readers of [3, 12, 5]) {
      noteSubscribers(tally, { path: '', agent: feedbin(readers) }, noon)
    }
    noteSubscribers(tally, { path: '', agent: feedbin(2, '77') }, noon)
    expect(takeDue(tally, noon)?.subscribers.map(({ readers }) => readers)).toEqual([12, 2])
  })

  it('does not mix days: what was not written before midnight is not told of the day after', ({
    expect,
  }) => {
    const tally = newTally()
    noteMark(tally, { path: '', agent: newsboat, mark: 'a' }, noon)
    takeDue(tally, noon)
    noteMark(tally, { path: '', agent: newsboat, mark: 'yesterday' }, noon + 60)
    const tomorrow = noon + 86_400
    noteMark(tally, { path: '', agent: newsboat, mark: 'today' }, tomorrow)
    const seen = takeDue(tally, tomorrow)
    expect(seen?.day).toBe(20_001)
    expect(seen?.marks.map(({ mark }) => mark)).toEqual(['today'])
  })

  it('stays small, and writes seldom, however many feeds, ids and readers are made up', ({
    expect,
  }) => {
    const tally = newTally()
    let written = 0
    for (let n = 0; n < 10_000; n++) {
      noteSubscribers(tally, { path: '/sources/a', agent: feedbin(n, `${n}`) }, noon)
      noteMark(tally, { path: '/sources/a', agent: newsboat, mark: `${n}` }, noon)
      noteMark(tally, { path: `/sources/${n}`, agent: newsboat, mark: 'a' }, noon)
      const seen = takeDue(tally, noon)
      written += (seen?.subscribers.length ?? 0) + (seen?.marks.length ?? 0)
    }
    expect(tally.entries.size).toBeLessThanOrEqual(2000)
    expect(written).toBeLessThanOrEqual(2000)
    let kept = 0
    for (const { subscribers, marks } of tally.entries.values()) {
      expect(subscribers.size).toBeLessThanOrEqual(20)
      kept += marks.size
    }
    expect(kept).toBeLessThanOrEqual(3000)
  })

  it('gives the place of a feed that nobody asks for to another', ({ expect }) => {
    const tally = newTally()
    noteMark(tally, { path: '/sources/a', agent: newsboat, mark: 'a' }, noon)
    takeDue(tally, noon)
    takeDue(tally, noon + 3700)
    expect(tally.entries.size).toBe(0)
  })
})
