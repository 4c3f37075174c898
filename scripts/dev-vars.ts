// .dev.vars: the secrets of a developer's machine.

import { randomBytes } from 'node:crypto'
import { existsSync, linkSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const file = join(import.meta.dirname, '../.dev.vars')

/**
 * Writes random secrets unless the file is there; tells whether it did. Of two that do it at once, one
 * wins, whole.
 */
export function writeDevVars(): boolean {
  if (existsSync(file)) return false
  const secret = () => randomBytes(32).toString('base64url')
  const draft = `${file}.${process.pid}`
  const lines = [
    `MASTER_KEY=${secret()}`,
    `OPERATOR_TOKEN=${secret()}`,
    // On one's own machine, one's own machine may subscribe.
    'ALLOW_PRIVATE_CALLBACKS=true',
  ]
  writeFileSync(draft, `${lines.join('\n')}\n`, { mode: 0o600 })
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
