import type { Client } from '#clients/client.ts'
import { digest } from '#crypto/digest.ts'
import { endpoint } from '#http/endpoint.ts'
import { notFound, notFoundLine, wantsPage } from '#http/not-found.ts'
import { html } from '#http/reply.ts'
import { surroundings } from '#http/surroundings.ts'
import { welcomePage } from '#pages/welcome-page.ts'
import { isDevelopment } from '#tenants/tenant.ts'

/** So many clients are looked at, however many there are. */
const shown = 20

/** What `npm start` prints, too: RFC 7636 Appendix B. Good for a first look only, and only on one's own machine. */
const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'

export const welcomeEndpoint = endpoint({
  methods: ['GET'],
  path: '/',
  summary: 'In development: what this is, and what to try; elsewhere there is nothing here',
  errors: 'page',
  cors: 'none',
  async handle(http, ctx) {
    if (!isDevelopment(ctx.tenant)) return wantsPage(http.headers.accept) ? notFound.handle(http, ctx) : notFoundLine()
    const clients = await ctx.store.clients.list({ limit: shown })
    const apps = clients.flatMap((client) => {
      const signInHref = signIn(client, ctx.tenant.issuer)
      return signInHref ? [{ name: client.name, signInHref }] : []
    })
    return html(welcomePage({ apps }, surroundings(http, ctx)))
  },
})

/** A sign-in that ends at our own `/mobile` where the client allows it: there somebody can see what came. */
function signIn({ clientId, callbacks }: Client, issuer: string): string | undefined {
  const usable = callbacks.filter((url) => !url.includes('*'))
  const redirectUri = usable.find((url) => url === `${issuer}mobile`) ?? usable.find((url) => /^https?:/.test(url))
  if (!redirectUri) return undefined
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    scope: 'openid profile',
    code_challenge: digest(verifier),
    code_challenge_method: 'S256',
  })
  return `/authorize?${query}`
}
