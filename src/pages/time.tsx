// Moments in the reader's words and in `<time>`. No I/O.

import { formatRfc3339 } from '../lib/time.ts'
import type { Day, Words } from './words.ts'

type Moment = { readonly seconds: number; readonly utcOffsetMinutes: number }

type TimeProps = Moment & {
  readonly words: Words
  /** The whole moment, or only the hour and minute where a heading tells the day, or only the day. */
  readonly show?: 'moment' | 'clock' | 'date'
}

/** A moment as a clock with this offset showed it; the offset is told, for elsewhere it is another hour. */
export function Time({ words, seconds, utcOffsetMinutes, show = 'moment' }: TimeProps) {
  const moment = { seconds, utcOffsetMinutes }
  return (
    <time datetime={formatRfc3339(seconds, utcOffsetMinutes)}>
      {
        {
          moment: momentInWords(words, moment),
          clock: clockOf(moment),
          date: words.date(dayOf(moment)),
        }[show]
      }
    </time>
  )
}

export function momentInWords(words: Words, moment: Moment): string {
  return words.dayAndTime(dayOf(moment), clockOf(moment), zoneOf(moment))
}

export function dayOf({ seconds, utcOffsetMinutes }: Moment): Day {
  const local = new Date((seconds + utcOffsetMinutes * 60) * 1000)
  return {
    year: local.getUTCFullYear(),
    month: local.getUTCMonth() + 1,
    date: local.getUTCDate(),
    weekday: local.getUTCDay(),
  }
}

/** "+7", "-3:30". */
function zoneOf({ utcOffsetMinutes }: Moment): string {
  const zone = formatRfc3339(0, utcOffsetMinutes).slice(19)
  return zone
    .replace('Z', '')
    .replace(/^([+-])0/, '$1')
    .replace(':00', '')
}

function clockOf({ seconds, utcOffsetMinutes }: Moment): string {
  return formatRfc3339(seconds, utcOffsetMinutes).slice(11, 16)
}
