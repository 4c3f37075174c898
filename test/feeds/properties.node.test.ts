// Whatever stands in a field: the document is well-formed, and what is read back is what was written.

import { describe, it } from 'vitest'

import { writeAtom } from '../../src/feeds/atom.ts'
import { writeJson } from '../../src/feeds/json.ts'
import { writeRss } from '../../src/feeds/rss.ts'
import { entry, feed, line } from '../support/arbitrary-feed.ts'
import * as fc from '../support/fast-check.ts'
import {
  asHtml,
  inXml,
  readAtom,
  readRss,
  saidInAtom,
  saidInJson,
  saidInRss,
} from '../support/read-back.ts'
import { emptyElementsOf, heldByXml, parseXml } from '../support/xml.ts'

describe('whatever stands in the fields of a feed', () => {
  it('RSS is well-formed and says every field as it was, but for what XML cannot hold', ({
    expect,
  }) => {
    fc.assert(
      fc.property(feed, (given) => {
        expect(readRss(parseXml(writeRss(given)))).toEqual(inXml(saidInRss(given)))
      }),
      { numRuns: 300 }
    )
  })

  it('Atom is well-formed and says every field as it was, but for what XML cannot hold', ({
    expect,
  }) => {
    fc.assert(
      fc.property(feed, (given) => {
        expect(readAtom(parseXml(writeAtom(given)))).toEqual(inXml(saidInAtom(given)))
      }),
      { numRuns: 300 }
    )
  })

  it('JSON Feed is JSON and says every field exactly as it was', ({ expect }) => {
    fc.assert(
      fc.property(feed, (given) => {
        expect(JSON.parse(writeJson(given))).toEqual(saidInJson(given))
      }),
      { numRuns: 300 }
    )
  })

  it('no element is empty and no attribute is, even where all of a text had to be dropped', ({
    expect,
  }) => {
    const nothing = fc.constantFrom('', '\0', '\uFFFF\u0001')
    fc.assert(
      fc.property(feed, entry, nothing, (given, one, blank) => {
        const blankEntry = {
          ...one,
          summary: blank,
          contentHtml: blank,
          language: blank,
          rights: `${blank}\0`,
          image: { url: one.url, alt: blank, caption: blank, credit: blank, mimeType: blank },
          attachments: [{ url: one.url, mimeType: blank, title: blank }],
        }
        const blanked = {
          ...given,
          rights: blank,
          icon: blank,
          entries: [blankEntry],
          deleted: given.deleted.map((deleted) => ({ ...deleted, note: blank })),
        }
        for (const document of [writeRss(blanked), writeAtom(blanked)]) {
          expect(emptyElementsOf(parseXml(document))).toEqual([])
        }
      })
    )
  })
})

describe('one field at a time', () => {
  // A mix-up of two fields, or a field whose escaping was forgotten, is named here.
  const lineFields = ['title', 'summary', 'url', 'guid'] as const

  for (const field of lineFields) {
    it(`an entry's ${field} is read back from RSS, Atom and JSON Feed alike`, ({ expect }) => {
      fc.assert(
        fc.property(feed, entry, line, (given, base, value) => {
          const one = { ...given, entries: [{ ...base, [field]: value }] }
          const rss = readRss(parseXml(writeRss(one))).items[0]
          const atom = readAtom(parseXml(writeAtom(one))).entries[0]
          const held = heldByXml(value)
          // RSS alone has its summary as HTML.
          const inRss = field === 'summary' ? asHtml(held) : held
          expect([rss?.[field], atom?.[field]]).toEqual([inRss, held])
          const jsonName = field === 'guid' ? 'id' : field
          expect(firstJsonItem(writeJson(one))[jsonName]).toBe(value)
        })
      )
    })
  }

  it('a body is read back from RSS, Atom and JSON Feed alike', ({ expect }) => {
    fc.assert(
      fc.property(feed, entry, line, (given, base, contentHtml) => {
        const one = { ...given, entries: [{ ...base, contentHtml }] }
        expect(readRss(parseXml(writeRss(one))).items[0]?.body).toBe(heldByXml(contentHtml))
        expect(readAtom(parseXml(writeAtom(one))).entries[0]?.body).toBe(heldByXml(contentHtml))
        expect(firstJsonItem(writeJson(one))['content_html']).toBe(contentHtml)
      })
    )
  })
})

function firstJsonItem(document: string): Record<string, unknown> {
  const { items }: { items: Record<string, unknown>[] } = JSON.parse(document)
  return items[0] ?? {}
}
