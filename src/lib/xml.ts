// Writing XML 1.0 as strings: escaping and nothing else. No I/O.
//
// Text is clean where it enters (src/lib/text.ts), yet every writer escapes, and drops what XML
// cannot hold at all: a document that is not well-formed is lost to every reader at once.

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  // Written as such, a parser would read them as "\n" or, in an attribute, as a space
  // (XML 1.0 §2.11, §3.3.3).
  '\r': '&#13;',
  '\n': '&#10;',
  '\t': '&#9;',
}

// XML 1.0 §2.2 Char, negated.
// eslint-disable-next-line no-control-regex -- control characters are what this is about
const illegal = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g

// One look over a text tells for nearly all of them that nothing is to be done. Surrogates are looked
// at more closely, since only lone ones are illegal.
const unusual = /[^\t\n -\uD7FF\uE000-\uFFFD]/
const unusualInText = /[&<>]|[^\t\n -\uD7FF\uE000-\uFFFD]/
const unusualInAttribute = /[&<>"]|[^ -\uD7FF\uE000-\uFFFD]/

/** A string as the content of an element. */
export function escapeText(text: string): string {
  if (!unusualInText.test(text)) return text
  return legal(text).replace(/[&<>\r]/g, (character) => entities[character] ?? '')
}

/** A string as the value of an attribute in double quotes. */
export function escapeAttribute(text: string): string {
  if (!unusualInAttribute.test(text)) return text
  return legal(text).replace(/[&<>"\r\n\t]/g, (character) => entities[character] ?? '')
}

/**
 * A string as the content of an element, in CDATA: some three times as fast to write as escaping, and
 * easier to read for HTML. "]]>" is split over two sections; a carriage return, which no section
 * can hold, makes the whole be escaped instead.
 */
export function cdata(text: string): string {
  if (text.includes('\r')) return escapeText(text)
  const content = unusual.test(text) ? legal(text) : text
  return `<![CDATA[${content.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`
}

function legal(text: string): string {
  return text.toWellFormed().replace(illegal, '')
}
