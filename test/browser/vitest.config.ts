// Tests in a real browser: npm run test:browser. They stand apart from the others because they need
// Chromium, which not every machine has.

import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    name: 'browser',
    include: ['test/browser/**/*.test.ts'],
    globalSetup: ['test/browser/find-chromium.ts', 'test/support/temporary-folder.ts'],
    testTimeout: 300_000,
    hookTimeout: 120_000,
  },
})
