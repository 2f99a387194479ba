import type { Client } from '#clients/client.ts'
import type { ResourceServer } from '#clients/resource-server.ts'
import type { Connection } from '#connections/connection.ts'
import { createPasswordKdf } from '#crypto/password-kdf.ts'
import type { Store } from '#storage/store.ts'
import type { Tenant } from '#tenants/tenant.ts'
import type { User } from '#users/user.ts'

export const sample = {
  clientId: 'Nh8vTqNYjbsVfMTHy2cFTRUFgyqjAqnn',
  audience: 'appointments:api',
  connection: 'Username-Password-Authentication',
  email: 'ada@example.com',
  password: 'correct horse battery staple',
  userId: 'auth0|000000000000000000000ada',
  customScheme: 'com.myclientapp://myclientapp.com/callback',
  /** RFC 7636 Appendix B. */
  verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
  challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
} as const

export const aClient = (over: Partial<Client> = {}): Client => ({
  clientId: sample.clientId,
  name: 'My native app',
  appType: 'native',
  isFirstParty: true,
  tokenEndpointAuthMethod: 'none',
  secretDigests: [],
  callbacks: [sample.customScheme, 'http://127.0.0.1/callback', 'https://app.example/callback'],
  allowedLogoutUrls: ['https://app.example/bye', 'com.myclientapp://myclientapp.com/logout'],
  webOrigins: [],
  allowedOrigins: [],
  grantTypes: ['authorization_code', 'refresh_token'],
  jwtConfiguration: { lifetimeInSeconds: 36_000, alg: 'RS256' },
  refreshToken: {
    rotationType: 'rotating',
    expirationType: 'expiring',
    leeway: 5,
    tokenLifetime: 2_592_000,
    infiniteTokenLifetime: false,
    idleTokenLifetime: 1_296_000,
    infiniteIdleTokenLifetime: false,
  },
  requirePkce: false,
  standardClaims: false,
  clientMetadata: {},
  ...over,
})

export const anApi = (over: Partial<ResourceServer> = {}): ResourceServer => ({
  id: 'api_appointments',
  identifier: sample.audience,
  name: 'Appointments',
  scopes: [
    { value: 'appointments', description: 'See and make appointments' },
    { value: 'contacts', description: 'See contacts' },
    { value: 'read:contacts', description: 'Read contacts' },
  ],
  signingAlg: 'RS256',
  allowOfflineAccess: true,
  tokenLifetime: 86_400,
  tokenDialect: 'access_token',
  enforcePolicies: false,
  skipConsentForVerifiableFirstPartyClients: true,
  subjectTypeAuthorization: { user: { policy: 'allow_all' }, client: { policy: 'require_client_grant' } },
  ...over,
})

export const aConnection = (over: Partial<Connection> = {}): Connection => ({
  id: 'con_database',
  name: sample.connection,
  strategy: 'auth0',
  enabledClients: [sample.clientId],
  showAsButton: false,
  options: {},
  ...over,
})

export const aUser = (over: Partial<User> = {}): User => ({
  userId: sample.userId,
  connection: sample.connection,
  email: sample.email,
  emailVerified: true,
  name: 'Ada Lovelace',
  nickname: 'ada',
  userMetadata: {},
  appMetadata: {},
  blocked: false,
  identities: [{ connection: sample.connection, provider: 'auth0', subject: sample.userId.slice(6), isSocial: false }],
  createdAt: Date.UTC(2026, 0, 1),
  updatedAt: Date.UTC(2026, 0, 1),
  ...over,
})

let sampleHash: Promise<string> | undefined

/** Hashing costs 35 ms; the sample password is hashed once for each process. */
export function hashOf(password: string): Promise<string> {
  if (password !== sample.password) return createPasswordKdf().hash(password)
  sampleHash ??= createPasswordKdf().hash(password)
  return sampleHash
}

/** The tutorial's tenant: a native app, an API, a database of users with Ada in it. */
export async function seedSample(store: Store, _tenant: Tenant, url: string): Promise<void> {
  const client = aClient()
  await store.clients.save({ ...client, callbacks: [...client.callbacks, `${url}/mobile`] })
  await store.resourceServers.save(anApi())
  await store.connections.save(aConnection())
  await store.users.create(aUser(), await hashOf(sample.password))
}
