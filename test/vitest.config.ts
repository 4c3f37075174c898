import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'

// The secrets that wrangler.toml requires; a test that signs or steers reads them from `env`.
process.env['MASTER_KEY'] = 'a master key for tests'
process.env['OPERATOR_TOKEN'] = 'operator-token-for-tests'

// The articles, texts and numbers that are made at random are the same each time, or CI would fail now and then
// over something that no change has to do with.
const { FUZZ_SEED = '20261122' } = process.env
const fuzzSeed = FUZZ_SEED === 'random' ? Math.floor(Math.random() * 2 ** 31) : Number(FUZZ_SEED)
if (!Number.isInteger(fuzzSeed)) throw new Error('FUZZ_SEED is a whole number, or "random".')
if (FUZZ_SEED === 'random') console.log(`FUZZ_SEED=${fuzzSeed}`)
// Vitest reads this file more than once.
process.env['FUZZ_SEED'] = String(fuzzSeed)

// Two projects: `worker` runs in workerd with a real D1, `node` (*.node.test.ts)
// where files, processes or parsers of other makers are needed.
export default defineConfig({
  test: {
    // What a passing test logs is what it provoked.
    silent: 'passed-only',
    provide: { fuzzSeed },
    projects: [
      {
        plugins: [
          cloudflareTest(async () => ({
            wrangler: { configPath: './wrangler.toml' },
            miniflare: {
              bindings: {
                TEST_MIGRATIONS: await readD1Migrations('migrations'),
                // Whatever a developer's .dev.vars says.
                ALLOW_PRIVATE_CALLBACKS: '',
              },
              // Tests post faster than a newsroom.
              ratelimits: {
                POST_LIMIT: { namespace_id: '1001', simple: { limit: 100_000, period: 10 } },
                HUB_LIMIT: { namespace_id: '1003', simple: { limit: 100_000, period: 10 } },
              },
            },
          })),
        ],
        test: {
          name: 'worker',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.node.test.ts', 'test/browser/**'],
          setupFiles: ['test/support/apply-migrations.ts'],
          // They wait for one another's I/O more than for a processor.
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
          // A test that hangs must end; how long others take is not what they are about.
          testTimeout: 60_000,
          expect: { poll: { timeout: 40_000 } },
        },
      },
      {
        test: {
          name: 'node',
          include: ['test/**/*.node.test.ts'],
          globalSetup: ['test/support/temporary-folder.ts'],
          testTimeout: 120_000,
          expect: { poll: { timeout: 40_000 } },
          hookTimeout: 120_000,
          // One `wrangler dev` at a time: two that start at once get in each other's way.
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
