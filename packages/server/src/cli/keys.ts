import { parseArgs } from 'node:util'
import type { Config } from '#config.ts'
import type { SigningAlgorithm } from '#crypto/jwk.ts'
import { StartError } from '#errors.ts'
import type { World } from '#server.ts'
import type { Store } from '#storage/store.ts'
import type { Tenant } from '#tenants/tenant.ts'
import { ensureSigningKeys, mayRotateFrom, replaceSigningKeys, rotateSigningKeys } from '#tokens/signing-keys.ts'
import { chooseTenant } from './choose-tenant.ts'
import { openExisting } from './existing-database.ts'

const algorithms: readonly SigningAlgorithm[] = ['RS256', 'PS256', 'ES256']

/** `keywright keys …`. Works beside a running server: it hears of the change within a second. */
export async function keysCommand(words: readonly string[], config: Config, world: World): Promise<number> {
  const { values, positionals } = parse(words)
  const [action, kid] = positionals
  const { storage } = await openExisting(config, world)
  try {
    const tenant = chooseTenant(values.tenant, config, await storage.tenants.list())
    const store = storage.tenants.storeFor(tenant)
    const { now } = storage
    switch (action) {
      case 'list':
        return await list(store)
      case 'rotate':
        return await rotate(toAlgorithm(values.algorithm), values.force, { store, tenant, now })
      case 'revoke':
        return await revoke(kid, { store, tenant, now })
      case 'replace':
        return await replace({ store, tenant, now })
      default:
        throw new StartError('Say what to do with the keys: list, rotate, revoke KID or replace.')
    }
  } finally {
    await storage.close()
  }
}

function parse(words: readonly string[]) {
  try {
    const options = {
      tenant: { type: 'string' },
      algorithm: { type: 'string', default: 'RS256' },
      force: { type: 'boolean', default: false },
    } as const
    const { values, positionals } = parseArgs({ args: words.filter(isNotKid), options, allowPositionals: true })
    return { values, positionals: [...positionals, ...words.filter((word) => !isNotKid(word))] }
  } catch (error) {
    throw new StartError(error instanceof Error ? error.message : 'The arguments make no sense.')
  }
}

/** One id in 64 begins with a hyphen, and is no option for that. */
const isNotKid = (word: string) => !/^-[\w-]{42}$/.test(word)

function toAlgorithm(name: string): SigningAlgorithm {
  const algorithm = algorithms.find((known) => known === name)
  if (!algorithm) throw new StartError(`--algorithm must be one of ${algorithms.join(', ')}.`)
  return algorithm
}

async function list(store: Store): Promise<number> {
  for (const key of await store.signingKeys.list())
    process.stdout.write(
      `${key.kid}  ${key.algorithm}  ${key.status.padEnd(8)}  since ${new Date(key.createdAt).toISOString()}\n`,
    )
  return 0
}

type KeyContext = { store: Store; tenant: Tenant; now: () => number }

async function rotate(algorithm: SigningAlgorithm, force: boolean, ctx: KeyContext) {
  const wait = Math.ceil(((await mayRotateFrom(algorithm, ctx)) - ctx.now()) / 1000)
  if (wait > 0 && !force)
    throw new StartError(
      `The next ${algorithm} key was published so recently that caches of the JWKS may not have it: APIs would refuse what it ` +
        `signs. Wait for ${wait} seconds, or say --force. After a leak, "keys replace" does not wait.`,
    )
  const rotated = await rotateSigningKeys(algorithm, ctx)
  if (!rotated) throw new StartError('Another process rotated the keys at this very moment. Nothing was done here.')
  process.stdout.write(`previous ${rotated.previous}\ncurrent  ${rotated.current}\nnext     ${rotated.next}\n`)
  return 0
}

async function revoke(kid: string | undefined, ctx: KeyContext) {
  const { store, now } = ctx
  const key = (await store.signingKeys.list()).find((candidate) => candidate.kid === kid)
  if (!key) throw new StartError('There is no key with this id. "keywright keys list" shows them.')
  if (key.status === 'current')
    throw new StartError(
      'This key signs now. After a leak, "keys replace" revokes it and the next one, which leaked with it. Otherwise rotate first.',
    )
  await store.signingKeys.revoke(key.kid, now())
  // A next key must have been published for a while when its turn comes: so its successor is made now, not then.
  if (key.status === 'next') await ensureSigningKeys(key.algorithm, ctx)
  process.stdout.write(`revoked  ${key.kid}\n`)
  return 0
}

async function replace(ctx: KeyContext) {
  const replaced = await replaceSigningKeys(ctx)
  if (!replaced) throw new StartError('Another process replaced the keys at this very moment. Nothing was done here.')
  for (const kid of replaced.revoked) process.stdout.write(`revoked  ${kid}\n`)
  for (const { status, kid, algorithm } of replaced.made)
    process.stdout.write(`${status.padEnd(8)} ${kid}  ${algorithm}\n`)
  return 0
}
