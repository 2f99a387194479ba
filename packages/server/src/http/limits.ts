/** How much one request and one connection may ask for. Documented in docs/reference/limits.md (SEC-290). */
export interface Limits {
  /** Bytes of request line and headers together. */
  headerBytes: number
  headersCount: number
  bodyBytes: number
  /** Milliseconds until all headers, and the whole request, must have come (SEC-291). */
  headersTimeout: number
  requestTimeout: number
  keepAliveTimeout: number
  /** Milliseconds until a TLS handshake must be done. */
  handshakeTimeout: number
  /** Milliseconds in which nothing is sent or read on a connection: somebody does not fetch their answer. */
  inactivityTimeout: number
  /** Open at once from one address; listed proxies are not counted. */
  connectionsPerAddress: number
  handshakesPerAddress: number
  /** Milliseconds between two looks at who is too slow. */
  checkInterval: number
}

export const defaultLimits: Limits = {
  headerBytes: 32 * 1024,
  headersCount: 100,
  bodyBytes: 64 * 1024,
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 65_000,
  handshakeTimeout: 10_000,
  inactivityTimeout: 120_000,
  connectionsPerAddress: 1000,
  handshakesPerAddress: 100,
  checkInterval: 1000,
}
