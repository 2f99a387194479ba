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
  /** Writes what came for `spent`, a refresh token that does not work any more. If that fails, memory holds it meanwhile. */
  replace(spent: string, tokens: Tokens): Promise<void>
  forget(): Promise<void>
}

/** What a storage would not take: there is nothing else left of a refresh token that was rotated. By storage and key. */
const unsaved = new WeakMap<Storage, Map<string, { spent: string; tokens: Tokens }>>()

export function tokenStore(storage: Storage, prefix: string): TokenStore {
  const key = `${prefix}.tokens`
  const held = unsaved.get(storage) ?? new Map<string, { spent: string; tokens: Tokens }>()
  unsaved.set(storage, held)
  return {
    async read() {
      const parsed = parseJson(await storage.get(key))
      const stored = isTokens(parsed) ? parsed : undefined
      const better = held.get(key)
      return better && better.spent === stored?.refreshToken ? better.tokens : stored
    },
    async write(tokens) {
      await storage.set(key, JSON.stringify(tokens))
      held.delete(key)
    },
    async replace(spent, tokens) {
      const earlier = held.get(key) // what is stored is older still when this is not the first that the storage refuses
      held.set(key, { spent: earlier?.tokens.refreshToken === spent ? earlier.spent : spent, tokens })
      await this.write(tokens)
    },
    async forget() {
      held.delete(key)
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
