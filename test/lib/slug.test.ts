import { describe, it } from 'vitest'

import { slugOf } from '../../src/lib/slug.ts'
import * as fc from '../support/fast-check.ts'

const anyName = fc.string({ unit: 'binary', maxLength: 150 })
const letters = fc.string({
  unit: fc.constantFrom(
    ...Array.from('aAđĐếẾươ\u0301\u0323\u0E34กΣσßİıǽ中가ᄀ\u1161हि-–_ .1①½ﬁ𝐀\u200D'),
    '\u{11107}',
    '\u{11127}'
  ),
  maxLength: 150,
})

describe('the slug of a Vietnamese name', () => {
  it('has neither marks nor đ', ({ expect }) => {
    const slugs = {
      'Kinh tế': 'kinh-te',
      'Đảng bộ': 'dang-bo',
      ĐƯỜNG: 'duong',
      đường: 'duong',
      'Thời sự': 'thoi-su',
      'Quốc phòng – An ninh': 'quoc-phong-an-ninh',
      'Giáo dục & Đào tạo': 'giao-duc-dao-tao',
      'Y tế, sức khỏe': 'y-te-suc-khoe',
      'TP. Vĩnh Lam': 'tp-vinh-lam',
    }
    for (const [name, slug] of Object.entries(slugs)) expect(slugOf(name)).toBe(slug)
  })

  it('is the same for composed and decomposed letters', ({ expect }) => {
    for (const name of ['Kinh tế', 'Đảng bộ', 'Nghĩa tình ở Vĩnh Lam', 'Ỷ Ặ ữ ợ']) {
      expect(slugOf(name.normalize('NFD'))).toBe(slugOf(name.normalize('NFC')))
    }
  })

  it('is the same whichever of two marks was typed first', ({ expect }) => {
    expect(slugOf('ê\u0323')).toBe(slugOf('e\u0323\u0302'))
    expect(slugOf('ê\u0323')).toBe('e')
  })

  it('tells names apart that differ in more than marks', ({ expect }) => {
    expect(slugOf('Kinh tế số')).not.toBe(slugOf('Kinh tế'))
    expect(slugOf('Đo')).not.toBe(slugOf('Đô thị'))
  })
})

describe('the slug of a name in another script', () => {
  it('folds the Latin letters that decompose and those that do not', ({ expect }) => {
    const slugs = {
      Łódź: 'lodz',
      'Øre & Åre': 'ore-are',
      Straße: 'strasse',
      STRAẞE: 'strasse',
      Œuvre: 'oeuvre',
      Ægir: 'aegir',
      Ǽ: 'ae',
      'Þór Ðan': 'thor-dan',
      Ħamrun: 'hamrun',
      İstanbul: 'istanbul',
      ılık: 'ilik',
      'L’été': 'l-ete',
    }
    for (const [name, slug] of Object.entries(slugs)) expect(slugOf(name)).toBe(slug)
  })

  it('keeps every letter, vowel and tone of scripts without case', ({ expect }) => {
    const slugs = {
      การเมือง: 'การเมือง',
      'กินข้าว ที่นี่': 'กินข้าว-ที่นี่',
      'हिन्दी समाचार': 'हिन्दी-समाचार',
      中文新闻: '中文新闻',
      経済ニュース: '経済ニュース',
      がぎぐ: 'がぎぐ',
      '한국 뉴스': '한국-뉴스',
      'أخبار اليوم': 'أخبار-اليوم',
      'חדשות היום': 'חדשות-היום',
    }
    for (const [name, slug] of Object.entries(slugs)) expect(slugOf(name)).toBe(slug)
  })

  it('keeps the vowel signs of scripts beyond the basic plane', ({ expect }) => {
    const name = '\u{1110C}\u{1110B}\u{11134}\u{11127}'
    expect(slugOf(name)).toBe(name)
  })

  it('lowers Cyrillic and Greek, and takes their marks off', ({ expect }) => {
    expect(slugOf('Новости дня')).toBe('новости-дня')
    expect(slugOf('Йод и Ёж')).toBe('иод-и-еж')
    expect(slugOf('Ελλάδα')).toBe('ελλαδα')
  })

  it('is the same for composed and decomposed letters of any script', ({ expect }) => {
    fc.assert(
      fc.property(fc.oneof(anyName, letters), (name) => {
        expect(slugOf(name.normalize('NFD'))).toBe(slugOf(name.normalize('NFC')))
      })
    )
  })
})

describe('what is no letter', () => {
  it('comes to one hyphen between words and none at the ends', ({ expect }) => {
    expect(slugOf('  …Kinh -- tế / xã_hội!  ')).toBe('kinh-te-xa-hoi')
  })

  it('leaves digits of every kind as digits', ({ expect }) => {
    expect(slugOf('Tin 24/7')).toBe('tin-24-7')
    expect(slugOf('①②')).toBe('12')
    expect(slugOf('1\uFE0F\u20E3')).toBe('1')
  })

  it('gives an empty slug when there is nothing else', ({ expect }) => {
    for (const name of ['', ' ', '-', '…!?', '😀👍🏽', '\u0301', '\u0E34', '\uD800', '\u200B']) {
      expect(slugOf(name)).toBe('')
    }
  })

  it('never lets a path separator, a dot, a space or a percent sign through', ({ expect }) => {
    expect(slugOf('../../etc/passwd')).toBe('etc-passwd')
    expect(slugOf('a%2Fb?c#d&e=f')).toBe('a-2fb-c-d-e-f')
    fc.assert(
      fc.property(anyName, (name) => {
        expect(slugOf(name)).not.toMatch(/[\s./\\%?#&<>"'_:;\p{C}]|^-|-$|--/u)
      })
    )
  })
})

describe('every slug', () => {
  it('is its own slug', ({ expect }) => {
    fc.assert(
      fc.property(fc.oneof(anyName, letters), (name) => {
        expect(slugOf(slugOf(name))).toBe(slugOf(name))
      }),
      { numRuns: 1000 }
    )
  })

  it('has at most 100 characters and no half of one', ({ expect }) => {
    expect(slugOf('a'.repeat(101))).toBe('a'.repeat(100))
    expect(slugOf('𠀀'.repeat(101))).toBe('𠀀'.repeat(100))
    fc.assert(
      fc.property(fc.oneof(anyName, letters), (name) => {
        const slug = slugOf(name.repeat(3))
        expect(Array.from(slug).length).toBeLessThanOrEqual(100)
        expect(slug.isWellFormed()).toBe(true)
      })
    )
  })

  it('does not end in a hyphen where it was cut', ({ expect }) => {
    expect(slugOf(`${'a'.repeat(99)} bcd`)).toBe('a'.repeat(99))
  })

  it('is the same in upper and lower case', ({ expect }) => {
    for (const name of ['Kinh tế', 'Đảng bộ', 'Straße', 'Новости', 'Ægir']) {
      expect(slugOf(name.toUpperCase())).toBe(slugOf(name.toLowerCase()))
    }
  })
})
