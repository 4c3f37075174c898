import { describe, it } from 'vitest'

import { finding, inWords, wordings, type FindingCode } from '../../src/ingest/findings.ts'

describe('a finding', () => {
  it('is said in English and in Vietnamese, each with the same details and other words', ({
    expect,
  }) => {
    const placeholders = (text: string) => (text.match(/\{\w+\}/g) ?? []).toSorted()
    for (const [code, wording] of Object.entries(wordings)) {
      expect(placeholders(wording.vi), code).toEqual(placeholders(wording.en))
      expect(wording.vi, code).not.toBe(wording.en)
      expect(wording.vi, code).toMatch(/[ăâđêôơưáàảãạ]/i)
      expect(wording.vi.normalize('NFC'), code).toBe(wording.vi)
    }
  })

  it('carries its details into the words, and nothing else', ({ expect }) => {
    const found = finding('title-short', '/data/title', { length: 5, min: 20 })
    expect(inWords(found, 'en')).toEqual({
      level: 'warning',
      pointer: '/data/title',
      code: 'title-short',
      message: 'The title has 5 characters; some partners refuse titles under 20.',
    })
    expect(inWords(found, 'vi').message).toBe(
      'Tít chỉ có 5 ký tự; một số đối tác từ chối tít dưới 20 ký tự.'
    )
  })

  it('takes what a publisher wrote as it is, not as a pattern', ({ expect }) => {
    const found = finding('url-resolved', '/data/image', { url: 'https://a.example/$&$1{url}' })
    expect(inWords(found, 'en').message).toBe('Made absolute: https://a.example/$&$1{url}')
  })
})

it('every code is a name that can be put into an address', ({ expect }) => {
  const codes: FindingCode[] = Object.keys(wordings) as FindingCode[]
  for (const code of codes) expect(code).toMatch(/^[a-z]+(?:-[a-z]+)*$/)
})
