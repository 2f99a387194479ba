import { KeywrightError } from './errors.ts'

const DOMAIN =
  /^(?:(?<scheme>https?):\/\/)?(?<host>[a-z0-9]+(?:[.-]+[a-z0-9]+)*|\[[0-9a-f:.]+\])(?::(?<port>\d{1,5}))?\/?$/
const LOOPBACK = /^(?:(?:.+\.)?localhost|127\.0\.0\.1|\[::1\])$/

/**
 * The issuer that belongs to a tenant's domain: its origin plus a slash, as it stands in every token's `iss`. Plain http is
 * for a development server on this machine only. Throws `invalid_configuration`.
 *
 * @example
 * import { issuerOf } from '@keywright/client'
 *
 * console.log(issuerOf('auth.example.com')) // https://auth.example.com/
 * console.log(issuerOf('http://localhost:3000')) // http://localhost:3000/
 */
export function issuerOf(domain: string): string {
  const { scheme = 'https', host, port } = DOMAIN.exec(domain.toLowerCase())?.groups ?? {}
  if (!host) {
    throw invalid(
      `"${domain}" is not a domain. Write auth.example.com, https://auth.example.com or http://localhost:3000.`,
    )
  }
  if (scheme === 'http' && !LOOPBACK.test(host)) {
    throw invalid(
      `"${domain}" is plain http, which would show tokens to the network. Only localhost may do without TLS.`,
    )
  }
  const isDefaultPort = port === undefined || Number(port) === (scheme === 'https' ? 443 : 80)
  return `${scheme}://${host}${isDefaultPort ? '' : `:${Number(port)}`}/`
}

const invalid = (message: string) => new KeywrightError('invalid_configuration', message)
