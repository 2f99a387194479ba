import type { Context } from '#context.ts'
import { chooseLocale, type Locale } from '#pages/locale.ts'
import type { Surroundings } from '#pages/page.ts'
import type { HttpRequest } from './endpoint.ts'

/** The tenant's look and the reader's language. `ui_locales` of the waiting request beats the browser's. */
export function surroundings(request: HttpRequest | undefined, ctx: Context, uiLocales?: string): Surroundings {
  const { settings } = ctx.tenant
  return {
    tenantName: settings.friendlyName,
    logoUrl: settings.branding.logoUrl ?? settings.pictureUrl,
    primaryColor: settings.branding.primaryColor,
    backgroundColor: settings.branding.pageBackground,
    labelColor: settings.branding.labelColor,
    supportUrl: settings.supportUrl,
    supportEmail: settings.supportEmail,
    locale: chooseLocale(
      uiLocales ?? request?.query.values.get('ui_locales'),
      request?.headers['accept-language'],
      settings.enabledLocales as Locale[],
    ),
  }
}
