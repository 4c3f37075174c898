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
      { day: 20_000, path: '/sources/a', agent: 'Feedbin', agentFeed: '1', readers: 12 },
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

  it('is told of its own day when the day changes, in one write an hour as at any time', ({
    expect,
  }) => {
    const tally = newTally()
    const midnight = 20_001 * 86_400
    const read = (mark: string, now: number) => {
      noteMark(tally, { path: '', agent: newsboat, mark }, now)
      return takeDue(tally, now)?.marks.map((each) => [each.day, each.mark]) ?? []
    }
    expect(read('early', midnight - 600)).toEqual([[20_000, 'early']])
    expect(read('late', midnight - 60)).toEqual([])
    expect(read('early', midnight + 60)).toEqual([])
    expect(read('new', midnight + 3000)).toEqual([
      [20_000, 'late'],
      [20_001, 'early'],
      [20_001, 'new'],
    ])
    // And what remains of the day that is over goes.
    takeDue(tally, midnight + 6600)
    expect([...tally.entries.values()].map(({ day }) => day)).toEqual([])
  })

  it('is of 50,000 readers at most, however many feeds and programs they are spread over', ({
    expect,
  }) => {
    const tally = newTally()
    const note = (feed: number, now: number) => {
      const path = `/sources/${feed}`
      for (let n = 0; n < 100; n++) noteMark(tally, { path, agent: newsboat, mark: `${n}` }, now)
      for (let n = 0; n < 20; n++) {
        noteSubscribers(tally, { path, agent: feedbin(1, `${n}`) }, now)
      }
    }
    const heldNow = () =>
      [...tally.entries.values()].reduce(
        (sum, { marks, subscribers }) => sum + marks.size + subscribers.size,
        0
      )
    for (let feed = 0; feed < 1000; feed++) note(feed, noon)
    expect(heldNow()).toBe(50_000)
    const seen = takeDue(tally, noon)
    expect((seen?.marks.length ?? 0) + (seen?.subscribers.length ?? 0)).toBe(50_000)
    // What was written makes room.
    for (let feed = 0; feed < 1000; feed++) note(feed, noon + 60)
    expect(heldNow()).toBe(50_000)
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
    expect(tally.entries.size).toBeLessThanOrEqual(4000)
    expect(written).toBeLessThanOrEqual(4000)
    let kept = 0
    for (const { subscribers, marks } of tally.entries.values()) {
      expect(subscribers.size).toBeLessThanOrEqual(20)
      kept += marks.size
    }
    expect(kept).toBeLessThanOrEqual(5000)
  })

  it('gives the place of a feed that nobody asks for to another', ({ expect }) => {
    const tally = newTally()
    noteMark(tally, { path: '/sources/a', agent: newsboat, mark: 'a' }, noon)
    takeDue(tally, noon)
    takeDue(tally, noon + 3700)
    expect(tally.entries.size).toBe(0)
  })
})
