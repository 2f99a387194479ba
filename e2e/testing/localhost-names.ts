import dns from 'node:dns'

/**
 * Lets this process find `acme.localhost` and its like on this machine, as browsers do (RFC 6761 §6.3); the system's own resolver
 * knows them only here and there.
 */
export function resolveLocalhostNames(): void {
  const { lookup } = dns
  const local = (hostname: string, ...rest: unknown[]) =>
    Reflect.apply(lookup, dns, [hostname.endsWith('.localhost') ? 'localhost' : hostname, ...rest]) as unknown
  dns.lookup = Object.assign(local, { __promisify__: lookup.__promisify__ }) as typeof lookup
}
