import type { Context } from '#context.ts'
import { onwardPage } from '#pages/onward-page.ts'
import type { HttpRequest } from './endpoint.ts'
import { html, type Reply } from './reply.ts'
import { surroundings } from './surroundings.ts'

/**
 * Our cookies are SameSite=Lax: they do not come with a form that another site has sent, so whoever looks for a session then finds
 * none. A page of ours sends the request once more, and they come. Nothing is kept here meanwhile, and nothing that the request
 * holds gets into an address, a history or a log (docs/decisions/0041).
 * @param names all that is sent on: what only our own pages may send is not among them
 * @returns undefined if the request is not such a form
 */
export function detourForeignForm(http: HttpRequest, names: readonly string[], ctx: Context): Reply | undefined {
  if (!isForeignForm(http, ctx)) return undefined
  const fields: [string, string][] = []
  for (const name of names) {
    for (const { values, repeated } of [http.query, http.body]) {
      const value = values.get(name)
      if (value !== undefined) fields.push([name, value])
      for (const more of repeated.get(name) ?? []) fields.push([name, more])
    }
  }
  // The opener of a popup waits for its answer; the page has nothing to hide from it.
  return html(onwardPage({ action: http.path, fields }, surroundings(http, ctx)), { keepsOpener: true })
}

/**
 * In a frame it would be in vain: there our cookies never come, except the one that is made for it. Browsers that say nothing of the
 * site tell the form's origin; `null` may also be a page of ours, under its policy `no-referrer`.
 */
function isForeignForm({ method, headers }: HttpRequest, ctx: Context): boolean {
  if (method !== 'POST') return false
  const { origin, 'sec-fetch-site': site } = headers
  if (site !== undefined) return site === 'cross-site' && !isEmbedded(headers)
  return origin !== undefined && origin !== 'null' && `${origin}/` !== ctx.tenant.issuer
}

/** Whether the answer will be no page of its own but a part of another site's: browsers keep none of our Lax cookies then. */
export const isWithinForeignPage = ({ headers }: Pick<HttpRequest, 'headers'>): boolean =>
  headers['sec-fetch-site'] === 'cross-site' && isEmbedded(headers)

function isEmbedded({ 'sec-fetch-dest': destination }: HttpRequest['headers']): boolean {
  return destination !== undefined && destination !== 'document'
}
