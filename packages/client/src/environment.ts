import { KeywrightError } from './errors.ts'

/** Where pending logins and tokens are kept: the keychain, `SecureStore`, `localStorage`, a file. Values are strings. */
export interface Storage {
  /** The value, or nothing (`undefined` or `null`) when there is none. */
  get(key: string): Promise<string | null | undefined> | string | null | undefined
  set(key: string, value: string): Promise<void> | void
  remove(key: string): Promise<void> | void
  /**
   * Runs the work while nobody else who shares this storage runs work of that name. Only needed where several processes
   * share it, such as two runs of one command-line tool: tabs use Web Locks by themselves.
   */
  lock?<T>(name: string, work: () => Promise<T>): Promise<T>
}

/** The system browser: Custom Tabs, `ASWebAuthenticationSession`, `xdg-open`; never an embedded web view (RFC 8252 §8.12). */
export interface Browser {
  /** Shows the page and resolves with the callback URL that it ends at; rejects when the user closes it. */
  open(url: string): Promise<string>
}

/** What the library needs of the world. Everything has a default where browsers and Node.js agree. */
export interface Environment {
  fetch(url: string, init?: RequestInit): Promise<Response>
  /** The time in milliseconds since 1970, like `Date.now`. */
  now(): number
  /** So many unpredictable bytes. */
  random(length: number): Uint8Array
  /** Web Crypto; React Native needs a polyfill here. */
  subtle: SubtleCrypto
  /** Milliseconds after which a request is given up. */
  timeout: number
}

/** Fills what was not handed in. Globals are looked up when used, so that a polyfill may come late. */
export function environmentFrom(given: Partial<Environment> = {}): Environment {
  return {
    fetch: given.fetch ?? ((url, init) => globalThis.fetch(url, init)),
    now: given.now ?? (() => Date.now()),
    random: given.random ?? ((length) => webCrypto().getRandomValues(new Uint8Array(length))),
    get subtle() {
      return given.subtle ?? webCrypto().subtle
    },
    timeout: given.timeout ?? 10_000,
  }
}

function webCrypto(): Crypto {
  const { crypto } = globalThis as { crypto?: Crypto }
  // Browsers hide `subtle` from pages that came over plain http; React Native has none of its own.
  if (crypto?.subtle) return crypto
  throw new KeywrightError(
    'invalid_configuration',
    'Web Crypto is missing. Use https, install a polyfill, or hand it in.',
  )
}

/**
 * A storage that forgets everything when the app ends: the default, and enough for a command-line tool.
 *
 * @example
 * import { memoryStorage } from '@keywright/client'
 *
 * const storage = memoryStorage()
 * storage.set('colour', 'blue')
 * console.log(storage.get('colour')) // blue
 */
export function memoryStorage(): Storage {
  const values = new Map<string, string>()
  return {
    get: (key) => values.get(key),
    set: (key, value) => void values.set(key, value),
    remove: (key) => void values.delete(key),
  }
}
