import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { it } from 'vitest'

// docs/architecture.md: a folder imports only from folders to its left, and from itself.
const order = [
  'lib',
  'sources',
  'topics',
  'articles',
  'feeds',
  'readers',
  'hub',
  'ingest',
  'operator',
  'pages',
]

type Import = { readonly from: string; readonly to: string }

function folderOf(file: string): string {
  return file.split('/').length > 2 ? (file.split('/')[1] ?? '') : ''
}

function importsOf(file: string): Import[] {
  const text = readFileSync(file, 'utf8')
  return [...text.matchAll(/from '(\.[^']+)'/g)].map(([, path]) => ({
    from: file,
    to: normalize(join(dirname(file), path ?? '')),
  }))
}

const files = globSync('src/**/*.{ts,tsx}').filter((file) => !file.endsWith('.d.ts'))
const imports = files.flatMap(importsOf)

it('every folder of src has its place in the order', ({ expect }) => {
  const folders = new Set(files.map(folderOf).filter((folder) => folder !== ''))
  expect([...folders].toSorted()).toEqual(order.toSorted())
  expect(imports.length).toBeGreaterThan(50)
})

it('a folder imports only from folders to its left', ({ expect }) => {
  const wrong = imports.filter(({ from, to }) => {
    const folder = folderOf(from)
    return folder !== '' && order.indexOf(folderOf(to)) > order.indexOf(folder)
  })
  expect(wrong).toEqual([])
  const upwards = imports.filter(({ from, to }) => folderOf(from) !== '' && folderOf(to) === '')
  expect(upwards).toEqual([])
})

it('only stores speak SQL', ({ expect }) => {
  const statement = /\.prepare\(/
  const speaking = files.filter((file) => statement.test(readFileSync(file, 'utf8')))
  const allowed = /store\.ts$|^src\/app\.ts$/
  expect(speaking.filter((file) => !allowed.test(file))).toEqual([])
})

it('a module that says it does no I/O does none', ({ expect }) => {
  const pure = files.filter((file) => /^\/\/.*No I\/O/m.test(readFileSync(file, 'utf8')))
  expect(pure.length).toBeGreaterThan(20)
  for (const file of pure) {
    const text = readFileSync(file, 'utf8')
    expect(text, file).not.toMatch(/\bD1Database\b|\bawait fetch\(|\.prepare\(|console\./)
  }
})

it('the clock is read in one place', ({ expect }) => {
  const reading = files.filter((file) =>
    /Date\.now\(|new Date\(\)/.test(readFileSync(file, 'utf8'))
  )
  expect(reading).toEqual(['src/lib/time.ts'])
})

it('a document depends on no clock and no chance', ({ expect }) => {
  for (const file of files.filter((each) =>
    /src\/feeds\/(?:feed|rss|atom|json|xml-parts|formats|render)\.ts/.test(each)
  )) {
    const text = readFileSync(file, 'utf8')
    expect(text, file).not.toMatch(/epochSeconds|random|Date\(\)/i)
  }
})

it('publishers are told the rate limit that wrangler.toml sets', ({ expect }) => {
  const { limit, period } =
    /name = "POST_LIMIT"[^[]*simple = \{ limit = (?<limit>\d+), period = (?<period>\d+) \}/.exec(
      readFileSync('wrangler.toml', 'utf8')
    )?.groups ?? {}
  expect(readFileSync('src/ingest/routes.ts', 'utf8')).toContain(
    `postLimit = { posts: ${limit}, windowSeconds: ${period} }`
  )
})

it('whatever tests make at random comes from the seed of the run', ({ expect }) => {
  const having = (pattern: RegExp) =>
    globSync('test/**/*.ts').filter((file) => pattern.test(readFileSync(file, 'utf8')))
  expect(having(/ from 'fast-check'$/m)).toEqual(['test/support/fast-check.ts'])
  // Where a seed is drawn when one is asked for.
  expect(having(/Math\.random|randomblo[b]/)).toEqual(['test/vitest.config.ts'])
})
