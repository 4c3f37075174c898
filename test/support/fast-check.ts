// fast-check with one seed for the whole run: a test that passes today passes tomorrow. Only here is it imported,
// or there would be tests that draw a seed of their own.

import { configureGlobal } from 'fast-check'
import { inject } from 'vitest'

export * from 'fast-check'

// Another seed finds other things (CONTRIBUTING.md, "Tests").
configureGlobal({ seed: inject('fuzzSeed') })
