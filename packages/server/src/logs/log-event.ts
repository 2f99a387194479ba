/** One line of the tenant's log, with Auth0's event codes. Never holds a secret (SEC-303). */
export interface LogEvent {
  logId: string
  /** Epoch milliseconds. */
  date: number
  type: string
  description?: string
  connection?: string
  connectionId?: string
  clientId?: string
  clientName?: string
  ip?: string
  userAgent?: string
  hostname?: string
  userId?: string
  userName?: string
  strategy?: string
  audience?: string
  scope?: string
  sessionId?: string
  auth0Client?: Record<string, unknown>
  details?: Record<string, unknown>
}
