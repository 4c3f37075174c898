// Which way the text of an article runs (docs/decisions/0010-right-to-left.md). No I/O.

const rightToLeftScripts = new Set(
  'Adlm Arab Aran Armi Hebr Mand Mend Nkoo Rohg Samr Syrc Thaa Yezi'.split(' ')
)

/** Whether a language (BCP 47) is written from right to left, in the script it says or usually has. */
export function isRightToLeft(language: string): boolean {
  return rightToLeftScripts.has(new Intl.Locale(language).maximize().script ?? '')
}

/**
 * A body of HTML that runs the right way wherever it is shown. No format of feeds has a place for the
 * direction of a body, and few readers conclude it from the language: the HTML says it itself.
 */
export function directed(html: string, language: string | null): string {
  if (html === '' || language === null || !isRightToLeft(language) || saysItself(html)) return html
  return `<div dir="rtl" lang="${language}">${html}</div>`
}

/** Whether one div with a direction stands around everything. */
function saysItself(html: string): boolean {
  const end = '</div>'
  return /^<div [^>]*\bdir="/.test(html) && html.indexOf(end) === html.length - end.length
}
