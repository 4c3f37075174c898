// Where the time of a scenario goes, as V8's sampling profiler sees it in Loa's own isolate: D1, which
// runs beside it, shows as time that was waited.

import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { drive } from './drive.ts'
import { table } from './report.ts'
import type { Scenario } from './scenarios.ts'
import type { Stage } from './stage.ts'

// As far as it is read here: https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile
type Profile = {
  readonly nodes: readonly { id: number; callFrame: { functionName: string; lineNumber: number } }[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

const listedMax = 25
const seconds = 3

/**
 * The functions that took longest by themselves, of one run of a scenario, and the file with the whole
 * profile: Chrome DevTools and speedscope draw it as a flame graph.
 */
export async function profile(stage: Stage, scenario: Scenario): Promise<string> {
  const amount = seconds * scenario.amount
  await drive(stage, await scenario.prepare(stage, amount), seconds)
  const load = await scenario.prepare(stage, amount)
  const session = await connect(stage.inspectorUrl)
  await session.call('Profiler.enable')
  await session.call('Profiler.setSamplingInterval', { interval: 200 })
  await session.call('Profiler.start')
  await drive(stage, load, seconds)
  const { profile: taken } = (await session.call('Profiler.stop')) as { profile: Profile }
  session.close()
  const file = join(tmpdir(), `loa-${scenario.name.replaceAll(' ', '-')}.cpuprofile`)
  writeFileSync(file, JSON.stringify(taken))
  return `### ${scenario.name}\n\n${tableOf(taken)}\n\nFor a flame graph: ${file}`
}

function tableOf({ nodes, samples, timeDeltas }: Profile): string {
  const names = new Map(
    nodes.map(({ id, callFrame: { functionName, lineNumber } }) => [
      id,
      `${functionName || '(anonymous)'}${lineNumber > 0 ? `:${lineNumber + 1}` : ''}`,
    ])
  )
  const micros = new Map<string, number>()
  for (const [index, id] of samples.entries()) {
    const name = names.get(id) ?? '?'
    micros.set(name, (micros.get(name) ?? 0) + (timeDeltas[index] ?? 0))
  }
  const all = [...micros.values()].reduce((sum, each) => sum + each, 0)
  const busy = all - (micros.get('(idle)') ?? 0)
  const rows = [...micros]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, listedMax)
    .map(([name, time]) => [
      name,
      percent(time / all),
      name === '(idle)' ? '' : percent(time / busy),
    ])
  return table(['function:line of the bundle', 'of all', 'of what is not idle'], rows)
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}

/** A session of the Chrome DevTools Protocol. */
async function connect(url: string) {
  const socket = new WebSocket(url)
  await new Promise((settle, fail) => {
    socket.addEventListener('open', settle)
    socket.addEventListener('error', () => fail(new Error(`nobody inspects at ${url}`)))
  })
  let calls = 0
  const waiting = new Map<number, (result: unknown) => void>()
  socket.addEventListener('message', ({ data }) => {
    const { id, result } = JSON.parse(String(data)) as { id?: number; result?: unknown }
    if (id !== undefined) waiting.get(id)?.(result)
  })
  return {
    call: (method: string, params = {}) =>
      new Promise<unknown>((settle) => {
        const id = ++calls
        waiting.set(id, settle)
        socket.send(JSON.stringify({ id, method, params }))
      }),
    close: () => socket.close(),
  }
}
