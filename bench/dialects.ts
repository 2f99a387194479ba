/** Where each server answers, and how it calls the same things. Everything else is said to all of them alike. */
export interface Dialect {
  authorize: string
  token: string
  userinfo: string
  jwks: string
  /** How a request names the API, when asking for a code and when exchanging it. */
  api: { authorize: Record<string, string>; token: Record<string, string> }
  /** Real tokens, or only what they cost. */
  issues: 'tokens' | 'signatures'
  /** Scopes that bring a refresh token. */
  offline: string
}

export type DialectName = 'keywright' | 'oidc-provider' | 'floor'

const audience = 'appointments:api'
/** RFC 8707 wants an absolute URI. */
const resource = 'urn:appointments:api'

const auth0: Dialect = {
  authorize: '/authorize',
  token: '/oauth/token',
  userinfo: '/userinfo',
  jwks: '/.well-known/jwks.json',
  api: { authorize: { audience }, token: {} },
  issues: 'tokens',
  offline: 'offline_access',
}

export const dialects: Record<DialectName, Dialect> = {
  keywright: auth0,
  floor: { ...auth0, issues: 'signatures' },
  'oidc-provider': {
    authorize: '/auth',
    token: '/token',
    userinfo: '/me',
    jwks: '/jwks',
    api: { authorize: { resource }, token: { resource } },
    issues: 'tokens',
    // It drops offline_access unless it asks for consent each time; its `issueRefreshToken` gives one anyway.
    offline: '',
  },
}

/** What all servers are set up with. */
export const sample = {
  clientId: 'Nh8vTqNYjbsVfMTHy2cFTRUFgyqjAqnn',
  machineId: 'mAch1neNYjbsVfMTHy2cFTRUFgyqjAqn',
  machineSecret: 'a secret that only the machine and this bench know',
  redirectUri: 'https://app.example/callback',
  audience,
  resource,
  apiScope: 'appointments contacts',
  password: 'correct horse battery staple',
  /** RFC 7636 Appendix B. */
  verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
  challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  users: 64,
} as const

export const userName = (index: number): string => `user${index}@example.com`

/** What Keywright itself makes of a password (`crypto/password-kdf.ts`): with less or more it would make a hash of its own. */
export const passwordCost = { memory: 19_456, passes: 2, parallelism: 1 } as const
