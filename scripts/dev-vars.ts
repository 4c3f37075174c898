// .dev.vars: the secrets of a developer's machine.

import { randomBytes } from 'node:crypto'
import {
  appendFileSync,
  existsSync,
  linkSync,
  readFileSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'

const file = join(import.meta.dirname, '../.dev.vars')

// On one's own machine, one's own machine may subscribe.
const trials = 'ALLOW_PRIVATE_CALLBACKS=true\n'

/**
 * Writes random secrets unless the file is there; tells whether it did. Of two that do it at once, one
 * wins, whole.
 */
export function writeDevVars(): boolean {
  if (existsSync(file)) {
    if (devVar('ALLOW_PRIVATE_CALLBACKS') === null) appendFileSync(file, `\n${trials}`)
    return false
  }
  const secret = () => randomBytes(32).toString('base64url')
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, `MASTER_KEY=${secret()}\nOPERATOR_TOKEN=${secret()}\n${trials}`, {
    mode: 0o600,
  })
  try {
    linkSync(draft, file)
    return true
  } catch {
    return false
  } finally {
    unlinkSync(draft)
  }
}

/** A variable from .dev.vars. */
export function devVar(name: string): string | null {
  if (!existsSync(file)) return null
  const line = new RegExp(`^${name}\\s*=\\s*(.*?)\\s*$`, 'm').exec(readFileSync(file, 'utf8'))
  return line?.[1]?.replace(/^(["'])(.*)\1$/, '$2') ?? null
}
