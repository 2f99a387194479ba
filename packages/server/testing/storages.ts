import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe } from 'node:test'
import { createSealer } from '#crypto/seal.ts'
import { openStorage, type StorageOptions } from '#storage/open-storage.ts'
import type { Storage, Store } from '#storage/store.ts'
import { defaultTenantSettings, type Tenant } from '#tenants/tenant.ts'
import { endWithTest } from './end-with-test.ts'
import { freshDatabase } from './postgres.ts'

export const testSecret = 'a secret for tests that is long enough'

export interface Place {
  readonly name: string
  /** Of a database of its own, and how to be rid of it. */
  make(): Promise<{ url: string; remove(): Promise<void> }>
}

export const sqliteFile: Place = {
  name: 'SQLite in a file',
  async make() {
    const folder = await mkdtemp(join(tmpdir(), 'keywright-storage-'))
    return { url: `sqlite:${join(folder, 'test.db')}`, remove: () => rm(folder, { recursive: true }) }
  },
}

const sqliteMemory: Place = {
  name: 'SQLite in memory',
  make: async () => ({ url: 'sqlite::memory:', remove: async () => {} }),
}

/** Databases of the test server go with it. */
export const postgres: Place = {
  name: 'PostgreSQL',
  make: async () => ({ url: await freshDatabase(), remove: async () => {} }),
}

/** What several processes can open at once. */
export const sharedPlaces = [sqliteFile, postgres]
export const everyPlace = [sqliteFile, sqliteMemory, postgres]

export interface Bench {
  /** Made before the first test, one for all of them: tests keep apart by having a tenant each. */
  readonly storage: Storage
  readonly url: string
  tenant(): Promise<Tenant>
  store(): Promise<Store>
}

/** The same tests on each of the databases. */
export function onEach(places: readonly Place[], suite: (bench: Bench) => void): void {
  for (const place of places) {
    describe(place.name, () => {
      let made: { url: string; remove(): Promise<void> }
      let storage: Storage
      before(async () => {
        made = await place.make()
        storage = await openForTest(made.url)
      })
      after(async () => {
        await storage.close()
        await made.remove()
      })
      const tenant = async () => {
        const one = aTenant()
        await storage.tenants.create(one)
        return one
      }
      suite({
        get storage() {
          return storage
        },
        get url() {
          return made.url
        },
        tenant,
        store: async () => storage.tenants.storeFor(await tenant()),
      })
    })
  }
}

export async function openForTest(
  url: string,
  onError?: (error: unknown) => void,
  clocks: Partial<Pick<StorageOptions, 'now' | 'uptime'>> = {},
): Promise<Storage> {
  const storage = await openStorage({ url, sealer: createSealer(testSecret), now: Date.now, onError, ...clocks })
  return { ...storage, close: endWithTest(storage.close) }
}

export function aTenant(over: Partial<Tenant> = {}): Tenant {
  const id = `ten_${randomBytes(8).toString('hex')}`
  const domain = `${id}.localhost:3000`
  return { id, domain, issuer: `http://${domain}/`, settings: { ...defaultTenantSettings }, ...over }
}
