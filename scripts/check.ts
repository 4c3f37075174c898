// npm run check: everything that must hold before a change lands. The quick checks run side by side,
// the tests after them, so that both tell their own times truly. --without-tests leaves these out.

import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

// What a reader waits for when an isolate starts; Cloudflare allows far more.
const bundleBytesMax = 150_000

const bundle = mkdtempSync(join(tmpdir(), 'loa-bundle-'))

type Check = {
  readonly name: string
  readonly commands: readonly string[]
  readonly also?: () => string
}

const quick: readonly Check[] = [
  {
    name: 'types',
    commands: ['npm run -s types -- --check', 'tsc', 'tsc -p test', 'tsc -p scripts'],
  },
  { name: 'format', commands: ['oxfmt --check'] },
  { name: 'lint', commands: ['oxlint --type-aware --deny-warnings'] },
  { name: 'unused code', commands: ['knip'] },
  {
    name: 'bundle',
    commands: [`wrangler deploy --dry-run --outdir ${bundle}`],
    also: checkBundle,
  },
]
// Layering is a test: test/architecture.node.test.ts.
const slow: readonly Check[] = [
  { name: 'tests', commands: ['vitest run --config test/vitest.config.ts'] },
]

const results = await Promise.all(quick.map(run))
const withTests = !process.argv.includes('--without-tests')
for (const check of withTests ? slow : []) results.push(await run(check))
rmSync(bundle, { recursive: true })
process.exitCode = results.every(Boolean) ? 0 : 1

async function run({ name, commands, also }: Check): Promise<boolean> {
  const begun = performance.now()
  let output = ''
  for (const command of commands) {
    const { code, text } = await execute(command)
    if (code !== 0) {
      console.log(`FAILED  ${name}: ${command}\n${text}`)
      return false
    }
    output = text
  }
  try {
    const said = also?.() ?? summary(output)
    const seconds = ((performance.now() - begun) / 1000).toFixed(1)
    console.log(`ok      ${name.padEnd(12)} ${seconds.padStart(5)} s  ${said}`)
    return true
  } catch (error) {
    console.log(`FAILED  ${name}: ${(error as Error).message}`)
    return false
  }
}

function execute(command: string): Promise<{ code: number | null; text: string }> {
  return new Promise((settle) => {
    const child = spawn(command, { shell: true, stdio: ['ignore', 'pipe', 'pipe'] })
    let text = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk))
    child.on('close', (code) => settle({ code, text }))
  })
}

/** What a test runner says at its end, if this was one. */
function summary(output: string): string {
  // eslint-disable-next-line no-control-regex -- the colours of a terminal
  const plain = output.replaceAll(/\u001B\[[\d;]*m/g, '')
  return /Tests\s+(.*)$/m.exec(plain)?.[1]?.trim() ?? ''
}

function checkBundle(): string {
  const scripts = readdirSync(bundle).filter((name) => name.endsWith('.js'))
  const bytes = scripts
    .map((name) => gzipSync(readFileSync(join(bundle, name))).length)
    .reduce((sum, size) => sum + size, 0)
  const size = `${(bytes / 1000).toFixed(1)} kB gzip of ${bundleBytesMax / 1000}`
  if (bytes > bundleBytesMax) throw new Error(size)
  return size
}
