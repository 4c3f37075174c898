// What stands where: each thing a feed says, in all three formats side by side.

import { describe, it } from 'vitest'

import { writeAtom } from '../../src/feeds/atom.ts'
import type { Feed } from '../../src/feeds/feed.ts'
import { writeJson } from '../../src/feeds/json.ts'
import { writeRss } from '../../src/feeds/rss.ts'
import { feedCases } from '../support/feed-cases.ts'
import { entryWith, feedWith } from '../support/feed.ts'
import { childOf, childrenOf, parseXml, textOf, type XmlElement } from '../support/xml.ts'

type Members = Record<string, unknown>

const channel = childOf(parseXml(writeRss(feedCases.full('rss'))), 'channel')
const feed = parseXml(writeAtom(feedCases.full('atom')))
const json: Members & { items: Members[] } = JSON.parse(writeJson(feedCases.full('json')))
const [item, otherItem] = childrenOf(channel, 'item') as [XmlElement, XmlElement]
const [entry, otherEntry] = childrenOf(feed, 'atom:entry') as [XmlElement, XmlElement]
const [jsonItem, otherJsonItem] = json.items as [Members, Members]

const given = feedCases.full('json')
const [first, second] = given.entries as [Feed['entries'][number], Feed['entries'][number]]

function texts(element: XmlElement, name: string): string[] {
  return childrenOf(element, name).map(({ text }) => text)
}

function hrefs(element: XmlElement, rel: string): string[] {
  return childrenOf(element, 'atom:link')
    .filter(({ attributes }) => attributes['rel'] === rel)
    .map(({ attributes }) => attributes['href'] ?? '')
}

function attributesOf(element: XmlElement, name: string) {
  return childrenOf(element, name).map(({ attributes }) => attributes)
}

function loaOf(object: Members): Members {
  return (object['_loa'] ?? {}) as Members
}

describe('what a feed says, in RSS, Atom and JSON Feed', () => {
  it('id', ({ expect }) => {
    const ids = [textOf(item, 'guid'), textOf(entry, 'atom:id'), jsonItem['id']]
    expect(ids).toEqual([first.guid, first.guid, first.guid])
  })

  it('link: the publisher’s address', ({ expect }) => {
    const links = [textOf(item, 'link'), hrefs(entry, 'alternate')[0], jsonItem['url']]
    expect(links).toEqual([first.url, first.url, first.url])
  })

  it('title: plain text', ({ expect }) => {
    const titles = [textOf(item, 'title'), textOf(entry, 'atom:title'), jsonItem['title']]
    expect(titles).toEqual([first.title, first.title, first.title])
  })

  it('body: summary and HTML', ({ expect }) => {
    expect([textOf(item, 'description'), textOf(item, 'content:encoded')]).toEqual([
      first.summary,
      first.contentHtml,
    ])
    expect([textOf(entry, 'atom:summary'), textOf(entry, 'atom:content')]).toEqual([
      first.summary,
      first.contentHtml,
    ])
    expect([jsonItem['summary'], jsonItem['content_html']]).toEqual([
      first.summary,
      first.contentHtml,
    ])
  })

  it('dates: published, and where there is a place for it, changed; on the publisher’s clock', ({
    expect,
  }) => {
    expect(textOf(item, 'pubDate')).toBe('Wed, 18 Nov 2026 14:00:00 +0700')
    const dates = ['2026-11-18T14:00:00+07:00', '2026-11-18T16:46:40+07:00']
    expect([textOf(entry, 'atom:published'), textOf(entry, 'atom:updated')]).toEqual(dates)
    expect([jsonItem['date_published'], jsonItem['date_modified']]).toEqual(dates)
  })

  it('people: each of several authors, in order', ({ expect }) => {
    const names = first.authors.map(({ name }) => name)
    expect(names).toHaveLength(3)
    expect(texts(item, 'dc:creator')).toEqual(names)
    const authors = childrenOf(entry, 'atom:author')
    expect(authors.map((author) => textOf(author, 'atom:name'))).toEqual(names)
    expect(jsonItem['authors']).toEqual(first.authors)
  })

  it('topics: the publisher’s words, and the topic they are', ({ expect }) => {
    expect(texts(item, 'category')).toEqual(['Coast', 'Kinh tế'])
    expect(attributesOf(item, 'category').map(({ domain }) => domain)).toEqual([
      'https://loa.example/topics/coast',
      'https://loa.example/topics/kinh-te',
    ])
    const scheme = 'https://loa.example/topics'
    expect(attributesOf(entry, 'atom:category')).toEqual([
      { term: 'coast', scheme, label: 'Coast' },
      { term: 'kinh-te', scheme, label: 'Kinh tế' },
    ])
    expect(jsonItem['tags']).toEqual(['Coast', 'Kinh tế'])
  })

  it('language: the feed’s, and an article’s where it is another', ({ expect }) => {
    expect([textOf(channel, 'language'), textOf(item, 'dc:language')]).toEqual(['en', null])
    expect(textOf(otherItem, 'dc:language')).toBe('vi')
    const lang = [feed, entry, otherEntry].map(({ attributes }) => attributes['xml:lang'])
    expect(lang).toEqual(['en', undefined, 'vi'])
    const languages = [json, jsonItem, otherJsonItem].map((object) => object['language'])
    expect(languages).toEqual(['en', undefined, 'vi'])
  })

  it('image: with all that is known of it', ({ expect }) => {
    const image = childrenOf(item, 'media:content')[0]
    expect(image?.attributes).toEqual({
      url: first.image?.url,
      medium: 'image',
      type: 'image/webp',
      fileSize: '148213',
      width: '1200',
      height: '800',
    })
    expect(image?.children.map(({ name, text }) => [name, text])).toEqual([
      ['media:title', first.image?.caption],
      ['media:description', first.image?.alt],
      ['media:credit', first.image?.credit],
    ])
    expect(hrefs(entry, 'enclosure').at(-1)).toBe(first.image?.url)
    expect(jsonItem['image']).toBe(first.image?.url)
    expect(loaOf(jsonItem)['image']).toEqual({
      alt: first.image?.alt,
      caption: first.image?.caption,
      credit: first.image?.credit,
      width: 1200,
      height: 800,
      mime_type: 'image/webp',
      size_in_bytes: 148_213,
    })
  })

  it('files: of any type, with their media types; sizes where they are known and not guessed', ({
    expect,
  }) => {
    const types = ['application/pdf', 'audio/mpeg', 'audio/ogg']
    const media = attributesOf(item, 'media:content').slice(1)
    expect(media.map(({ type, fileSize }) => [type, fileSize])).toEqual([
      [types[0], undefined],
      [types[1], '4404019'],
      [types[2], '9000'],
    ])
    expect(attributesOf(item, 'enclosure').map(({ type }) => type)).toEqual(['audio/mpeg'])
    const links = attributesOf(entry, 'atom:link').filter(({ rel }) => rel === 'enclosure')
    expect(links.slice(0, 3).map(({ type, length }) => [type, length])).toEqual([
      [types[0], undefined],
      [types[1], '4404019'],
      [types[2], '9000'],
    ])
    const attachments = jsonItem['attachments'] as Members[]
    expect(attachments.map((one) => [one['mime_type'], one['size_in_bytes']])).toEqual([
      [types[0], undefined],
      [types[1], 4_404_019],
      [types[2], 9000],
    ])
  })

  it('where an article is from: its source, and whom that took it from', ({ expect }) => {
    const source = childOf(item, 'source')
    expect([source.text, source.attributes['url']]).toEqual([
      first.source.title,
      'https://loa.example/sources/harbour-herald/feed.rss',
    ])
    const atomSource = childOf(entry, 'atom:source')
    expect([textOf(atomSource, 'atom:id'), textOf(atomSource, 'atom:title')]).toEqual([
      first.source.id,
      first.source.title,
    ])
    expect(loaOf(jsonItem)['source']).toMatchObject({ title: first.source.title })
    expect([hrefs(item, 'via'), hrefs(entry, 'via')]).toEqual([[first.via?.url], [first.via?.url]])
    expect(loaOf(jsonItem)['via']).toEqual(first.via)
  })

  it('rights: the feed’s, and an article’s where they are others; the licence as an address', ({
    expect,
  }) => {
    const rights = [given.rights, second.rights]
    const licenses = [given.license, second.license]
    expect([textOf(channel, 'copyright'), textOf(otherItem, 'dc:rights')]).toEqual(rights)
    const license = 'creativeCommons:license'
    expect([textOf(channel, license), textOf(otherItem, license)]).toEqual(licenses)
    expect([textOf(feed, 'atom:rights'), textOf(otherEntry, 'atom:rights')]).toEqual(rights)
    expect([hrefs(feed, 'license'), hrefs(otherEntry, 'license')].flat()).toEqual(licenses)
    expect([json, otherJsonItem].map((object) => loaOf(object)['rights'])).toEqual(rights)
    expect([json, otherJsonItem].map((object) => loaOf(object)['license'])).toEqual(licenses)
  })

  it('itself, its hub, older articles', ({ expect }) => {
    for (const [element, extension] of [
      [channel, 'rss'],
      [feed, 'atom'],
    ] as const) {
      const address = `https://loa.example/topics/coast`
      expect(hrefs(element, 'self')).toEqual([`${address}/feed.${extension}`])
      expect(hrefs(element, 'hub')).toEqual(['https://loa.example/hub'])
      expect(hrefs(element, 'prev-archive')).toEqual([`${address}/archive/7.${extension}`])
    }
    expect([json['feed_url'], json['hubs'], json['next_url']]).toEqual([
      'https://loa.example/topics/coast/feed.json',
      [{ type: 'WebSub', url: 'https://loa.example/hub' }],
      'https://loa.example/topics/coast/archive/7.json',
    ])
  })

  it('what was taken back: told in Atom and JSON Feed, absent from RSS', ({ expect }) => {
    const ids = given.deleted.map(({ guid }) => guid)
    expect(attributesOf(feed, 'at:deleted-entry').map(({ ref }) => ref)).toEqual(ids)
    const told = loaOf(json)['retracted'] as Members[]
    expect(told.map(({ id }) => id)).toEqual(ids)
    for (const id of ids) expect(writeRss(given)).not.toContain(id)
  })

  it('corrections: in JSON Feed, which alone has a place for them', ({ expect }) => {
    expect(loaOf(jsonItem)['corrections']).toEqual([
      { date: '2025-11-10T07:33:20Z', text: first.corrections[0]?.text },
    ])
  })

  it('the channel: title, page, description, last change, how often to come back, image, maker', ({
    expect,
  }) => {
    const of = (element: XmlElement, names: readonly string[]) =>
      names.map((name) => textOf(element, name))
    expect(
      of(channel, ['title', 'link', 'description', 'lastBuildDate', 'ttl', 'generator'])
    ).toEqual([
      given.title,
      given.pageUrl,
      given.description,
      'Wed, 18 Nov 2026 09:46:40 GMT',
      '5',
      'Loa',
    ])
    expect(textOf(childOf(channel, 'image'), 'url')).toBe(given.icon)
    expect(of(feed, ['atom:title', 'atom:subtitle', 'atom:updated', 'atom:generator'])).toEqual([
      given.title,
      given.description,
      '2026-11-18T09:46:40Z',
      'Loa',
    ])
    expect([hrefs(feed, 'alternate')[0], textOf(feed, 'atom:icon')]).toEqual([
      given.pageUrl,
      given.icon,
    ])
    expect([json['title'], json['home_page_url'], json['description'], json['icon']]).toEqual([
      given.title,
      given.pageUrl,
      given.description,
      given.icon,
    ])
  })
})

describe('what has no value', () => {
  it('is absent from all three: nothing but what every article has', ({ expect }) => {
    const bare = feedWith({
      language: null,
      entries: [entryWith({ summary: '', contentHtml: '', language: null })],
    })
    const namesIn = (element: XmlElement) => element.children.map(({ name }) => name)
    const bareItem = childOf(childOf(parseXml(writeRss(bare)), 'channel'), 'item')
    expect(namesIn(bareItem)).toEqual(['title', 'link', 'guid', 'pubDate'])
    const bareEntry = childOf(parseXml(writeAtom(bare)), 'atom:entry')
    expect(namesIn(bareEntry)).toEqual([
      'atom:id',
      'atom:title',
      'atom:published',
      'atom:updated',
      'atom:link',
    ])
    const { items }: { items: Members[] } = JSON.parse(writeJson(bare))
    expect(Object.keys(items[0] ?? {})).toEqual([
      'id',
      'url',
      'title',
      'content_html',
      'date_published',
      'date_modified',
    ])
  })
})
