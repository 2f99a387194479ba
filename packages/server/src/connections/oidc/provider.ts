import { z } from 'zod'
import type { Context } from '#context.ts'
import type { JwkSet } from '#crypto/jwt.ts'
import type { Store } from '#storage/store.ts'
import type { Connection } from '../connection.ts'
import { UpstreamError } from '../strategy.ts'
import { fetchJson } from './fetch-json.ts'
import { type KeptDocument, keptDocument } from './kept-document.ts'
import { discoverProvider, type ProviderMetadata } from './metadata.ts'
import type { OidcOptions } from './options.ts'

/** Milliseconds. Providers change their metadata rarely, and announce keys before they use them. */
const tenMinutes = 600_000
/** Milliseconds between two looks at a provider that is down, or whose keys do not fit. */
const coolDown = 30_000

interface Known {
  /** The options it was learnt with. */
  source: string
  metadata: KeptDocument<ProviderMetadata>
  keys: KeptDocument<JwkSet>
}

/** What we have learnt of each tenant's providers: per store, and so per tenant, and gone with it. */
const known = new WeakMap<Store, Map<string, Known>>()

function knownOf(connection: Connection, options: OidcOptions, ctx: Context): Known {
  const ofTenant = known.get(ctx.store) ?? new Map<string, Known>()
  known.set(ctx.store, ofTenant)
  const { issuer, discovery_url, authorization_endpoint, token_endpoint, userinfo_endpoint, jwks_uri } = options
  const places = [issuer, discovery_url, authorization_endpoint, token_endpoint, userinfo_endpoint, jwks_uri]
  const source = JSON.stringify(places)
  const found = ofTenant.get(connection.id)
  if (found?.source === source) return found
  const made: Known = {
    source,
    // Nobody is sent away for long by one failed look; a key that is missing is worth a second look only now and then.
    metadata: keptDocument({ freshFor: tenMinutes, coolDown: 2_000 }),
    keys: keptDocument({ freshFor: tenMinutes, coolDown }),
  }
  ofTenant.set(connection.id, made)
  return made
}

/** @throws UpstreamError */
export function findMetadata(connection: Connection, options: OidcOptions, ctx: Context): Promise<ProviderMetadata> {
  return knownOf(connection, options, ctx).metadata.read(ctx.now(), () => discoverProvider(options, ctx))
}

/**
 * The provider's keys, among them the one called `kid` if there is any (Core §10.1.1).
 * @throws UpstreamError
 */
export async function findKeys(
  kid: string | undefined,
  connection: Connection,
  options: OidcOptions,
  ctx: Context,
): Promise<JwkSet> {
  const { keys } = knownOf(connection, options, ctx)
  const { jwksUri } = await findMetadata(connection, options, ctx)
  const fetchThem = () => fetchKeys(jwksUri, ctx)
  const set = await keys.read(ctx.now(), fetchThem)
  if (kid === undefined || set.keys.some((key) => key.kid === kid)) return set
  return keys.refresh(ctx.now(), fetchThem)
}

const jwkSet = z.object({ keys: z.array(z.looseObject({ kty: z.string(), kid: z.string().optional() })).max(100) })

async function fetchKeys(jwksUri: string, ctx: Context): Promise<JwkSet> {
  const { ok, status, body } = await fetchJson('keys', jwksUri, {}, ctx)
  if (!ok) throw new UpstreamError('failed', `keys: answered ${status}`)
  const parsed = jwkSet.safeParse(body)
  if (!parsed.success) throw new UpstreamError('failed', 'keys: not a JWK set')
  return parsed.data as JwkSet
}
