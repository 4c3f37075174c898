// URLs that strangers write. No I/O.

const urlLengthMax = 2048

/**
 * The absolute http(s) URL that `value` means at `base`, or null when it means none: another scheme,
 * credentials in it, over 2,048 characters, or not a URL at all. The WHATWG parser drops the control
 * characters that would disguise a scheme.
 */
export function httpUrl(value: string, base?: string): string | null {
  return allowedUrl(value, base, ['http:', 'https:'])
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
