import { spawnSync } from 'node:child_process'
import { it } from 'vitest'

import { root } from './support/process.ts'

it('npm run test:browser says clearly when Chromium is missing', ({ expect }) => {
  const vitest = 'node_modules/vitest/vitest.mjs'
  const args = [vitest, 'run', '--config', 'test/browser/vitest.config.ts']
  const env = { ...process.env, CHROMIUM: '/nowhere/chromium' }
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: root,
    env,
    encoding: 'utf8',
  })
  expect(status).not.toBe(0)
  expect(stdout + stderr).toContain('Chromium is missing: there is none at /nowhere/chromium.')
  expect(stdout + stderr).toContain('apt-get install chromium')
})
