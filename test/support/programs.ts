// Programs of other makers, from Debian's packages, that read feeds: many documents in one run of each.

import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import type { EntryReading, Reading, Text } from './readers.ts'

/** An entry as programs may find it. */
export type FoundEntry = EntryReading & {
  readonly updatedAt: number | null
  /** The one file that a reader with room for one has. */
  readonly enclosure: Text
}

/** What a program found, of the fields it has a place for. */
export type PartialReading = Partial<Omit<Reading, 'entries'>> & {
  readonly entries: readonly Partial<FoundEntry>[]
}

export type Program = {
  readonly name: string
  /** Debian's packages. */
  readonly packages: string
  readonly isThere: () => boolean
  readonly read: (documents: readonly string[]) => Promise<PartialReading[]>
}

const folder = join(import.meta.dirname, 'programs')

// The machine's own `python3` may be another one than Debian's, which has the package.
const pythons = ['/usr/bin/python3', 'python3']
const hasFeedparser = (python: string) => runs(python, ['-c', 'import feedparser'])

export const feedparser: Program = {
  name: 'feedparser',
  packages: 'python3-feedparser',
  isThere: () => pythons.some(hasFeedparser),
  read: (documents) =>
    readAsJson(pythons.find(hasFeedparser) ?? '', 'read_with_feedparser.py', documents),
}

export const rubyRss: Program = {
  name: 'ruby’s rss',
  packages: 'ruby',
  isThere: () => runs('ruby', ['-r', 'rss', '-e', '0']),
  read: (documents) => readAsJson('ruby', 'read_with_ruby_rss.rb', documents),
}

export const sfeed: Program = {
  name: 'sfeed',
  packages: 'sfeed',
  isThere: () => runs('sh', ['-c', 'command -v sfeed']),
  read: (documents) =>
    inFolder(documents, async (names, within) => {
      await run('sh', ['-c', 'for file in *.xml; do sfeed < "$file" > "$file.tsv"; done'], {
        cwd: within,
      })
      return names.map((name) => sfeedReading(readFileSync(join(within, `${name}.tsv`), 'utf8')))
    }),
}

export const newsboat: Program = {
  name: 'newsboat',
  packages: 'newsboat',
  isThere: () => runs('newsboat', ['-v']),
  read: (documents) =>
    inFolder(documents, (names, within) =>
      Promise.all(names.map((name) => newsboatReading(within, name)))
    ),
}

export function runs(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args).status === 0
}

type Options = { readonly cwd?: string; readonly input?: string }

export function run(
  command: string,
  args: readonly string[],
  { cwd, input }: Options = {}
): Promise<string> {
  return new Promise((settle, fail) => {
    const env = { ...process.env, LC_ALL: 'C.UTF-8', ...(cwd && { HOME: cwd }) }
    const child = execFile(
      command,
      args,
      { cwd, env, maxBuffer: 1 << 30 },
      (error, stdout, stderr) =>
        error ? fail(new Error(`${command}: ${error.message}\n${stderr}`)) : settle(stdout)
    )
    // A program that ends early closes its input: what it said stands in the error.
    child.stdin?.on('error', () => {})
    child.stdin?.end(input)
  })
}

async function readAsJson(
  command: string,
  script: string,
  documents: readonly string[]
): Promise<PartialReading[]> {
  const output = await run(command, [join(folder, script)], { input: JSON.stringify(documents) })
  const readings: PartialReading[] = JSON.parse(output)
  return readings
}

/** Gives the documents as files, and takes the files away again. */
export async function inFolder<T>(
  documents: readonly string[],
  read: (names: readonly string[], within: string) => Promise<T>
): Promise<T> {
  const within = mkdtempSync(join(tmpdir(), 'loa-read-'))
  try {
    const names = documents.map((document, index) => {
      const name = `${String(index).padStart(4, '0')}.xml`
      writeFileSync(join(within, name), document)
      return name
    })
    return await read(names, within)
  } finally {
    rmSync(within, { recursive: true })
  }
}

// sfeed(5): a line an entry, tabs between the fields; in the body "\\n", "\\t" and "\\\\" stand for a line end, a
// tab and a backslash. Of the feed itself it keeps nothing.
function sfeedReading(lines: string): PartialReading {
  const entries = lines.split('\n').filter((line) => line !== '')
  return {
    entries: entries.map((line) => {
      const [time, title, link, body, , id, author, enclosure, topics] = line.split('\t')
      return {
        publishedAt: time ? Number(time) : null,
        title: title || null,
        link: link || null,
        body: body?.replace(/\\(.)/g, (_, code) => sfeedCodes[code] ?? '') || null,
        id: id || null,
        authors: author ? [author] : [],
        enclosure: enclosure || null,
        topics: (topics ?? '').split('|').filter((topic) => topic !== ''),
      }
    }),
  }
}

const sfeedCodes: Record<string, string> = { n: '\n', t: '\t', '\\': '\\' }

// A run for each document: newsboat keeps one item of each id, whatever feed it stands in.
async function newsboatReading(within: string, name: string): Promise<PartialReading> {
  const cache = join(within, `${name}.db`)
  const files = { '-u': `${name}.urls`, '-C': `${name}.config`, '-c': `${name}.db` }
  writeFileSync(join(within, files['-u']), `file://${join(within, name)}\n`)
  writeFileSync(join(within, files['-C']), 'max-items 0\n')
  await run('newsboat', [...Object.entries(files).flat(), '-x', 'reload'], { cwd: within })
  const db = new DatabaseSync(cache, { readOnly: true })
  try {
    const feed = db.prepare('SELECT title, url FROM rss_feed').get()
    // It stores the last of a document first.
    const items = db.prepare('SELECT * FROM rss_item ORDER BY id DESC').all()
    const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : null)
    return {
      title: text(feed?.['title']),
      pageUrl: text(feed?.['url']),
      entries: items.map((item) => ({
        id: text(item['guid']),
        title: text(item['title']),
        link: text(item['url']),
        publishedAt: Number(item['pubDate']),
        authors: item['author'] === '' ? [] : [String(item['author'])],
        body: text(item['content']),
      })),
    }
  } finally {
    db.close()
  }
}
