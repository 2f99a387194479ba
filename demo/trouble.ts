import { AuthorizationError, KeywrightError, NetworkError } from '@keywright/client'

/** An error whose message is for the person at the terminal: it says what to do. */
export class Trouble extends Error {}

/** What went wrong, in a sentence for that person. Anything unexpected keeps its stack: it is a bug. */
export function explain(error: unknown, url: string): string {
  if (error instanceof Trouble) return error.message
  const code = systemCodeOf(error)
  if (code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === 'ECONNRESET') {
    return `No server answers at ${url}. Start one with \`npm start\` in another terminal, or name another with --url.`
  }
  if (code && /CERT|SIGNATURE|ISSUER/.test(code)) {
    return `The certificate of ${url} is not trusted (${code}). Set NODE_EXTRA_CA_CERTS to the certificate authority's file.`
  }
  if (error instanceof NetworkError) return `${error.message} Is it a Keywright server, and is it well?`
  if (error instanceof AuthorizationError) return `The server refused the login: ${error.code} – ${error.message}`
  if (error instanceof KeywrightError) return `${error.message} (${error.code})`
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

/** fetch wraps the reason in causes, and for a host with several addresses in a list. */
function systemCodeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  if ('code' in error && typeof error.code === 'string' && /^[A-Z0-9_]+$/.test(error.code)) return error.code
  return systemCodeOf(error instanceof AggregateError ? error.errors[0] : error.cause)
}
