import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { sample } from '../dialects.ts'

/** The same job as Keywright's: PKCE, RS256 with 2048 bits, JWT access tokens for an API, rotating refresh tokens. */
export function oidcProviderSettings(): object {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const key = { ...privateKey.export({ format: 'jwk' }), kid: 'bench', use: 'sig', alg: 'RS256' }
  return {
    jwks: { keys: [key] },
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    clients: clients(),
    scopes: ['openid', 'offline_access'],
    claims: {
      openid: ['sub'],
      profile: ['name', 'given_name', 'family_name', 'nickname', 'picture', 'updated_at'],
      email: ['email', 'email_verified'],
    },
    // Keywright's ID token tells the profile, too.
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    rotateRefreshToken: true,
    issueRefreshToken: (_ctx: unknown, client: { clientId: string }) => client.clientId === sample.clientId,
    interactions: { url: (_ctx: unknown, interaction: { uid: string }) => `/interaction/${interaction.uid}` },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: { enabled: true, useGrantedResource: () => true, getResourceServerInfo: () => api },
    },
    findAccount: (_ctx: unknown, accountId: string) => ({ accountId, claims: () => claimsOf(accountId) }),
    ttl: {
      AccessToken: 86_400,
      IdToken: 36_000,
      Session: 259_200,
      Grant: 259_200,
      Interaction: 3600,
      RefreshToken: 2_592_000,
    },
  }
}

const api = {
  scope: sample.apiScope,
  accessTokenFormat: 'jwt',
  accessTokenTTL: 86_400,
  jwt: { sign: { alg: 'RS256' } },
}

const clients = () => [
  {
    client_id: sample.clientId,
    token_endpoint_auth_method: 'none',
    redirect_uris: [sample.redirectUri],
    grant_types: ['authorization_code', 'refresh_token'],
  },
  {
    client_id: sample.machineId,
    client_secret: sample.machineSecret,
    token_endpoint_auth_method: 'client_secret_post',
    redirect_uris: [],
    response_types: [],
    grant_types: ['client_credentials'],
  },
]

const claimsOf = (accountId: string) => ({
  sub: accountId,
  name: `User ${accountId}`,
  given_name: 'User',
  family_name: accountId,
  nickname: accountId,
  picture: 'https://example.com/picture.png',
  updated_at: 1_700_000_000,
  email: accountId,
  email_verified: true,
})
