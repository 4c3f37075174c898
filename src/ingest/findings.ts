// What the answer tells a publisher about each article, in plain words. No I/O.

import type { HtmlChange } from '../lib/html.ts'

/** What was changed ("info") or may trouble a reader ("warning"), and where. */
export type Finding = {
  readonly level: 'info' | 'warning'
  /** RFC 6901, into the posted document. */
  readonly pointer: string
  readonly message: string
}

export function info(pointer: string, message: string): Finding {
  return { level: 'info', pointer, message }
}

export function warning(pointer: string, message: string): Finding {
  return { level: 'warning', pointer, message }
}

/** One finding for each kind of change that cleaning made to an article's HTML. */
export function htmlFindings(pointer: string, changes: readonly HtmlChange[]): Finding[] {
  const kinds = Map.groupBy(changes, (change) => change.kind)
  return [...kinds].map(([kind, ofKind]) => describe(pointer, kind, ofKind))
}

function describe(
  pointer: string,
  kind: HtmlChange['kind'],
  changes: readonly HtmlChange[]
): Finding {
  const total = changes.reduce((sum, change) => sum + change.count, 0)
  const subjects = [...new Set(changes.map((change) => change.subject))].slice(0, 10).join(', ')
  switch (kind) {
    case 'attribute removed':
      return info(pointer, `Attributes that a feed cannot carry were removed: ${subjects}.`)
    case 'characters removed':
      return warning(pointer, 'Characters that no feed can carry were removed from the text.')
    case 'element removed':
      return warning(
        pointer,
        `Elements that a feed cannot carry were removed with what was in them: ${subjects}.`
      )
    case 'frame linked':
      return info(pointer, `Embedded frames were replaced by links: ${subjects}.`)
    case 'tracker removed':
      return info(pointer, `Invisible images were removed: ${total}.`)
    case 'url removed':
      return warning(
        pointer,
        `Addresses that are neither http, https, mailto nor tel were removed: ${subjects}.`
      )
    case 'url resolved':
      return info(pointer, `Relative addresses were made absolute: ${total}.`)
  }
}
