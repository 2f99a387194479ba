import { z } from 'zod'
import type { Context } from '#context.ts'
import { UpstreamError } from '../strategy.ts'
import { fetchJson, quote } from './fetch-json.ts'
import type { OidcOptions } from './options.ts'

/** What we must know of a provider to send users there (OpenID Connect Discovery §3). */
export interface ProviderMetadata {
  issuer: string
  authorizationEndpoint: string
  tokenEndpoint: string
  userinfoEndpoint?: string
  jwksUri: string
  tokenEndpointAuthMethods: string[]
  /** Whether every answer names its issuer (RFC 9207 §3). */
  issInResponse: boolean
}

const document = z.object({
  issuer: z.string(),
  authorization_endpoint: z.string(),
  token_endpoint: z.string(),
  userinfo_endpoint: z.string().optional(),
  jwks_uri: z.string(),
  // RFC 8414 §2: what is not said means Basic.
  token_endpoint_auth_methods_supported: z.array(z.string()).default(['client_secret_basic']),
  authorization_response_iss_parameter_supported: z.boolean().default(false),
})

/** @throws UpstreamError if there is no such document, or it is another provider's */
export async function discoverProvider(options: OidcOptions, ctx: Context): Promise<ProviderMetadata> {
  const given = document.safeParse(options)
  const said = given.success ? given.data : await fetchDocument(options, ctx)
  requireIssuer(said.issuer, options)
  const endpoint = (name: keyof typeof said & keyof OidcOptions) =>
    requireEndpoint(name, options[name] ?? said[name], ctx)
  return {
    issuer: said.issuer,
    authorizationEndpoint: endpoint('authorization_endpoint'),
    tokenEndpoint: endpoint('token_endpoint'),
    userinfoEndpoint: (options.userinfo_endpoint ?? said.userinfo_endpoint) ? endpoint('userinfo_endpoint') : undefined,
    jwksUri: endpoint('jwks_uri'),
    tokenEndpointAuthMethods: said.token_endpoint_auth_methods_supported,
    issInResponse: said.authorization_response_iss_parameter_supported,
  }
}

async function fetchDocument(options: OidcOptions, ctx: Context): Promise<z.infer<typeof document>> {
  const { ok, status, body } = await fetchJson('discovery', discoveryUrl(options), {}, ctx)
  if (!ok) throw new UpstreamError('failed', `discovery: answered ${status}`)
  const parsed = document.safeParse(body)
  if (parsed.success) return parsed.data
  throw new UpstreamError('failed', `discovery: ${parsed.error.issues[0]?.path.join('.')} is missing or malformed`)
}

const wellKnown = '/.well-known/openid-configuration'
const discoveryUrl = ({ discovery_url, issuer = '' }: OidcOptions) => discovery_url ?? wellKnownOf(issuer)
const wellKnownOf = (issuer: string) => `${issuer.replace(/\/$/, '')}${wellKnown}`

/** A provider that speaks in another's name would be believed for that other's users (Discovery §4.3). */
function requireIssuer(said: string, { issuer, discovery_url }: OidcOptions): void {
  if (issuer === undefined ? wellKnownOf(said) === discovery_url : said === issuer) return
  throw new UpstreamError('failed', `discovery: issuer is ${quote(said)}, expected ${quote(issuer ?? discovery_url)}`)
}

/** The browser goes to one of them, secrets to another: no scripts, no plain http unless we speak it ourselves. */
function requireEndpoint(name: string, said: unknown, ctx: Context): string {
  const url = typeof said === 'string' ? URL.parse(said) : null
  const allowed = ctx.tenant.issuer.startsWith('http:') ? ['https:', 'http:'] : ['https:']
  if (url && allowed.includes(url.protocol) && !url.username && !url.password && !url.hash) return url.href
  throw new UpstreamError('failed', `discovery: ${name} is ${quote(said)}, expected an ${allowed[0]}// URL`)
}
