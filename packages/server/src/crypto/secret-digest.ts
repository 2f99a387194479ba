import { digest } from './digest.ts'
import type { Sealer } from './seal.ts'

/** Whose secret it is: two clients with the same one have different digests. */
export interface SecretOwner {
  tenantId: string
  clientId: string
}

/** Digests of versions before 0006 have no such beginning: plain SHA-256, which anybody can try words against. */
const keyed = 'k1.'

/**
 * What is kept of a client secret to compare with: worth nothing to a reader of the database, who lacks the key (SEC-301). Made from
 * the plain digest, so that those of before can be turned into it.
 */
export const digestOfSecret = (secret: string, owner: SecretOwner, sealer: Pick<Sealer, 'mac' | 'checkMac'>): string =>
  withKey(digest(secret), owner, sealer)

export const withKey = (
  known: string,
  { tenantId, clientId }: SecretOwner,
  sealer: Pick<Sealer, 'mac' | 'checkMac'>,
): string => (known.startsWith(keyed) ? known : keyed + sealer.mac(bound(known, clientId), purpose(tenantId)))

/** Whether one of the digests is the secret's. All are looked at, so that the time taken does not tell which one (SEC-062). */
export function fitsSecret(
  known: readonly string[],
  secret: string,
  owner: SecretOwner,
  sealer: Pick<Sealer, 'mac' | 'checkMac'>,
): boolean {
  const value = bound(digest(secret), owner.clientId)
  const fitting = known.filter(
    (one) => one.startsWith(keyed) && sealer.checkMac(value, purpose(owner.tenantId), one.slice(keyed.length)),
  )
  return fitting.length > 0
}

const purpose = (tenantId: string) => `client-secret-digest:${tenantId}`
const bound = (plain: string, clientId: string) => `${clientId}\n${plain}`
