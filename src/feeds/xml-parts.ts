// What the two XML formats share. No I/O.

import { cdata, escapeAttribute, escapeText } from '../lib/xml.ts'

type Attributes = Readonly<Record<string, string | number | null | undefined>>

/** An element with text, on a line of its own; nothing at all when the text is absent or empty. */
export function textElement(
  name: string,
  text: string | number | null | undefined,
  attributes: Attributes = {}
): string {
  if (text === null || text === undefined) return ''
  const escaped = escapeText(String(text))
  return escaped === '' ? '' : `<${name}${attributesText(attributes)}>${escaped}</${name}>\n`
}

/** The same for a body of HTML, which is written faster and read more easily in CDATA. */
export function htmlElement(name: string, html: string, attributes: Attributes = {}): string {
  const content = cdata(html)
  return content === emptySection
    ? ''
    : `<${name}${attributesText(attributes)}>${content}</${name}>\n`
}

const emptySection = cdata('')

/** An element without content, on a line of its own. Absent attributes are left out. */
export function emptyElement(name: string, attributes: Attributes): string {
  return `<${name}${attributesText(attributes)}/>\n`
}

export function attributesText(attributes: Attributes): string {
  let text = ''
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined) continue
    const escaped = escapeAttribute(String(value))
    if (escaped !== '') text += ` ${name}="${escaped}"`
  }
  return text
}

/** Concatenates what `write` makes of each. */
export function each<T>(items: readonly T[], write: (item: T) => string): string {
  let text = ''
  for (const item of items) text += write(item)
  return text
}
