// npm run scale: what a deployment costs a month, at three sizes, which limits it meets, and how the largest
// is spread over databases. Prices and limits are Cloudflare's (scripts/scale/prices.ts; docs/scale.md says
// where they stand); what a request takes is what docs/benchmarks.md says; what a wire does in a day is
// assumed (scripts/scale/wires.ts).
//
//   npm run scale                       prints the tables of docs/scale.md
//   npm run scale -- --write            puts them there
//   npm run scale -- --polls 1e8        the largest wire with so many polls a day

import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'

import { growthTables, limitTable, unitTable, wireTable } from './scale/tables.ts'
import { country, town, world } from './scale/wires.ts'

const { values: options } = parseArgs({
  options: { polls: { type: 'string' }, write: { type: 'boolean' } },
})
const largest = options.polls ? { ...world, pollsPerDay: Number(options.polls) } : world
const wires = [town, country, largest]
const tables = {
  units: unitTable(country),
  wires: wireTable(wires),
  limits: limitTable(wires),
  ...growthTables(largest),
}

for (const [name, table] of Object.entries(tables)) console.log(`<!-- ${name} -->\n\n${table}\n`)
if (options.write) write('docs/scale.md')

/** A table stands under its name, which is in a comment. */
function write(path: string): void {
  let text = readFileSync(path, 'utf8')
  for (const [name, table] of Object.entries(tables)) {
    const place = new RegExp(`(<!-- ${name} -->\n\n)(?:\\|.*\n)*`)
    if (!place.test(text)) throw new Error(`${path} has no place for the table: ${name}`)
    text = text.replace(place, (_, head: string) => `${head}${table}\n`)
  }
  writeFileSync(path, text)
}
