import type { Context } from '#context.ts'
import { UpstreamError, type UpstreamSecrets } from '../strategy.ts'
import { fetchJson, quote } from './fetch-json.ts'
import type { ProviderMetadata } from './metadata.ts'
import { type OidcOptions, usesPkce } from './options.ts'

type Provider = { options: OidcOptions; metadata: ProviderMetadata }
type ClientProof = { headers: Record<string, string>; form: Record<string, string> }

export interface UpstreamTokens {
  idToken: string
  accessToken?: string
}

/** RFC 6749 §4.1.3, with the proof that it was us who began (RFC 7636 §4.5). @throws UpstreamError */
export async function exchangeCode(
  code: string,
  secrets: UpstreamSecrets,
  provider: Provider,
  ctx: Context,
): Promise<UpstreamTokens> {
  const client = authenticate(provider)
  const form = new URLSearchParams({
    grant_type: 'authorization_code',
    code,
    redirect_uri: secrets.redirectUri,
    ...(usesPkce(provider.options) ? { code_verifier: secrets.codeVerifier } : {}),
    ...client.form,
  })
  const call = { method: 'POST', headers: client.headers, body: form }
  const { ok, status, body } = await fetchJson('token', provider.metadata.tokenEndpoint, call, {
    fetch: ctx.fetchForCaller,
  })
  if (!ok) {
    const said = `${quote(body.error)}: ${quote(body.error_description)}`
    throw new UpstreamError('failed', `token: answered ${status}, ${said}`)
  }
  const { id_token: idToken, access_token: accessToken } = body
  if (typeof idToken !== 'string') throw new UpstreamError('failed', 'token: answered without an ID token')
  return { idToken, accessToken: typeof accessToken === 'string' ? accessToken : undefined }
}

/** How we prove to be its client: as it is configured, else as the provider says, Basic first (RFC 6749 §2.3.1). */
function authenticate({ options, metadata }: Provider): ClientProof {
  const { client_id: id, client_secret: secret } = options
  if (secret === undefined) return { headers: {}, form: { client_id: id } }
  const supported = metadata.tokenEndpointAuthMethods
  const method =
    options.token_endpoint_auth_method ??
    ['client_secret_basic', 'client_secret_post'].find((known) => supported.includes(known))
  switch (method) {
    case 'client_secret_basic': {
      const credentials = Buffer.from(`${formEncode(id)}:${formEncode(secret)}`).toString('base64')
      return { headers: { authorization: `Basic ${credentials}` }, form: {} }
    }
    case 'client_secret_post':
      return { headers: {}, form: { client_id: id, client_secret: secret } }
    default:
      throw new UpstreamError('failed', 'token: the provider takes no secret, neither as Basic nor in the form')
  }
}

const formEncode = (text: string) => new URLSearchParams({ '': text }).toString().slice(1)
