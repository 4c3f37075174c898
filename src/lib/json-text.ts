// What JSON.parse does not say about a document: how deep it nests, and whether an object names a member
// twice, of which it would silently keep the last (RFC 8259 §4). No I/O.

import { jsonPointer } from './json-pointer.ts'

export const jsonDepthMax = 32

export type JsonFault =
  | { readonly kind: 'too deep'; readonly pointer: string }
  | { readonly kind: 'duplicate member'; readonly pointer: string }

type Level = { readonly names: Set<string> | null; part: string | number }

const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]/gs

/** The first fault of a text that is known to be JSON, in one pass, or null. */
export function findJsonFault(text: string): JsonFault | null {
  const levels: Level[] = []
  let last = ''
  token.lastIndex = 0
  for (let match = token.exec(text); match; match = token.exec(text)) {
    const [found] = match
    const level = levels.at(-1)
    if (found === '{' || found === '[') {
      if (levels.length >= jsonDepthMax) return { kind: 'too deep', pointer: pointerOf(levels) }
      levels.push({ names: found === '{' ? new Set() : null, part: found === '{' ? '' : 0 })
    } else if (found === '}' || found === ']') {
      levels.pop()
    } else if (found === ',') {
      if (level && typeof level.part === 'number') level.part++
    } else if (found === ':') {
      const name = String(JSON.parse(last))
      if (level) level.part = name
      if (level?.names?.has(name)) return { kind: 'duplicate member', pointer: pointerOf(levels) }
      level?.names?.add(name)
    } else {
      last = found
    }
  }
  return null
}

function pointerOf(levels: readonly Level[]): string {
  return jsonPointer(levels.map(({ part }) => part))
}
