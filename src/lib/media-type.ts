// Media types that strangers write. No I/O.

// RFC 9110 §5.6.2, §5.6.4 and §8.3.1.
const token = "[\\w!#$%&'*+.^`|~-]+"
const quoted = '"(?:[^"\\\\]|\\\\.)*"'
const essence = new RegExp(`^${token}/${token}$`)
const whole = new RegExp(`^${token}/${token}(?:\\s*;\\s*${token}=(?:${token}|${quoted}))*$`)

/** The type of a `Content-Type` field without its parameters, in lower case; '' where there is none. */
export function essenceOf(contentType: string | null | undefined): string {
  return contentType?.split(';')[0]?.trim().toLowerCase() ?? ''
}

/** A media type; without its parameters where these are not in order; null where it is none at all. */
export function parseMediaType(value: string): string | null {
  const text = value.trim()
  if (whole.test(text)) return text
  const type = text.replace(/\s*;.*$/s, '')
  return essence.test(type) ? type : null
}
