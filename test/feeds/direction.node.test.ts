import { describe, it } from 'vitest'

import { directed, isRightToLeft } from '../../src/feeds/direction.ts'

describe('isRightToLeft', () => {
  it('knows by its usual script how a language is written', ({ expect }) => {
    for (const language of ['ar', 'he', 'fa-AF', 'ur', 'yi', 'ps', 'ckb', 'dv', 'ug', 'az-IR']) {
      expect(isRightToLeft(language), language).toBe(true)
    }
    for (const language of ['vi', 'en-GB', 'zh-Hant-TW', 'az', 'ku', 'ja', 'und', 'ff']) {
      expect(isRightToLeft(language), language).toBe(false)
    }
  })

  it('goes by the script that a tag names, before the usual one', ({ expect }) => {
    for (const language of ['az-Arab', 'pa-Arab-PK', 'ff-Adlm', 'ku-Arab']) {
      expect(isRightToLeft(language), language).toBe(true)
    }
    for (const language of ['ar-Latn', 'ug-Cyrl-KZ', 'yi-Latn']) {
      expect(isRightToLeft(language), language).toBe(false)
    }
  })
})

describe('directed', () => {
  const body = '<p>نص</p>'

  it('says the direction of a body that runs from right to left, and its language', ({
    expect,
  }) => {
    expect(directed(body, 'ar')).toBe(`<div dir="rtl" lang="ar">${body}</div>`)
  })

  it('leaves every other body as it is', ({ expect }) => {
    for (const language of ['vi', null]) expect(directed(body, language)).toBe(body)
    expect(directed('', 'ar')).toBe('')
  })

  it('adds nothing to a body that says it itself, all of it', ({ expect }) => {
    const own = ['<div dir="rtl"><p>نص</p></div>', '<div lang="ar" dir="auto">نص</div>']
    for (const html of own) expect(directed(html, 'ar')).toBe(html)
  })

  it('adds it where only a part of a body says it', ({ expect }) => {
    const parts = [
      '<p dir="rtl">a</p>',
      '<div dir="rtl">a</div><p>b</p>',
      '<div dir="rtl">a</div><div dir="rtl">b</div>',
      '<div lang="ar">a</div>',
    ]
    for (const html of parts) {
      expect(directed(html, 'ar')).toBe(`<div dir="rtl" lang="ar">${html}</div>`)
    }
  })

  it('changes nothing when its own result comes back, as from another wire', ({ expect }) => {
    expect(directed(directed(body, 'he'), 'he')).toBe(directed(body, 'he'))
  })
})
