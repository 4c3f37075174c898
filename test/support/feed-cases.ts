// The feeds behind the golden documents: each as it would be made for one of the formats.

import type { Feed } from '../../src/feeds/feed.ts'
import type { Format } from '../../src/feeds/formats.ts'
import { entryWith, feedWith, publishedAt, sourceWith, updatedAt } from './feed.ts'

type Extension = Format['extension']

export const caseNames = [
  'full',
  'minimal',
  'empty',
  'hostile',
  'vietnamese',
  'archive',
  'summary',
] as const

export type CaseName = (typeof caseNames)[number]

export const feedCases: Record<CaseName, (extension: Extension) => Feed> = {
  full,
  minimal,
  empty,
  hostile,
  vietnamese,
  archive,
  summary,
}

/** A document of history (RFC 5005). */
function archive(extension: Extension): Feed {
  const place = 'https://loa.example/sources/hai-dang'
  return feedWith({
    isArchive: true,
    links: [
      { rel: 'self', href: `${place}/archive/2.${extension}` },
      { rel: 'current', href: `${place}/feed.${extension}` },
      { rel: 'prev-archive', href: `${place}/archive/1.${extension}` },
      { rel: 'next-archive', href: `${place}/archive/3.${extension}` },
    ],
  })
}

/** What an article is about, and where it is. */
function summary(extension: Extension): Feed {
  const href = `https://loa.example/sources/hai-dang/feed.${extension}?content=summary&limit=1`
  return feedWith({
    isSummary: true,
    links: [{ rel: 'self', href }],
    entries: [entryWith({ contentHtml: '' })],
  })
}

/** Every field set: a feed of several sources with an archive and a hub. */
function full(extension: Extension): Feed {
  return feedWith({
    id: 'urn:uuid:2a9c6d40-7b13-5f8e-b1a2-6c4d3e2f1a00',
    title: 'Coastal affairs – Loa',
    description: 'Harbours, tides & those who live by them',
    language: 'en',
    icon: 'https://loa.example/icon.png',
    rights: '© 2026 Loa and its sources',
    license: 'https://licences.example/by/4.0/',
    author: { name: 'Loa', url: 'https://loa.example/' },
    isAggregate: true,
    pageUrl: 'https://loa.example/topics/coast',
    links: [
      { rel: 'self', href: `https://loa.example/topics/coast/feed.${extension}` },
      { rel: 'hub', href: 'https://loa.example/hub' },
      { rel: 'current', href: `https://loa.example/topics/coast/feed.${extension}` },
      { rel: 'prev-archive', href: `https://loa.example/topics/coast/archive/7.${extension}` },
    ],
    entries: [everythingSet(extension), differingFromItsFeed(extension), unsizedFile(extension)],
    deleted: [
      {
        guid: 'urn:uuid:0b8a4c5e-2f6d-5e3a-8c17-3f9d2a6b4ed1',
        deletedAt: updatedAt - 120,
        note: 'Taken back: the harbour <was> open & the tide was out.',
      },
      { guid: 'https://harbour.example/2026/9', deletedAt: updatedAt - 60, note: null },
    ],
  })
}

function everythingSet(extension: Extension) {
  return entryWith({
    guid: 'https://harbour.example/2026/14',
    url: 'https://harbour.example/2026/14',
    title: 'Ferry "Lan" sails < 3 hours & returns',
    summary: 'The ferry sails again; fares stay as they were.',
    contentHtml:
      '<p>The ferry <em>sails</em> again.</p>\n<p>Fares &lt; 5 &amp; as they were. <a href="https://harbour.example/fares?a=1&amp;b=2">All fares</a></p>',
    language: 'en',
    utcOffsetMinutes: 420,
    authors: [
      { name: 'Ngo Thi Mai', url: 'https://harbour.example/people/mai' },
      {
        name: 'Owen & Daughter',
        url: 'https://harbour.example/people/owen',
        avatar: 'https://harbour.example/people/owen.png',
      },
      { name: 'Staff' },
    ],
    topics: [
      { slug: 'coast', name: 'Coast' },
      { slug: 'kinh-te', name: 'Kinh tế' },
    ],
    image: {
      url: 'https://harbour.example/2026/14/ferry.webp?w=1200&h=800',
      alt: 'The ferry at the quay',
      caption: 'The "Lan" on Monday',
      credit: 'Harbour Herald / Vo Van Bay',
      width: 1200,
      height: 800,
      mimeType: 'image/webp',
      sizeBytes: 148_213,
    },
    attachments: [
      { url: 'https://harbour.example/2026/14/timetable.pdf', mimeType: 'application/pdf' },
      {
        url: 'https://harbour.example/2026/14/interview.mp3',
        mimeType: 'audio/mpeg',
        title: 'The captain speaks',
        sizeBytes: 4_404_019,
        durationSeconds: 275,
      },
      {
        url: 'https://harbour.example/2026/14/horn.ogg',
        mimeType: 'audio/ogg',
        sizeBytes: 9_000,
      },
    ],
    corrections: [
      {
        correctedAt: 1_762_760_000,
        text: 'An earlier version named the wrong pier & the wrong <hour>.',
      },
    ],
    via: { title: 'Port Gazette & Sons', url: 'https://port.example/notices/88?lang=en&print=1' },
    rights: '© 2026 Loa and its sources',
    license: 'https://licences.example/by/4.0/',
    source: harbourHerald(extension),
  })
}

function differingFromItsFeed(extension: Extension) {
  return entryWith({
    uuid: '0b8a4c5e-2f6d-5e3a-8c17-3f9d2a6b4e13',
    language: 'vi',
    publishedAt: publishedAt - 3600,
    utcOffsetMinutes: -210,
    updatedAt: publishedAt - 3600,
    authors: [{ name: 'Lê Văn Tám' }],
    topics: [{ slug: 'coast', name: 'Ven biển' }],
    image: { url: 'https://haidang.example/anh/thap.jpg', alt: 'Ngọn tháp' },
    rights: '© Báo Hải Đăng',
    license: 'https://licences.example/by-nc/4.0/',
    source: sourceWith({ feedUrl: `https://loa.example/sources/hai-dang/feed.${extension}` }),
  })
}

function unsizedFile(extension: Extension) {
  return entryWith({
    uuid: '0b8a4c5e-2f6d-5e3a-8c17-3f9d2a6b4e12',
    url: 'https://harbour.example/2026/12',
    title: 'Tide tables for December',
    summary: '',
    contentHtml: '<p>See the file.</p>',
    language: 'en',
    publishedAt: publishedAt - 7200,
    updatedAt: publishedAt - 7000,
    topics: [{ slug: 'coast', name: 'Coast' }],
    attachments: [
      {
        url: 'https://harbour.example/2026/12/tides.pdf',
        mimeType: 'application/pdf',
        title: 'Tides',
      },
    ],
    rights: '© 2026 Loa and its sources',
    license: 'https://licences.example/by/4.0/',
    source: harbourHerald(extension),
  })
}

function harbourHerald(extension: Extension) {
  return sourceWith({
    id: 'urn:uuid:5c3e1b7a-9d24-5a6f-8e0b-1f2a3b4c5d6e',
    title: 'Harbour Herald & Tide',
    homePageUrl: 'https://harbour.example/?edition=en&from=loa',
    feedUrl: `https://loa.example/sources/harbour-herald/feed.${extension}`,
  })
}

/** Nothing optional. */
function minimal(): Feed {
  return feedWith({
    language: null,
    links: [],
    entries: [entryWith({ summary: '', contentHtml: '', language: null })],
  })
}

/** No entries. */
function empty(extension: Extension): Feed {
  return feedWith({
    links: [{ rel: 'self', href: `https://loa.example/sources/hai-dang/feed.${extension}` }],
    entries: [],
  })
}

/** What no cleaning at the door would have let through, in every field. */
function hostile(extension: Extension): Feed {
  return feedWith({
    id: nasty('feed id'),
    title: nasty('feed title'),
    description: nasty('feed description'),
    language: nasty('feed language'),
    icon: nasty('feed icon'),
    rights: nasty('feed rights'),
    license: nasty('feed license'),
    author: { name: nasty('feed author'), url: nasty('feed author url') },
    isAggregate: true,
    pageUrl: nasty('feed page'),
    topicsUrl: nasty('topics'),
    links: [
      { rel: 'self', href: `https://loa.example/feed.${extension}?${nasty('self')}` },
      { rel: 'hub', href: nasty('hub') },
    ],
    entries: [hostileEntry()],
    deleted: [{ guid: nasty('deleted'), deletedAt: updatedAt, note: nasty('note') }],
  })
}

function hostileEntry() {
  return entryWith({
    guid: nasty('guid'),
    url: nasty('url'),
    title: nasty('title'),
    summary: nasty('summary'),
    contentHtml: `<p>${nasty('body')}</p>`,
    language: nasty('language'),
    authors: [{ name: nasty('author'), url: nasty('author url'), avatar: nasty('avatar') }],
    topics: [{ slug: nasty('slug'), name: nasty('topic') }],
    image: {
      url: nasty('image'),
      alt: nasty('alt'),
      caption: nasty('caption'),
      credit: nasty('credit'),
      mimeType: nasty('image type'),
    },
    attachments: [
      {
        url: nasty('file'),
        mimeType: nasty('file type'),
        title: nasty('file title'),
        sizeBytes: 0,
      },
    ],
    corrections: [{ correctedAt: 1_762_760_000, text: nasty('correction') }],
    via: { title: nasty('via title'), url: nasty('via') },
    rights: nasty('rights'),
    license: nasty('license'),
    source: {
      id: nasty('source id'),
      title: nasty('source title'),
      homePageUrl: nasty('source page'),
      feedUrl: nasty('source feed'),
    },
  })
}

/** Markup, section ends, quotes, controls, line ends, emoji, right-to-left and half a character. */
function nasty(field: string): string {
  const markup = `<b onclick='x("y")'>${field}</b> &amp; &lt; &#0; <!-- no --> <![CDATA[ ]]> ]]>`
  const controls = 'a\u0000b\u0008c\u000Bd\u001Fe\u007Ff\u0085g\uFFFEh\uFFFFi\uD800j'
  const lines = 'one\r\ntwo\rthree\nfour\tfive'
  const scripts = '👩‍🚀 \u202Eשָׁלוֹם\u202C مرحبا é\u2028'
  return `${markup} ${controls} ${lines} ${scripts}.`
}

function vietnamese(extension: Extension): Feed {
  const source = sourceWith({
    feedUrl: `https://loa.example/sources/hai-dang/feed.${extension}`,
  })
  return feedWith({
    title: 'Báo Hải Đăng: Đời sống',
    description: 'Chuyện người, chuyện nghề ở vùng cửa biển',
    rights: '© Báo Hải Đăng. Ghi rõ nguồn khi đăng lại.',
    pageUrl: 'https://loa.example/sources/hai-dang/topics/doi-song',
    links: [
      {
        rel: 'self',
        href: `https://loa.example/sources/hai-dang/topics/doi-song/feed.${extension}`,
      },
    ],
    entries: [
      entryWith({
        uuid: '0b8a4c5e-2f6d-5e3a-8c17-3f9d2a6b4e22',
        title: 'Chợ cá họp từ nửa đêm, “ế” thì muối – không bỏ con nào',
        summary: 'Phường Cửa Lạch thử nghiệm chợ đêm: người mua đông, người bán đỡ vất vả.',
        contentHtml:
          '<p>Phường Cửa Lạch thử nghiệm <strong>chợ đêm</strong>: người mua đông, người bán đỡ vất vả.</p>\n<blockquote><p>“Thuyền về giờ nào, chợ họp giờ ấy”, bà Đỗ Thị Ước nói.</p></blockquote>',
        utcOffsetMinutes: 420,
        authors: [{ name: 'Đặng Quỳnh Như' }, { name: 'PV' }],
        topics: [
          { slug: 'doi-song', name: 'Đời sống' },
          { slug: 'kinh-te', name: 'Kinh tế' },
        ],
        rights: '© Báo Hải Đăng. Ghi rõ nguồn khi đăng lại.',
        image: {
          url: 'https://haidang.example/anh/cho-ca-đêm.jpg',
          alt: 'Chợ cá lúc 2 giờ sáng',
          credit: 'Ảnh: Trương Vĩ',
        },
        source,
      }),
      entryWith({
        uuid: '0b8a4c5e-2f6d-5e3a-8c17-3f9d2a6b4e21',
        publishedAt: publishedAt - 86_400,
        utcOffsetMinutes: 420,
        topics: [{ slug: 'doi-song', name: 'Đời sống' }],
        rights: '© Báo Hải Đăng. Ghi rõ nguồn khi đăng lại.',
        source,
      }),
    ],
  })
}
