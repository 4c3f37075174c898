import { describe, it } from 'vitest'

import type { ArticleContent } from '../../src/articles/article.ts'
import {
  decide,
  versionOf,
  type Known,
  type Publication,
  type Withdrawal,
} from '../../src/ingest/decide.ts'

const content: ArticleContent = {
  url: 'https://bao.example/1',
  title: 'Tin',
  summary: '',
  contentHtml: '<p>Tin</p>',
  language: null,
  publishedAt: 1000,
  utcOffsetMinutes: 420,
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
    sizeBytes: 0,
    fingerprint: 'new',
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
    guid: 'urn:uuid:1',
    revision: 1,
    versionAt: 2000,
    updatedAt: 2000,
    fingerprint: 'old',
    publishedAt: 1000,
    topics: [],
    retractedAt: null,
    ...fields,
  }
}

const now = 9000

describe('an article that is not known', () => {
  it('is created, updated when its publisher last touched it', ({ expect }) => {
    const decision = decide(null, publication(2000), now)
    expect(decision).toMatchObject({ outcome: 'created', write: { updatedAt: 2000 } })
  })

  it('is remembered when it is retracted', ({ expect }) => {
    const decision = decide(null, withdrawal(2000), now)
    expect(decision).toMatchObject({
      outcome: 'retracted',
      write: { kind: 'retraction', at: 2000 },
    })
  })
})

describe('a published article', () => {
  it('is unchanged by the same content, and nothing is written', ({ expect }) => {
    const same = { fingerprint: 'old' }
    expect(decide(known(), publication(2000, same), now)).toEqual({
      outcome: 'unchanged',
      write: null,
    })
    expect(decide(known(), publication(1500, same), now)).toEqual({
      outcome: 'unchanged',
      write: null,
    })
  })

  it('remembers a newer version with the same content, so that one in between is stale', ({
    expect,
  }) => {
    const decision = decide(known(), publication(3000, { fingerprint: 'old' }), now)
    expect(decision).toEqual({ outcome: 'unchanged', write: { kind: 'version', versionAt: 3000 } })
  })

  it('is updated by a newer version, at the date of that version', ({ expect }) => {
    const decision = decide(known(), publication(3000), now)
    expect(decision).toMatchObject({ outcome: 'updated', write: { updatedAt: 3000 } })
  })

  it('is updated by other content of the same version, and its date moves all the same', ({
    expect,
  }) => {
    const decision = decide(known(), publication(2000), now)
    expect(decision).toMatchObject({ outcome: 'updated', write: { updatedAt: now } })
  })

  it('is never given an older date than it had', ({ expect }) => {
    const decision = decide(known({ updatedAt: now + 5 }), publication(2000), now)
    expect(decision).toMatchObject({ outcome: 'updated', write: { updatedAt: now + 6 } })
  })

  it('is left alone by an older version', ({ expect }) => {
    expect(decide(known(), publication(1999), now)).toEqual({ outcome: 'stale', write: null })
    expect(decide(known(), withdrawal(1999), now)).toEqual({ outcome: 'stale', write: null })
  })

  it('is retracted by a retraction as old as itself or newer', ({ expect }) => {
    expect(decide(known(), withdrawal(2000), now).outcome).toBe('retracted')
    expect(decide(known(), withdrawal(2001), now).outcome).toBe('retracted')
  })
})

describe('a retracted article', () => {
  const retracted = known({ retractedAt: 2000 })

  it('stays so whatever is published without a later date_modified', ({ expect }) => {
    for (const change of [
      publication(1999),
      publication(2000),
      publication(now, { isDated: false }),
    ]) {
      expect(decide(retracted, change, now)).toEqual({ outcome: 'retracted', write: null })
    }
  })

  it('comes back with a later date_modified', ({ expect }) => {
    const decision = decide(retracted, publication(2001), now)
    expect(decision).toMatchObject({
      outcome: 'updated',
      write: { kind: 'content', updatedAt: 2001 },
    })
  })

  it('is not retracted twice at the same moment', ({ expect }) => {
    expect(decide(retracted, withdrawal(2000), now)).toEqual({ outcome: 'retracted', write: null })
  })

  it('remembers a later retraction, so that what was published in between stays out', ({
    expect,
  }) => {
    const decision = decide(retracted, withdrawal(3000), now)
    expect(decision).toMatchObject({ outcome: 'retracted', write: { at: 3000 } })
  })
})

describe('the version of a publication', () => {
  const dates = { modifiedAt: null, updateHappenedAt: null, publishedAt: 10 }

  it('is date_modified, else the time of the update, else date_published', ({ expect }) => {
    expect(versionOf({ ...dates, modifiedAt: 12, updateHappenedAt: 14 }, 30)).toBe(12)
    expect(versionOf({ ...dates, updateHappenedAt: 14 }, 30)).toBe(14)
    expect(versionOf(dates, 30)).toBe(10)
  })

  it('is never in the future, or no later version would ever pass', ({ expect }) => {
    expect(versionOf({ ...dates, modifiedAt: 99 }, 30)).toBe(30)
    expect(versionOf({ ...dates, updateHappenedAt: 99 }, 30)).toBe(30)
    expect(versionOf({ ...dates, publishedAt: 99 }, 30)).toBe(30)
  })
})
