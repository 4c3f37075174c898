// The languages Loa itself speaks: in findings, and on pages. No I/O.

export const languages = ['en', 'vi'] as const
export type Language = (typeof languages)[number]

/** The first of our languages that Accept-Language asks for (RFC 9110 §12.5.4), else English. */
export function preferredLanguage(acceptLanguage: string | undefined): Language {
  const ranges = (acceptLanguage ?? '').split(',').map((part) => {
    const [range = '', ...parameters] = part.trim().toLowerCase().split(';')
    const quality = parameters.map((each) => /^\s*q=([\d.]+)$/.exec(each)?.[1]).find(Boolean)
    return { language: range.split('-')[0] ?? '', quality: Number(quality ?? 1) }
  })
  const wanted = ranges
    .filter(({ quality }) => quality > 0)
    .toSorted((a, b) => b.quality - a.quality)
    .map(({ language }) => findLanguage(language))
  return wanted.find((language) => language !== null) ?? 'en'
}

export function findLanguage(text: string | undefined): Language | null {
  return languages.find((language) => language === text) ?? null
}
