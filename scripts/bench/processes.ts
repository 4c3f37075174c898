// The processes of this machine that belong to a run, and what CPU time they took, where there is a /proc.

import { readdirSync, readFileSync } from 'node:fs'

/** The children of this process; none where there is no /proc. */
export function childProcesses(): number[] {
  return processes().filter((pid) => Number(statOf(pid)[1]) === process.pid)
}

function processes(): number[] {
  try {
    return readdirSync('/proc')
      .map(Number)
      .filter((pid) => pid > 0)
  } catch {
    return []
  }
}

/** The fields of /proc/[pid]/stat after the name: state, parent, … (proc(5)). */
function statOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
  } catch {
    return []
  }
}

// proc(5): in units of sysconf(_SC_CLK_TCK), which Linux shows as 100 everywhere.
const ticksPerSecond = 100

/** The CPU time that processes took so far, in milliseconds; null where there is no /proc. */
export function cpuMsOf(pids: readonly number[]): number | null {
  if (pids.length === 0) return null
  const ticks = pids.map((pid) => {
    const [user = 0, system = 0] = statOf(pid).slice(11, 13).map(Number)
    return user + system
  })
  return (ticks.reduce((sum, each) => sum + each, 0) * 1000) / ticksPerSecond
}
