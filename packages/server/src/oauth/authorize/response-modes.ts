import { originOf } from '#clients/registered-url.ts'
import { html, type Reply, redirect } from '#http/reply.ts'
import { formPostPage } from '#pages/form-post-page.ts'
import type { Surroundings } from '#pages/page.ts'
import { webMessagePage } from '#pages/web-message-page.ts'
import type { ReturnAddress } from './authorization-request.ts'
import type { AuthorizationResponse } from './issue-response.ts'

/** Delivers the answer in the mode that was asked for (OAuth 2.0 Multiple Response Types §2.1, Form Post §2). */
export function respond(response: AuthorizationResponse, to: ReturnAddress, around: Surroundings): Reply {
  switch (to.responseMode) {
    case 'query':
      return redirect(`${to.redirectUri}${to.redirectUri.includes('?') ? '&' : '?'}${encode(response)}`)
    case 'fragment':
      return redirect(`${to.redirectUri}#${encode(response)}`)
    case 'form_post':
      return html(formPostPage({ action: to.redirectUri, fields: response }, around))
    case 'web_message':
      return html(webMessagePage({ response, targetOrigin: originOf(to.redirectUri) ?? '' }))
  }
}

/** %20 and not `+`: Auth0's SDKs and RFC 3986 readers alike understand it. The registered URI itself is never re-written (SEC-024). */
function encode(response: AuthorizationResponse): string {
  const pairs: string[] = []
  for (const name in response) pairs.push(`${name}=${encodeURIComponent((response[name] ?? '').toWellFormed())}`)
  return pairs.join('&')
}
