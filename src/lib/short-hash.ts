/** FNV-1a, 32 bits: enough to tell one release's or deployment's settings from another's. No I/O. */
export function shortHash(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0
  }
  return hash
}
