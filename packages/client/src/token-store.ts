import type { Storage } from './environment.ts'
import type { IdTokenClaims } from './id-token.ts'
import { isRecord, parseJson } from './json.ts'

/** What a signed-in app holds. */
export interface Tokens {
  accessToken: string
  /** When the access token expires, in milliseconds since 1970. */
  expiresAt: number
  /** What was granted, separated by blanks: may be less than what was asked for. */
  scope: string
  refreshToken?: string
  idToken?: string
  /** The verified claims of `idToken`: who signed in. */
  claims?: IdTokenClaims
  /** The ID token of the login itself: only that one names the session (`sid`) that a logout has to end. */
  loginIdToken?: string
}

export interface TokenStore {
  read(): Promise<Tokens | undefined>
  write(tokens: Tokens): Promise<void>
  forget(): Promise<void>
}

export function tokenStore(storage: Storage, prefix: string): TokenStore {
  const key = `${prefix}.tokens`
  return {
    async read() {
      const stored = parseJson(await storage.get(key))
      return isTokens(stored) ? stored : undefined
    },
    async write(tokens) {
      await storage.set(key, JSON.stringify(tokens))
    },
    async forget() {
      await storage.remove(key)
    },
  }
}

/** What an older version of the app stored, or half of it after a crash, must not lock the user out. */
function isTokens(stored: unknown): stored is Tokens {
  return isRecord(stored) && typeof stored.accessToken === 'string' && typeof stored.expiresAt === 'number'
}

/** Storage keys that every store takes: the iOS and Android keychains of Expo allow only these characters. */
export function storagePrefix(issuer: string, clientId: string): string {
  const host = issuer.replace(/^https?:\/\//, '').replace(/\/$/, '')
  return `keywright.${host}.${clientId}`.replaceAll(/[^\w.-]/g, '_')
}
