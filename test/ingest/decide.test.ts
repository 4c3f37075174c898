import { describe, it } from 'vitest'

import type { ArticleContent, Known } from '../../src/articles/article.ts'
import { decide, plausible, type Publication, type Withdrawal } from '../../src/ingest/decide.ts'

const content: ArticleContent = {
  url: 'https://bao.example/1',
  title: 'Tin',
  summary: '',
  contentHtml: '<p>Tin</p>',
  language: null,
  publishedAt: 1000,
  utcOffsetMinutes: 420,
  expiresAt: null,
  authors: [],
  topics: [],
  image: null,
  attachments: [],
  via: null,
  rights: null,
  license: null,
}

function publication(versionAt: number, fields: Partial<Publication> = {}): Publication {
  return {
    kind: 'publish',
    content,
    words: '',
    sizeBytes: 0,
    fingerprint: 'new',
    simhash: null,
    correction: null,
    isDated: true,
    versionAt,
    ...fields,
  }
}

function withdrawal(versionAt: number): Withdrawal {
  return { kind: 'retract', note: null, versionAt }
}

function known(fields: Partial<Known> = {}): Known {
  return {
    sizeBytes: 0,
    guid: 'urn:uuid:1',
    revision: 1,
    versionAt: 2000,
    updatedAt: 2000,
    fingerprint: 'old',
    publishedAt: 1000,
    topics: [],
    status: 'published',
    corrections: [],
    simhash: null,
    ...fields,
  }
}

const now = 9000

describe('an article that is not known', () => {
  it('is created, updated when its publisher last touched it', ({ expect }) => {
    const decision = decide(null, publication(2000), now)
    expect(decision).toMatchObject({ outcome: 'created', next: { updatedAt: 2000 } })
  })

  it('is remembered when it is retracted', ({ expect }) => {
    const decision = decide(null, withdrawal(2000), now)
    expect(decision).toMatchObject({
      outcome: 'retracted',
      next: { status: 'retracted', versionAt: 2000, content: { title: '' } },
    })
  })
})

describe('a published article', () => {
  it('is unchanged by the same content, and nothing is written', ({ expect }) => {
    const same = { fingerprint: 'old' }
    expect(decide(known(), publication(2000, same), now)).toEqual({
      outcome: 'unchanged',
      next: null,
    })
    expect(decide(known(), publication(1500, same), now)).toEqual({
      outcome: 'unchanged',
      next: null,
    })
  })

  it('remembers a newer version with the same content, so that one in between is stale', ({
    expect,
  }) => {
    const decision = decide(known(), publication(3000, { fingerprint: 'old' }), now)
    expect(decision).toMatchObject({
      outcome: 'unchanged',
      next: { versionAt: 3000, updatedAt: 2000, content: null },
    })
  })

  it('is updated by a newer version, at the date of that version', ({ expect }) => {
    const decision = decide(known(), publication(3000), now)
    expect(decision).toMatchObject({ outcome: 'updated', next: { updatedAt: 3000 } })
  })

  it('is updated by other content of the same version, and its date moves all the same', ({
    expect,
  }) => {
    const decision = decide(known(), publication(2000), now)
    expect(decision).toMatchObject({ outcome: 'updated', next: { updatedAt: now } })
  })

  it('is never given an older date than it had by an equal version', ({ expect }) => {
    const decision = decide(known({ updatedAt: now + 5 }), publication(2000), now)
    expect(decision).toMatchObject({ outcome: 'updated', next: { updatedAt: now + 6 } })
  })

  it('is given the date of a newer version, whatever version was before', ({ expect }) => {
    for (const versionAt of [0, 1500, 2999]) {
      const decision = decide(known({ versionAt, updatedAt: versionAt }), publication(3000), now)
      expect(decision.next?.updatedAt).toBe(3000)
    }
  })

  it('is not given an older date by a newer version than it had by its arrival', ({ expect }) => {
    const arrived = known({ versionAt: 0, publishedAt: 1000, updatedAt: now })
    expect(decide(arrived, publication(3000), now).next?.updatedAt).toBe(now + 1)
  })

  it('is never dated before its publication', ({ expect }) => {
    const ahead = { ...content, publishedAt: now + 5000 }
    expect(decide(known(), publication(2000, { content: ahead }), now).next?.updatedAt).toBe(
      now + 5000
    )
  })

  it('takes a correction from an older version all the same', ({ expect }) => {
    const decision = decide(known(), publication(1500, { correction: 'Sửa số liệu.' }), now)
    expect(decision.outcome).toBe('stale')
    expect(decision.next).toMatchObject({
      content: null,
      corrections: [{ correctedAt: 1500, text: 'Sửa số liệu.' }],
    })
  })

  it('keeps its newest twenty corrections, and sending an older one again changes nothing', ({
    expect,
  }) => {
    const corrections = Array.from({ length: 20 }, (_, index) => ({
      correctedAt: 3000 + index,
      text: `Sửa ${index}`,
    }))
    const old = publication(1500, { correction: 'Cũ', fingerprint: 'old' })
    expect(decide(known({ corrections }), old, now)).toEqual({ outcome: 'unchanged', next: null })
    const newer = decide(known({ corrections }), publication(4000, { correction: 'Mới' }), now)
    expect(newer.next?.corrections.map((each) => each.text)).toEqual([
      ...corrections.slice(1).map((each) => each.text),
      'Mới',
    ])
  })

  it('is left alone by an older version', ({ expect }) => {
    expect(decide(known(), publication(1999), now)).toEqual({ outcome: 'stale', next: null })
    expect(decide(known(), withdrawal(1999), now)).toEqual({ outcome: 'stale', next: null })
  })

  it('is retracted by a retraction as old as itself or newer', ({ expect }) => {
    expect(decide(known(), withdrawal(2000), now).outcome).toBe('retracted')
    expect(decide(known(), withdrawal(2001), now).outcome).toBe('retracted')
  })
})

describe('a retracted article', () => {
  const retracted = known({ status: 'retracted' })

  it('stays so whatever is published without a later date_modified', ({ expect }) => {
    for (const change of [
      publication(1999),
      publication(2000),
      publication(now, { isDated: false }),
    ]) {
      expect(decide(retracted, change, now)).toEqual({ outcome: 'retracted', next: null })
    }
  })

  it('comes back with a later date_modified', ({ expect }) => {
    const decision = decide(retracted, publication(2001), now)
    expect(decision).toMatchObject({
      outcome: 'updated',
      next: { status: 'published', content, updatedAt: 2001 },
    })
  })

  it('is not retracted twice at the same moment', ({ expect }) => {
    expect(decide(retracted, withdrawal(2000), now)).toEqual({ outcome: 'retracted', next: null })
  })

  it('remembers a later retraction, so that what was published in between stays out', ({
    expect,
  }) => {
    const decision = decide(retracted, withdrawal(3000), now)
    expect(decision).toMatchObject({
      outcome: 'retracted',
      next: { status: 'retracted', versionAt: 3000 },
    })
  })
})

it('a date is left as it is as long as clocks may differ so much, and counts as now further ahead', ({
  expect,
}) => {
  expect(plausible(12, 1000)).toBe(12)
  expect(plausible(1300, 1000)).toBe(1300)
  expect(plausible(1301, 1000)).toBe(1000)
})

describe('a clock that runs ahead', () => {
  it('does not bring a retracted article back when an old post is repeated', ({ expect }) => {
    const published = decide(null, publication(now + 120), now)
    const known1 = known({ versionAt: now + 120 })
    expect(published.next?.versionAt).toBe(now + 120)
    expect(decide(known1, withdrawal(now + 125), now + 1).outcome).toBe('retracted')
    const retracted1 = known({ status: 'retracted', versionAt: now + 125 })
    expect(decide(retracted1, publication(now + 120), now + 2).outcome).toBe('retracted')
  })

  it('does not keep a retraction without a date from being the newest', ({ expect }) => {
    const undated = { kind: 'retract', note: null, versionAt: null } as const
    const decision = decide(known({ versionAt: now + 200 }), undated, now)
    expect(decision).toMatchObject({ outcome: 'retracted', next: { versionAt: now + 200 } })
  })
})
