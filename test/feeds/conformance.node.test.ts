// One test a clause of the standards, on every golden feed unless it says otherwise.

import { describe, it } from 'vitest'

import { writeAtom } from '../../src/feeds/atom.ts'
import { linkOf, type Feed } from '../../src/feeds/feed.ts'
import { writeJson } from '../../src/feeds/json.ts'
import { writeRss } from '../../src/feeds/rss.ts'
import { caseNames, feedCases, type CaseName } from '../support/feed-cases.ts'
import { entryWith, feedWith, updatedAt } from '../support/feed.ts'
import { goldenNames, readGolden } from '../support/golden.ts'
import {
  childOf,
  childrenOf,
  elementsOf,
  emptyElementsOf,
  parseXml,
  textOf,
  type XmlElement,
} from '../support/xml.ts'

// Of the hostile feed the writers cannot make addresses, ids and media types what they are not.
const soundCases = caseNames.filter((name) => name !== 'hostile')

type AtomCase = { name: CaseName; feed: Feed; atom: XmlElement; entries: XmlElement[] }

function atomCase(name: CaseName): AtomCase {
  const feed = feedCases[name]('atom')
  const atom = parseXml(writeAtom(feed))
  return { name, feed, atom, entries: childrenOf(atom, 'atom:entry') }
}

const atomCases = caseNames.map(atomCase)
const soundAtomCases = soundCases.map(atomCase)

type RssCase = {
  name: CaseName
  feed: Feed
  rss: XmlElement
  channel: XmlElement
  items: XmlElement[]
}

function rssCase(name: CaseName): RssCase {
  const feed = feedCases[name]('rss')
  const rss = parseXml(writeRss(feed))
  const channel = childOf(rss, 'channel')
  return { name, feed, rss, channel, items: childrenOf(channel, 'item') }
}

const rssCases = caseNames.map(rssCase)
const soundRssCases = soundCases.map(rssCase)

type Members = Readonly<Record<string, unknown>>
type JsonDocument = Members & { readonly items: readonly Members[] }

function jsonCase(name: CaseName) {
  const feed = feedCases[name]('json')
  const json: JsonDocument = JSON.parse(writeJson(feed))
  return { name, feed, json }
}

const jsonCases = caseNames.map(jsonCase)
const soundJsonCases = soundCases.map(jsonCase)

const rfc3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:Z|[+-]\d{2}:\d{2})$/
const mediaType = /^[\w.+-]+\/[\w.+-]+$/

function namesIn(element: XmlElement): string[] {
  return element.children.map(({ name }) => name)
}

function countOf(element: XmlElement, name: string): number {
  return childrenOf(element, name).length
}

/** The names of which the element has more than one. */
function repeatedIn(element: XmlElement, names: readonly string[]): string[] {
  return names.filter((name) => countOf(element, name) > 1)
}

function linksOf(element: XmlElement, rel: string): XmlElement[] {
  return childrenOf(element, 'atom:link').filter(({ attributes }) => attributes['rel'] === rel)
}

function everyNamed(root: XmlElement, name: RegExp): XmlElement[] {
  return elementsOf(root).filter((element) => name.test(element.name))
}

describe('RFC 4287, the Atom Syndication Format', () => {
  it('§2: the document is well-formed XML in UTF-8 whose root is atom:feed', ({ expect }) => {
    for (const { feed, atom } of atomCases) {
      expect(writeAtom(feed)).toMatch(/^<\?xml version="1\.0" encoding="utf-8"\?>\n<feed /)
      expect(atom.name).toBe('atom:feed')
    }
  })

  it('§2: xml:lang says the language of the feed, and again only on an entry in another', ({
    expect,
  }) => {
    const feed = feedWith({
      language: 'vi',
      entries: [entryWith({ language: 'vi' }), entryWith({ language: 'en-GB' })],
    })
    const languages = elementsOf(parseXml(writeAtom(feed)))
      .filter(({ attributes }) => 'xml:lang' in attributes)
      .map(({ name, attributes }) => [name, attributes['xml:lang']])
    expect(languages).toEqual([
      ['atom:feed', 'vi'],
      ['atom:entry', 'en-GB'],
    ])
  })

  it('§2: a feed whose language nobody said has no xml:lang', ({ expect }) => {
    const feed = feedWith({ language: null, entries: [entryWith({ language: null })] })
    expect(writeAtom(feed)).not.toContain('xml:lang')
  })

  it('§3.1.1.1: titles, summaries and rights are plain text: no markup and no type that promises it', ({
    expect,
  }) => {
    const texts = /^atom:(?:title|subtitle|summary|rights)$/
    for (const { atom } of atomCases) {
      const elements = everyNamed(atom, texts)
      expect(elements.filter(({ children }) => children.length > 0)).toEqual([])
      const types = elements.map(({ attributes }) => attributes['type'] ?? 'text')
      expect(new Set(types)).toEqual(new Set(['text']))
    }
  })

  it('§3.2.1: a person has exactly one name', ({ expect }) => {
    for (const { atom } of atomCases) {
      const persons = everyNamed(atom, /^atom:author$/)
      expect(persons.length).toBeGreaterThan(0)
      for (const person of persons) expect(textOf(person, 'atom:name')).not.toBeNull()
    }
  })

  it('§3.2.2: a person has at most one uri, and it is an IRI', ({ expect }) => {
    for (const { atom } of soundAtomCases) {
      for (const person of everyNamed(atom, /^atom:author$/)) {
        const uri = textOf(person, 'atom:uri')
        expect(uri === null || URL.canParse(uri)).toBe(true)
      }
    }
  })

  it('§3.2.3: nobody’s e-mail address is given away', ({ expect }) => {
    for (const { atom } of atomCases) expect(everyNamed(atom, /^atom:email$/)).toEqual([])
  })

  it('§3.3: dates are RFC 3339 with an upper-case T and Z and nothing around them', ({
    expect,
  }) => {
    for (const { atom } of atomCases) {
      const dates = everyNamed(atom, /^atom:(?:updated|published)$/)
      expect(dates.length).toBeGreaterThan(0)
      for (const { text } of dates) expect(text).toMatch(rfc3339)
    }
  })

  for (const name of ['atom:id', 'atom:title', 'atom:updated']) {
    it(`§4.1.1: a feed has exactly one ${name}`, ({ expect }) => {
      for (const { atom } of atomCases) expect(countOf(atom, name)).toBe(1)
    })
  }

  it('§4.1.1: a feed has at most one generator, icon, logo, rights and subtitle', ({ expect }) => {
    const once = ['generator', 'icon', 'logo', 'rights', 'subtitle'].map((name) => `atom:${name}`)
    for (const { atom } of atomCases) expect(repeatedIn(atom, once)).toEqual([])
  })

  it('§4.1.1: a feed has an author, who stands for the entries that name none', ({ expect }) => {
    for (const { feed, atom } of soundAtomCases) {
      expect(textOf(childOf(atom, 'atom:author'), 'atom:name')).toBe(feed.author.name)
    }
  })

  it('§4.1.1: a feed links to itself once, by the address it was asked for', ({ expect }) => {
    for (const { feed, atom } of soundAtomCases) {
      const self = linkOf(feed, 'self')
      const hrefs = linksOf(atom, 'self').map(({ attributes }) => attributes['href'])
      expect(hrefs).toEqual(self === null ? [] : [self])
    }
  })

  it('§4.1.1: no two alternates of a feed or an entry are of the same type and language', ({
    expect,
  }) => {
    for (const { atom, entries } of atomCases) {
      for (const element of [atom, ...entries]) {
        expect(linksOf(element, 'alternate')).toHaveLength(1)
      }
    }
  })

  for (const name of ['atom:id', 'atom:title', 'atom:updated']) {
    it(`§4.1.2: an entry has exactly one ${name}`, ({ expect }) => {
      for (const { entries } of atomCases) {
        for (const entry of entries) expect(countOf(entry, name)).toBe(1)
      }
    })
  }

  it('§4.1.2: an entry has at most one content, published, rights, source and summary', ({
    expect,
  }) => {
    const names = ['content', 'published', 'rights', 'source', 'summary']
    const once = names.map((name) => `atom:${name}`)
    for (const { entries } of atomCases) {
      for (const entry of entries) expect(repeatedIn(entry, once)).toEqual([])
    }
  })

  it('§4.1.2: an entry without an author has one in its source, or its feed has one', ({
    expect,
  }) => {
    for (const { atom, entries } of atomCases) {
      for (const entry of entries) {
        const places = [entry, ...childrenOf(entry, 'atom:source'), atom]
        expect(places.some((place) => countOf(place, 'atom:author') > 0)).toBe(true)
      }
    }
  })

  it('§4.1.2: an entry without content has an alternate link and no empty content', ({
    expect,
  }) => {
    const feed = feedWith({ entries: [entryWith({ contentHtml: '' })] })
    const entry = childOf(parseXml(writeAtom(feed)), 'atom:entry')
    expect(countOf(entry, 'atom:content')).toBe(0)
    expect(linksOf(entry, 'alternate')).toHaveLength(1)
  })

  it('§4.1.3.3: content of type html is escaped: markup in it makes no element', ({ expect }) => {
    for (const { entries } of atomCases) {
      for (const content of entries.flatMap((entry) => childrenOf(entry, 'atom:content'))) {
        expect(content.attributes).toEqual({ type: 'html' })
        expect(content.children).toEqual([])
      }
    }
  })

  it('§4.2.2: a category has a term, is of a scheme that is an IRI, and holds nothing', ({
    expect,
  }) => {
    for (const { feed, atom } of soundAtomCases) {
      for (const { attributes, children, text } of everyNamed(atom, /^atom:category$/)) {
        expect(attributes['term']).toMatch(/./)
        expect(attributes['scheme']).toBe(feed.topicsUrl)
        expect([children, text]).toEqual([[], ''])
      }
    }
  })

  it('§4.2.6: ids are absolute IRIs, written character by character as they were minted', ({
    expect,
  }) => {
    for (const { feed, atom, entries } of soundAtomCases) {
      expect(textOf(atom, 'atom:id')).toBe(feed.id)
      expect(entries.map((entry) => textOf(entry, 'atom:id'))).toEqual(
        feed.entries.map(({ guid }) => guid)
      )
      for (const { text } of everyNamed(atom, /^atom:id$/))
        expect(text).toMatch(/^[a-z][a-z0-9+.-]*:\S+$/i)
    }
  })

  it('§4.2.6: an id stays when title, address, dates and body change', ({ expect }) => {
    const before = entryWith()
    const after = {
      ...before,
      title: 'Another title',
      url: 'https://moved.example/1',
      contentHtml: '<p>Another body</p>',
      updatedAt: updatedAt + 60,
    }
    const [idBefore, idAfter] = [before, after].map((entry) =>
      textOf(childOf(parseXml(writeAtom(feedWith({ entries: [entry] }))), 'atom:entry'), 'atom:id')
    )
    expect(idAfter).toBe(idBefore)
  })

  it('§4.2.7.1: every link has an href that is absolute', ({ expect }) => {
    for (const { atom } of soundAtomCases) {
      const links = everyNamed(atom, /^atom:link$/)
      expect(links.length).toBeGreaterThan(0)
      for (const { attributes } of links) expect(URL.canParse(attributes['href'] ?? '')).toBe(true)
    }
  })

  it('§4.2.7.2: every link has a relation that IANA has registered', ({ expect }) => {
    const registered =
      /^(?:alternate|self|hub|via|enclosure|license|current|prev-archive|next-archive)$/
    for (const { atom } of atomCases) {
      for (const { attributes } of everyNamed(atom, /^atom:link$/)) {
        expect(attributes['rel']).toMatch(registered)
      }
    }
  })

  it('§4.2.7.3: the type of a link is a media type', ({ expect }) => {
    for (const { atom } of soundAtomCases) {
      for (const { attributes } of everyNamed(atom, /^atom:link$/)) {
        expect(attributes['type'] ?? 'absent/absent').toMatch(mediaType)
      }
    }
  })

  it('§4.2.7.6: the length of a link is a number of octets, absent when it is not known', ({
    expect,
  }) => {
    const lengths = soundAtomCases
      .flatMap(({ entries }) => entries)
      .flatMap((entry) => linksOf(entry, 'enclosure'))
      .map(({ attributes }) => attributes['length'])
    expect(lengths).toContain(undefined)
    for (const length of lengths) expect(length ?? '0').toMatch(/^\d+$/)
  })

  it('§4.2.9: published is the moment the article was published, whatever happened since', ({
    expect,
  }) => {
    for (const { feed, entries } of atomCases) {
      const found = entries.map((entry) => Date.parse(textOf(entry, 'atom:published') ?? '') / 1000)
      expect(found).toEqual(feed.entries.map(({ publishedAt }) => publishedAt))
    }
  })

  it('§4.2.11: the source of an entry has exactly one id, title and updated', ({ expect }) => {
    const { feed, entries } = atomCase('full')
    expect(entries).toHaveLength(3)
    entries.forEach((entry, index) => {
      const source = childOf(entry, 'atom:source')
      expect(textOf(source, 'atom:id')).toBe(feed.entries[index]?.source.id)
      expect(textOf(source, 'atom:title')).toBe(feed.entries[index]?.source.title)
      expect(textOf(source, 'atom:updated')).toBe(textOf(entry, 'atom:updated'))
    })
  })

  it('§4.2.11: the source keeps the author that an entry would lose, and holds no entries', ({
    expect,
  }) => {
    const { entries } = atomCase('full')
    for (const entry of entries) {
      const source = childOf(entry, 'atom:source')
      expect(countOf(source, 'atom:author')).toBe(1)
      expect(namesIn(source)).not.toContain('atom:entry')
    }
  })

  it('§4.2.11: an entry of the feed it comes from has no source', ({ expect }) => {
    const { atom } = atomCase('vietnamese')
    expect(everyNamed(atom, /^atom:source$/)).toEqual([])
  })

  it('§4.2.15: updated is the moment of the last change, of the feed and of each entry', ({
    expect,
  }) => {
    for (const { feed, atom, entries } of atomCases) {
      const moments = [atom, ...entries].map(
        (element) => Date.parse(textOf(element, 'atom:updated') ?? '') / 1000
      )
      expect(moments).toEqual([feed.updatedAt, ...feed.entries.map((entry) => entry.updatedAt)])
    }
  })

  it('§6: foreign markup is at:deleted-entry and fh:archive alone', ({ expect }) => {
    for (const { atom } of atomCases) {
      const foreign = elementsOf(atom).filter(({ name }) => !name.startsWith('atom:'))
      const known = /^(?:at:(?:deleted-entry|comment)|fh:archive)$/
      expect(foreign.filter(({ name }) => !known.test(name))).toEqual([])
    }
  })
})

describe('RFC 6721, deleted entries', () => {
  const { feed, atom, entries } = atomCase('full')
  const deleted = childrenOf(atom, 'at:deleted-entry')

  it('§3: a deleted-entry says in ref and when which entry was taken back, and when', ({
    expect,
  }) => {
    const found = deleted.map(({ attributes }) => [
      attributes['ref'],
      Date.parse(attributes['when'] ?? '') / 1000,
    ])
    expect(found).toEqual(feed.deleted.map(({ guid, deletedAt }) => [guid, deletedAt]))
    for (const { attributes } of deleted) {
      expect(Object.keys(attributes).toSorted()).toEqual(['ref', 'when'])
      expect(attributes['when']).toMatch(rfc3339)
    }
  })

  it('§3: deleted entries stand beside the entries, in the feed itself', ({ expect }) => {
    expect(everyNamed(atom, /^at:deleted-entry$/)).toEqual(deleted)
    expect(entries.length).toBeGreaterThan(0)
  })

  it('§3: no two deleted entries have the same ref and when', ({ expect }) => {
    const keys = deleted.map(({ attributes }) => `${attributes['ref']} ${attributes['when']}`)
    expect(new Set(keys).size).toBe(keys.length)
  })

  it('what is deleted is not also there, so that no reader has to compare dates', ({ expect }) => {
    const ids = entries.map((entry) => textOf(entry, 'atom:id'))
    for (const { attributes } of deleted) expect(ids).not.toContain(attributes['ref'])
  })

  it('§3: a note stands in one at:comment; without a note there is none', ({ expect }) => {
    expect(deleted.map((element) => textOf(element, 'at:comment'))).toEqual(
      feed.deleted.map(({ note }) => note)
    )
  })

  it('a feed from which nothing was taken back does not speak of it', ({ expect }) => {
    const document = writeAtom(feedCases.vietnamese('atom'))
    expect(document).not.toContain('tombstones')
    expect(document).not.toContain('deleted')
  })

  it('RSS has no place for what was taken back and does not mention it', ({ expect }) => {
    const document = writeRss(feedCases.full('rss'))
    for (const { guid, note } of feed.deleted) {
      expect(document).not.toContain(guid)
      if (note !== null) expect(document).not.toContain(note.slice(0, 10))
    }
  })
})

describe('RFC 5005, feed paging and archiving', () => {
  const archive = (extension: string) =>
    feedWith({
      links: [
        { rel: 'self', href: `https://loa.example/archive/6.${extension}` },
        { rel: 'current', href: `https://loa.example/feed.${extension}` },
        { rel: 'prev-archive', href: `https://loa.example/archive/5.${extension}` },
        { rel: 'next-archive', href: `https://loa.example/archive/7.${extension}` },
      ],
    })

  it('§4: the links of an archive stand once each in the feed, with the feed’s media type', ({
    expect,
  }) => {
    const atom = childrenOf(parseXml(writeAtom(archive('atom'))), 'atom:link')
    const rss = childrenOf(childOf(parseXml(writeRss(archive('rss'))), 'channel'), 'atom:link')
    const found = (links: XmlElement[]) =>
      links
        .filter(({ attributes }) => attributes['rel'] !== 'alternate')
        .map(({ attributes: { rel, href, type } }) => [rel, href, type])
    const expected = (extension: string) =>
      archive(extension).links.map(({ rel, href }) => [rel, href, `application/${extension}+xml`])
    expect(found(atom)).toEqual(expected('atom'))
    expect(found(rss)).toEqual(expected('rss'))
  })

  it('§4: an archive document says so with fh:archive, once, before its entries; no other does', ({
    expect,
  }) => {
    const element = '<fh:archive/>'
    const namespace = 'xmlns:fh="http://purl.org/syndication/history/1.0"'
    for (const write of [writeAtom, writeRss]) {
      const text = write({ ...archive('atom'), isArchive: true })
      expect(text.split(element)).toHaveLength(2)
      expect(text).toContain(namespace)
      expect(text.indexOf(element)).toBeLessThan(text.search(/<(?:entry|item)[ >]/))
      expect(write(archive('atom'))).not.toContain('fh')
    }
  })

  it('§4: no entry has a paging link: they say where the feed goes on, not an article', ({
    expect,
  }) => {
    const paging = /^(?:first|last|next|previous|current|prev-archive|next-archive|hub)$/
    const inEntries = [
      ...atomCases.flatMap(({ entries }) => entries),
      ...rssCases.flatMap(({ items }) => items),
    ].flatMap(elementsOf)
    const found = inEntries.filter(
      ({ name, attributes }) => name === 'atom:link' && paging.test(attributes['rel'] ?? '')
    )
    expect(found).toEqual([])
  })

  it('§2: a feed that goes on in archives is not called complete', ({ expect }) => {
    expect(writeAtom(archive('atom'))).not.toContain('complete')
    expect(writeRss(archive('rss'))).not.toContain('complete')
  })
})

describe('WebSub', () => {
  it('§4: a feed names its hub and itself, and does not call the hub a feed', ({ expect }) => {
    const hub = 'https://loa.example/hub'
    for (const root of [atomCase('full').atom, rssCase('full').channel]) {
      expect(linksOf(root, 'hub').map(({ attributes }) => attributes)).toEqual([
        { rel: 'hub', href: hub },
      ])
      expect(linksOf(root, 'self')).toHaveLength(1)
    }
  })

  it('§4: a feed without a hub names none', ({ expect }) => {
    for (const root of [atomCase('vietnamese').atom, rssCase('vietnamese').channel]) {
      expect(linksOf(root, 'hub')).toEqual([])
    }
  })
})

describe('RSS 2.0', () => {
  it('rss: the document is well-formed XML in UTF-8, version 2.0, with one channel', ({
    expect,
  }) => {
    for (const { feed, rss } of rssCases) {
      expect(writeRss(feed)).toMatch(
        /^<\?xml version="1\.0" encoding="utf-8"\?>\n<rss version="2\.0"/
      )
      expect(rss.attributes).toEqual({ version: '2.0' })
      expect(namesIn(rss)).toEqual(['channel'])
    }
  })

  for (const name of ['title', 'link', 'description']) {
    it(`channel: has exactly one ${name}`, ({ expect }) => {
      for (const { channel } of rssCases) expect(countOf(channel, name)).toBe(1)
    })
  }

  it('channel: link is the page for people, not the feed', ({ expect }) => {
    for (const { feed, channel } of soundRssCases) {
      expect(textOf(channel, 'link')).toBe(feed.pageUrl)
      expect(textOf(channel, 'link')).not.toBe(linkOf(feed, 'self'))
    }
  })

  it('channel: everything else but items and links to other documents stands at most once', ({
    expect,
  }) => {
    for (const { channel } of rssCases) {
      const names = new Set(namesIn(channel))
      names.delete('item')
      names.delete('atom:link')
      expect(repeatedIn(channel, [...names])).toEqual([])
    }
  })

  it('channel: ttl is a positive number of minutes', ({ expect }) => {
    for (const { channel } of rssCases) expect(textOf(channel, 'ttl')).toMatch(/^[1-9]\d*$/)
  })

  it('channel: image has url, title and link, the latter two as the channel has them', ({
    expect,
  }) => {
    const { feed, channel } = rssCase('full')
    const image = childOf(channel, 'image')
    expect(textOf(image, 'url')).toBe(feed.icon)
    expect(textOf(image, 'title')).toBe(textOf(channel, 'title'))
    expect(textOf(image, 'link')).toBe(textOf(channel, 'link'))
    expect(countOf(rssCase('minimal').channel, 'image')).toBe(0)
  })

  it('channel: lastBuildDate is the moment of the last change', ({ expect }) => {
    for (const { feed, channel } of rssCases) {
      expect(Date.parse(textOf(channel, 'lastBuildDate') ?? '') / 1000).toBe(feed.updatedAt)
    }
  })

  it('dates: RFC 822 with a year of four digits and the weekday of that day', ({ expect }) => {
    const rfc822 =
      /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\d{2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4}) \d{2}:\d{2}:\d{2} (?:GMT|[+-]\d{4})$/
    for (const { rss } of rssCases) {
      const dates = everyNamed(rss, /^(?:pubDate|lastBuildDate)$/)
      expect(dates.length).toBeGreaterThan(0)
      for (const { text } of dates) {
        const [, weekday, day] = rfc822.exec(text) ?? []
        expect(weekday, text).toBe(new Date(`${day} UTC`).toUTCString().slice(0, 3))
      }
    }
  })

  it('item: has a title or a description, and none of its elements twice but people, topics and media', ({
    expect,
  }) => {
    for (const item of rssCases.flatMap(({ items }) => items)) {
      const names = namesIn(item)
      expect(names.includes('title') || names.includes('description')).toBe(true)
      const several = new Set(['dc:creator', 'category', 'media:content'])
      expect(
        repeatedIn(
          item,
          names.filter((name) => !several.has(name))
        )
      ).toEqual([])
    }
  })

  it('item: guid is a permanent link where it is the article’s own address, and nowhere else', ({
    expect,
  }) => {
    for (const item of rssCases.flatMap(({ items }) => items)) {
      const { text, attributes } = childOf(item, 'guid')
      expect(attributes).toEqual({ isPermaLink: String(text === textOf(item, 'link')) })
    }
  })

  it('item: a guid that is an address, but not that of the article, is no permanent link', ({
    expect,
  }) => {
    const entry = entryWith({ guid: 'https://old.example/1', url: 'https://new.example/1' })
    const channel = childOf(parseXml(writeRss(feedWith({ entries: [entry] }))), 'channel')
    const { text, attributes } = childOf(childOf(channel, 'item'), 'guid')
    expect([text, attributes['isPermaLink']]).toEqual(['https://old.example/1', 'false'])
  })

  it('item: pubDate is the moment the article was published', ({ expect }) => {
    for (const { feed, items } of rssCases) {
      const found = items.map((item) => Date.parse(textOf(item, 'pubDate') ?? '') / 1000)
      expect(found).toEqual(feed.entries.map(({ publishedAt }) => publishedAt))
    }
  })

  it('item: author, an e-mail address by the specification, is never a name: dc:creator is', ({
    expect,
  }) => {
    for (const { feed, rss, items } of rssCases) {
      expect(everyNamed(rss, /^(?:author|managingEditor|webMaster)$/)).toEqual([])
      expect(items.map((item) => countOf(item, 'dc:creator'))).toEqual(
        feed.entries.map(({ authors }) => authors.length)
      )
    }
  })

  it('item: source has the url of the source’s own feed in this format', ({ expect }) => {
    const { feed, items } = rssCase('full')
    const urls = items.map((item) => childOf(item, 'source').attributes['url'])
    expect(urls).toEqual(feed.entries.map(({ source }) => source.feedUrl))
    expect(urls.filter((url) => !url?.endsWith('/feed.rss'))).toEqual([])
  })

  it('item: enclosure has url, length and type, all three', ({ expect }) => {
    const enclosures = soundRssCases.flatMap(({ rss }) => everyNamed(rss, /^enclosure$/))
    expect(enclosures).toHaveLength(1)
    for (const { attributes } of enclosures) {
      expect(Object.keys(attributes).toSorted()).toEqual(['length', 'type', 'url'])
      expect(attributes['length']).toMatch(/^\d+$/)
      expect(attributes['type']).toMatch(mediaType)
      expect(URL.canParse(attributes['url'] ?? '')).toBe(true)
    }
  })

  it('item: a file whose size is not known is no enclosure, whose length would be a lie', ({
    expect,
  }) => {
    const attachments = [{ url: 'https://haidang.example/a.mp3', mimeType: 'audio/mpeg' }]
    const document = writeRss(feedWith({ entries: [entryWith({ attachments })] }))
    expect(document).not.toContain('<enclosure')
    expect(document).toContain('<media:content url="https://haidang.example/a.mp3"')
  })

  it('item: category names the topic, and its domain is the page of that topic', ({ expect }) => {
    const { items } = rssCase('full')
    const categories = items.flatMap((item) => childrenOf(item, 'category'))
    expect(categories.map(({ text, attributes }) => [text, attributes['domain']])).toEqual([
      ['Coast', 'https://loa.example/topics/coast'],
      ['Kinh tế', 'https://loa.example/topics/kinh-te'],
      ['Ven biển', 'https://loa.example/topics/coast'],
      ['Coast', 'https://loa.example/topics/coast'],
    ])
  })
})

describe('the RSS Advisory Board’s profile', () => {
  it('atom:link: the feed links to itself once, by the address it was asked for', ({ expect }) => {
    for (const { feed, channel } of soundRssCases) {
      const self = linkOf(feed, 'self')
      const found = linksOf(channel, 'self').map(({ attributes }) => attributes)
      const link = { rel: 'self', href: self, type: 'application/rss+xml' }
      expect(found).toEqual(self === null ? [] : [link])
    }
  })

  it('description: comes before content:encoded, or readers differ in which they show', ({
    expect,
  }) => {
    const items = rssCases.flatMap((one) => one.items)
    const both = items
      .map(namesIn)
      .filter((names) => names.includes('content:encoded') && names.includes('description'))
    expect(both.length).toBeGreaterThan(0)
    for (const names of both) {
      expect(names.indexOf('description')).toBeLessThan(names.indexOf('content:encoded'))
    }
  })

  it('enclosure: an item has at most one', ({ expect }) => {
    for (const item of rssCases.flatMap(({ items }) => items)) {
      expect(countOf(item, 'enclosure')).toBeLessThanOrEqual(1)
    }
  })

  it('item: the items come last in the channel', ({ expect }) => {
    for (const { channel, items } of rssCases) {
      const names = namesIn(channel)
      expect(names.slice(names.length - items.length)).toEqual(items.map(() => 'item'))
      expect(names.slice(0, names.length - items.length)).not.toContain('item')
    }
  })

  it('guid: no two items of a feed have the same', ({ expect }) => {
    for (const { items } of rssCases) {
      const guids = items.map((item) => textOf(item, 'guid'))
      expect(new Set(guids).size).toBe(guids.length)
    }
  })

  it('Media RSS: every media:content has a url, and its words are said to be plain', ({
    expect,
  }) => {
    for (const { rss } of soundRssCases) {
      for (const { attributes } of everyNamed(rss, /^media:content$/)) {
        expect(URL.canParse(attributes['url'] ?? '')).toBe(true)
        expect(attributes['medium'] ?? 'image').toBe('image')
      }
      for (const { attributes } of everyNamed(rss, /^media:(?:title|description)$/)) {
        expect(attributes).toEqual({ type: 'plain' })
      }
    }
  })
})

describe('JSON Feed 1.1', () => {
  it('version: is that of 1.1', ({ expect }) => {
    for (const { json } of jsonCases)
      expect(json['version']).toBe('https://jsonfeed.org/version/1.1')
  })

  it('the document is UTF-8 without a byte order mark, and one JSON object', ({ expect }) => {
    for (const { feed } of jsonCases) expect(writeJson(feed)).toMatch(/^\{"version":.*\}$/s)
  })

  it('title and items: are always there, even where there are no items', ({ expect }) => {
    for (const { feed, json } of jsonCases) {
      expect(json['title']).toBe(feed.title)
      expect(json.items).toHaveLength(feed.entries.length)
    }
  })

  it('feed_url: is the address that was asked for; home_page_url is the page for people', ({
    expect,
  }) => {
    for (const { feed, json } of jsonCases) {
      expect(json['feed_url']).toBe(linkOf(feed, 'self') ?? undefined)
      expect(json['home_page_url']).toBe(feed.pageUrl)
    }
  })

  it('next_url: leads to older articles and is not the feed itself', ({ expect }) => {
    const { feed, json } = jsonCase('full')
    expect(json['next_url']).toBe(linkOf(feed, 'prev-archive'))
    for (const each of jsonCases) {
      if ('next_url' in each.json) expect(each.json['next_url']).not.toBe(each.json['feed_url'])
    }
    expect(jsonCase('vietnamese').json).not.toHaveProperty('next_url')
  })

  it('hubs: each has a type and a url', ({ expect }) => {
    expect(jsonCase('full').json['hubs']).toEqual([
      { type: 'WebSub', url: 'https://loa.example/hub' },
    ])
    expect(jsonCase('vietnamese').json).not.toHaveProperty('hubs')
  })

  it('id: every item has one, a string, and no two the same', ({ expect }) => {
    for (const { feed, json } of jsonCases) {
      const ids = json.items.map((item) => item['id'])
      expect(ids).toEqual(feed.entries.map(({ guid }) => guid))
      expect(new Set(ids).size).toBe(ids.length)
    }
  })

  it('content: every item has content_html, even an empty one, or else content_text: one must be there', ({
    expect,
  }) => {
    for (const { feed, json } of jsonCases) {
      const body = feed.isSummary ? 'content_text' : 'content_html'
      expect(json.items.map((item) => item[body])).toEqual(
        feed.entries.map((one) => (feed.isSummary ? one.summary : one.contentHtml))
      )
    }
  })

  it('dates: are RFC 3339', ({ expect }) => {
    for (const item of jsonCases.flatMap(({ json }) => json.items)) {
      expect(item['date_published']).toMatch(rfc3339)
      expect(item['date_modified']).toMatch(rfc3339)
    }
  })

  it('authors: is used, never the author of 1.0, and each has a name', ({ expect }) => {
    for (const { feed, json } of jsonCases) {
      expect([json, ...json.items].filter((object) => 'author' in object)).toEqual([])
      expect(json['authors']).toEqual([feed.author])
      expect(json.items.map((item) => item['authors'] ?? [])).toEqual(
        feed.entries.map(({ authors }) => authors)
      )
    }
  })

  it('attachments: each has url and mime_type; sizes and durations are numbers', ({ expect }) => {
    const item = soundJsonCases.flatMap(({ json }) => json.items)[0]
    expect(item?.['attachments']).toEqual([
      {
        url: 'https://harbour.example/2026/14/timetable.pdf',
        mime_type: 'application/pdf',
      },
      {
        url: 'https://harbour.example/2026/14/interview.mp3',
        mime_type: 'audio/mpeg',
        title: 'The captain speaks',
        size_in_bytes: 4_404_019,
        duration_in_seconds: 275,
      },
      {
        url: 'https://harbour.example/2026/14/horn.ogg',
        mime_type: 'audio/ogg',
        size_in_bytes: 9000,
      },
    ])
  })

  it('members: only those of the specification, and extensions: "_", a letter, no dots', ({
    expect,
  }) => {
    const ofFeed =
      /^(?:version|title|home_page_url|feed_url|description|next_url|icon|authors|language|hubs|items|_[a-z][^.]*)$/i
    const ofItem =
      /^(?:id|url|title|content_html|content_text|summary|image|date_published|date_modified|authors|tags|language|attachments|_[a-z][^.]*)$/i
    for (const { json } of jsonCases) {
      expect(Object.keys(json).filter((name) => !ofFeed.test(name))).toEqual([])
      const names = json.items.flatMap((item) => Object.keys(item))
      expect(names.filter((name) => !ofItem.test(name))).toEqual([])
    }
    expect(Object.keys(jsonCase('full').json)).toContain('_loa')
  })

  it('_loa: says what was taken back and when, with the note where there is one', ({ expect }) => {
    const { feed, json } = jsonCase('full')
    expect(json['_loa']).toMatchObject({
      retracted: [
        {
          id: feed.deleted[0]?.guid,
          date_retracted: '2026-11-18T09:44:40Z',
          note: feed.deleted[0]?.note,
        },
        { id: feed.deleted[1]?.guid, date_retracted: '2026-11-18T09:45:40Z' },
      ],
    })
  })

  it('_loa: is absent where it would say nothing', ({ expect }) => {
    const { json } = jsonCase('minimal')
    expect([json, ...json.items].filter((object) => '_loa' in object)).toEqual([])
  })
})

describe('an article in all three formats', () => {
  it('has the same id: who changes formats sees no article twice', ({ expect }) => {
    for (const name of soundCases) {
      const rss = rssCase(name).items.map((item) => textOf(item, 'guid'))
      const atom = atomCase(name).entries.map((entry) => textOf(entry, 'atom:id'))
      const json = jsonCase(name).json.items.map((item) => item['id'])
      expect(rss).toEqual(atom)
      expect(json).toEqual(atom)
    }
  })
})

describe('what has no value is absent from every golden document', () => {
  for (const name of goldenNames()) {
    const text = readGolden(name).toString()
    if (name.endsWith('.json')) {
      it(`${name} has no null, and nothing empty but a list of items and a body`, ({ expect }) => {
        expect(emptyMembersOf(JSON.parse(text), '')).toEqual([])
      })
    } else {
      it(`${name} has no empty element and no empty attribute`, ({ expect }) => {
        // RFC 5005 §4: fh:archive is empty by definition.
        const empty = emptyElementsOf(parseXml(text))
        expect(empty.filter((element) => element.name !== 'fh:archive')).toEqual([])
      })
      it(`${name} has no stylesheet, doctype or comment, and says of itself what it is first`, ({
        expect,
      }) => {
        expect(text.match(/<[?!](?!\[CDATA\[)[^>]*>/g)).toEqual([
          '<?xml version="1.0" encoding="utf-8"?>',
        ])
      })
    }
  }
})

/** The paths of members that say nothing. */
function emptyMembersOf(value: unknown, path: string): string[] {
  if (value === null) return [path]
  if (value === '') return path.endsWith('/content_html') ? [] : [path]
  if (typeof value !== 'object') return []
  const members = Object.entries(value)
  if (members.length === 0) return path === '/items' ? [] : [path]
  return members.flatMap(([name, member]) => emptyMembersOf(member, `${path}/${name}`))
}
