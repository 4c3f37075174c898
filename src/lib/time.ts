// Times are epoch seconds everywhere inside; the texts of RFC 3339 and RFC 822 at the edges. No I/O.

/** A moment, and how far the clock of whoever wrote it down was from UTC. */
export type ZonedTime = {
  readonly seconds: number
  readonly utcOffsetMinutes: number
}

const dateTime =
  /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(?:\.\d+)?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/

export function epochSeconds(): number {
  return Math.floor(epochMilliseconds() / 1000)
}

/** For how long things take; what is stored as a time is in seconds. */
export function epochMilliseconds(): number {
  return Date.now()
}

/** The day of a moment, counted from 1 January 1970 in UTC. */
export function epochDay(seconds: number): number {
  return Math.floor(seconds / (24 * 3600))
}

/** Tells the milliseconds since the epoch. */
export type Clock = () => number

/**
 * Reads an RFC 3339 §5.6 date-time, fractions of a second dropped. Null when it is not one, names a
 * day that does not exist, or lies before 1900 or after 9998 (where the feed formats end).
 */
export function parseRfc3339(text: string): ZonedTime | null {
  const match = dateTime.exec(text)
  if (!match) return null
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number)
  if (year === undefined || month === undefined || day === undefined) return null
  if (hour === undefined || minute === undefined || second === undefined) return null
  const offsetHours = Number(match[8] ?? 0)
  const offsetMinutes = Number(match[9] ?? 0)
  if (year < 1900 || year > 9998 || hour > 23 || minute > 59 || second > 60) return null
  if (offsetHours > 23 || offsetMinutes > 59) return null
  const date = new Date(Date.UTC(year, month - 1, day))
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null
  const utcOffsetMinutes = (match[7] === '-' ? -1 : 1) * (offsetHours * 60 + offsetMinutes)
  // A leap second (:60, §5.7) is the second after :59 on a clock that has none.
  const seconds = date.getTime() / 1000 + hour * 3600 + minute * 60 + second
  return { seconds: seconds - utcOffsetMinutes * 60, utcOffsetMinutes: utcOffsetMinutes || 0 }
}

/** RFC 3339 as RFC 4287 §3.3 wants it: upper-case T and Z. */
export function formatRfc3339(seconds: number, utcOffsetMinutes = 0): string {
  const local = new Date((seconds + utcOffsetMinutes * 60) * 1000).toISOString().slice(0, 19)
  return local + (utcOffsetMinutes === 0 ? 'Z' : offset(utcOffsetMinutes, ':'))
}

/** RFC 822 with a year of four digits, as RSS 2.0 wants it. */
export function formatRfc822(seconds: number, utcOffsetMinutes = 0): string {
  const local = new Date((seconds + utcOffsetMinutes * 60) * 1000).toUTCString()
  return utcOffsetMinutes === 0 ? local : local.replace('GMT', offset(utcOffsetMinutes, ''))
}

/** The date format of HTTP (RFC 9110 §5.6.7). */
export function formatHttpDate(seconds: number): string {
  return new Date(seconds * 1000).toUTCString()
}

function offset(minutes: number, separator: string): string {
  const absolute = Math.abs(minutes)
  const twoDigits = (value: number) => String(value).padStart(2, '0')
  return `${minutes < 0 ? '-' : '+'}${twoDigits(Math.floor(absolute / 60))}${separator}${twoDigits(absolute % 60)}`
}
