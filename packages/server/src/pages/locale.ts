/** The languages we speak, in the order of preference when nothing else decides. */
export const locales = ['en', 'de', 'fr', 'ar'] as const
export type Locale = (typeof locales)[number]

const rightToLeft: readonly Locale[] = ['ar']
export const directionOf = (locale: Locale): 'ltr' | 'rtl' => (rightToLeft.includes(locale) ? 'rtl' : 'ltr')

/** In characters: longer than any browser sends; what lies beyond is not read. */
const longest = 1000

/**
 * The first language asked for that is enabled: by the application in `ui_locales` (OpenID Connect Core §3.1.2.1), then by
 * the browser in `Accept-Language` (RFC 9110 §12.5.4). Garbage is passed over; if nothing fits, the first enabled one.
 */
export function chooseLocale(
  uiLocales: string | undefined,
  acceptLanguage: string | undefined,
  enabled: readonly Locale[] = locales,
): Locale {
  const asked = [...(uiLocales ?? '').slice(0, longest).split(/[ ,]+/), ...byPreference(acceptLanguage ?? '')]
  for (const range of asked) {
    if (range === '*') break
    const language = range.toLowerCase().split(/[-_]/, 1)[0]
    const locale = enabled.find((candidate) => candidate === language)
    if (locale) return locale
  }
  return enabled[0] ?? 'en'
}

function byPreference(acceptLanguage: string): string[] {
  const ranges: { range: string; weight: number }[] = []
  for (const item of acceptLanguage.slice(0, longest).split(',')) {
    const [range = '', ...parameters] = item.split(';').map((part) => part.trim())
    const q = parameters.find((parameter) => /^q=/i.test(parameter))?.slice(2)
    const weight = q === undefined ? 1 : /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(q) ? Number(q) : 0
    if (weight > 0) ranges.push({ range, weight })
  }
  return ranges.sort((a, b) => b.weight - a.weight).map(({ range }) => range)
}
