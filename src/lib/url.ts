// URLs that strangers write. No I/O.

const urlLengthMax = 2048

/**
 * The absolute http(s) URL that `value` means at `base`, or null when it means none: another scheme,
 * credentials in it, over 2,048 characters, or not a URL at all. The WHATWG parser drops the control
 * characters that would disguise a scheme.
 */
export function httpUrl(value: string, base?: string): string | null {
  const url = allowedUrl(value, base, ['http:', 'https:'])
  return (
    url?.replace(hostOrNoUriCharacter, (found) => (found.length > 1 ? found : encoded(found))) ??
    null
  )
}

// RFC 3986 §2.2: the WHATWG parser leaves these in paths, queries and fragments, but no URI may hold them
// raw, and validators of feeds refuse them. In a host, brackets enclose an IPv6 address.
const hostOrNoUriCharacter = /^https?:\/\/[^/]*|[\\^`{|}[\]]/g

function encoded(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`
}

/** The same for what a reader may follow: mail addresses and telephone numbers as well. */
export function linkUrl(value: string, base: string): string | null {
  return allowedUrl(value, base, ['http:', 'https:', 'mailto:', 'tel:'])
}

function allowedUrl(
  value: string,
  base: string | undefined,
  protocols: readonly string[]
): string | null {
  const url = URL.parse(value.trim(), base)
  if (!url || !protocols.includes(url.protocol)) return null
  if (url.username !== '' || url.password !== '' || url.href.length > urlLengthMax) return null
  return url.href
}
