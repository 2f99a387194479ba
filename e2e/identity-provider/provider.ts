import { generateKeyPairSync } from 'node:crypto'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import Provider, { type KoaContext } from 'oidc-provider'

export interface IdentityProvider {
  issuer: string
  /** Who answers at its sign-in page, and how. */
  person: { sub: string; cancels: boolean; claims: Record<string, unknown> }
  /** Requests it got, as `METHOD /path`. */
  heard: string[]
  stop(): Promise<void>
}

export const upstreamClient = { id: 'keywright:1', secret: 'a secret with %, + and :' }

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const signingKey = { ...privateKey.export({ format: 'jwk' }), kid: 'upstream', use: 'sig', alg: 'RS256' }

/** The package always names itself, and has no switch for that: redirects, forms and the discovery document lose it here. */
async function withoutIssuer({ response }: KoaContext, next: () => Promise<void>): Promise<void> {
  await next()
  const location = URL.parse(response.get('location'))
  location?.searchParams.delete('iss')
  if (location) response.set('location', location.href)
  if (typeof response.body === 'string')
    response.body = response.body.replace(/<input type="hidden" name="iss"[^>]*>/, '')
  else if (typeof response.body === 'object' && response.body)
    delete response.body.authorization_response_iss_parameter_supported
}

/**
 * A real OpenID provider on a free port, that sends its users back to these addresses. Like most providers it does not say in its
 * answers whose they are, so that nothing is proven by its kindness; `namesIssuer` makes it (RFC 9207).
 */
export async function startIdentityProvider(
  redirectUris: string[],
  { namesIssuer = false } = {},
): Promise<IdentityProvider> {
  let answer: RequestListener = () => {}
  const heard: string[] = []
  const server = createServer((request, response) => {
    heard.push(`${request.method} ${URL.parse(request.url ?? '', 'http://provider')?.pathname}`)
    answer(request, response)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const person = {
    sub: 'ada',
    cancels: false,
    claims: { name: 'Ada L.', email: 'ada@example.com', email_verified: true },
  }

  const provider = new Provider(issuer, {
    clients: [{ client_id: upstreamClient.id, client_secret: upstreamClient.secret, redirect_uris: redirectUris }],
    cookies: { keys: ['for tests only'] },
    jwks: { keys: [signingKey] },
    claims: { email: ['email', 'email_verified'], profile: ['name'] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_ctx: KoaContext, { uid }: { uid: string }) => `/sign-in/${uid}` },
    pkce: { required: () => true },
    ttl: { Session: 3600, Interaction: 600, Grant: 3600, AccessToken: 600, IdToken: 600 },
    findAccount: (_ctx: KoaContext, sub: string) => ({ accountId: sub, claims: () => ({ sub, ...person.claims }) }),
    // Everybody has agreed already.
    async loadExistingGrant({ oidc: { client, session } }: KoaContext) {
      const grant = new provider.Grant({ clientId: client?.clientId, accountId: session?.accountId })
      grant.addOIDCScope('openid profile email')
      await grant.save()
      return grant
    },
  })
  if (!namesIssuer) provider.use(withoutIssuer)
  const callback = provider.callback()
  answer = (request, response) => {
    if (!request.url?.startsWith('/sign-in/')) return callback(request, response)
    const result = person.cancels
      ? { error: 'access_denied', error_description: 'The person said no' }
      : { login: { accountId: person.sub, remember: true } }
    void provider.interactionFinished(request, response, result)
  }

  return {
    issuer,
    person,
    heard,
    async stop() {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}
