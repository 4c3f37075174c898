// The documents name what is there: routes, refusals, links, commands.

import { execFileSync } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, it } from 'vitest'

import { problems } from '../src/lib/problem.ts'

const api = readFileSync('docs/api.md', 'utf8')
const documents = [...globSync('*.md'), ...globSync('docs/**/*.md')]

describe('docs/api.md', () => {
  it('names every route', ({ expect }) => {
    const sources = globSync('src/**/*.{ts,tsx}').map((file) => readFileSync(file, 'utf8'))
    const routes = sources.flatMap((text) =>
      [...text.matchAll(/(\w*Routes|app)\.(?:get|post|put|delete)\(\s*['`]([^'`]*)['`]/g)].map(
        ([, router, path]) => {
          const prefix =
            {
              operatorSourceRoutes: '/api/sources',
              operatorPostRoutes: '/api/sources',
              operatorTopicRoutes: '/api/topics',
              operatorHubRoutes: '/api',
              operatorReaderRoutes: '/api/feeds',
            }[router ?? ''] ?? ''
          return (prefix + path)
            .replace(/\/\$\{file\}$/, '/feed.rss')
            .replace('${list}', 'readers')
            .replaceAll(/:(\w+)/g, '{$1}')
        }
      )
    )
    expect(routes.length).toBeGreaterThan(18)
    for (const route of routes) expect(api, route).toContain(route.replace(/(?<=.)\/$/, ''))
  })

  it('names every refusal with its status', ({ expect }) => {
    for (const [code, { status }] of Object.entries(problems)) {
      expect(api).toContain(`| ${status} | \`${code}\` |`)
    }
    const named = [...api.matchAll(/^\| \d{3} \| `([\w-]+)` \|/gm)].map(([, code]) => `${code}`)
    expect(named.toSorted()).toEqual(Object.keys(problems).toSorted())
  })

  it('shows JSON that is JSON', ({ expect }) => {
    const blocks = [...api.matchAll(/```json\n([\s\S]*?)```/g)]
    expect(blocks.length).toBeGreaterThan(1)
    for (const [, block] of blocks) expect(() => JSON.parse(block ?? '') as unknown).not.toThrow()
  })
})

describe('every document', () => {
  it('leads only to files that are there', ({ expect }) => {
    for (const document of documents) {
      const links = [...readFileSync(document, 'utf8').matchAll(/\]\(([^)#:\s]+)(?:#[^)]*)?\)/g)]
      for (const [, link] of links) {
        expect(existsSync(join(dirname(document), link ?? '')), `${document}: ${link}`).toBe(true)
      }
    }
  })

  it('names only scripts and files that are there', ({ expect }) => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      scripts: Record<string, string>
    }
    for (const document of documents) {
      const text = readFileSync(document, 'utf8')
      for (const [, name] of text.matchAll(/npm run ([\w:-]+)/g))
        expect(scripts, document).toHaveProperty(name ?? '')
    }
    for (const [, path] of readFileSync('docs/architecture.md', 'utf8').matchAll(
      /`((?:src|lib|sources|topics|articles|feeds|readers|hub|ingest|operator|pages)\/[\w./-]+\.tsx?)/g
    )) {
      expect(existsSync(path?.startsWith('src/') ? path : `src/${path}`), path).toBe(true)
    }
  })
})

it('every decision is in the list of decisions', ({ expect }) => {
  const list = readFileSync('docs/decisions/README.md', 'utf8')
  for (const file of globSync('docs/decisions/0*.md'))
    expect(list).toContain(file.split('/').at(-1))
})

it('docs/scale.md shows what npm run scale prints', ({ expect }) => {
  const scale = readFileSync('docs/scale.md', 'utf8')
  const tables = execFileSync(process.execPath, ['scripts/scale.ts'], { encoding: 'utf8' })
  const named = tables.trim().split(/\n\n(?=<!--)/)
  expect(named).toHaveLength(6)
  for (const table of named) expect(scale).toContain(table)
})
