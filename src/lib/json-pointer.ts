/** RFC 6901: a pointer to a place, by the names and indexes on the way. No I/O. */
export function jsonPointer(parts: readonly PropertyKey[]): string {
  return parts
    .map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('')
}
