import { createPasswordKdf } from '#crypto/password-kdf.ts'
import { systemRandom } from '#crypto/random-id.ts'
import { createSealer } from '#crypto/seal.ts'
import { openStorage } from '#storage/open-storage.ts'
import type { Store, TenantStore } from '#storage/store.ts'
import { applyTenantFile, type TenantFilePlatform } from '#tenant-file/apply-tenant-file.ts'
import { parseTenantFile } from '#tenant-file/parse-tenant-file.ts'

const url = 'http://localhost:3000'

/** A house with real storage in memory, to apply tenant files to. `writes` lists what was written. */
export async function aTenantFileHouse(defaultTenantUrl = url) {
  const writes: string[] = []
  let time = Date.UTC(2026, 0, 1)
  const sealer = createSealer('a secret for tests, long enough to seal something')
  const storage = await openStorage({ url: 'sqlite::memory:', sealer, now: () => time })
  const platform: TenantFilePlatform = {
    tenants: recorded(storage.tenants, writes),
    now: () => time,
    random: systemRandom,
    passwords: createPasswordKdf(),
    defaultTenantUrl,
  }
  return {
    platform,
    writes,
    passTime: (milliseconds: number) => {
      time += milliseconds
    },
    /** Applies files given as YAML. */
    apply: async (...texts: string[]) =>
      applyTenantFile(
        texts.map((text, index) => parseTenantFile(text, `file${index + 1}.yaml`)),
        platform,
      ),
    async storeOf(domain = new URL(defaultTenantUrl).host): Promise<Store> {
      const tenant = await storage.tenants.findByDomain(domain)
      if (!tenant) throw new Error(`no tenant ${domain}`)
      return storage.tenants.storeFor(tenant)
    },
    close: () => storage.close(),
  }
}

const writing = new Set(['save', 'create', 'update', 'delete', 'setPasswordHash'])

/** The same store, which also notes the name of every method that writes. */
function recorded(tenants: TenantStore, writes: string[]): TenantStore {
  const record = <Target extends object>(target: Target, name: string): Target =>
    new Proxy(target, {
      get(inner, key) {
        const value = Reflect.get(inner, key) as unknown
        if (typeof value === 'object' && value !== null) return record(value, `${name}${String(key)}.`)
        if (typeof value !== 'function') return value
        return (...words: unknown[]) => {
          if (writing.has(String(key))) writes.push(`${name}${String(key)}`)
          const result = Reflect.apply(value, inner, words) as unknown
          return key === 'storeFor' ? record(result as Store, '') : result
        }
      },
    })
  return record(tenants, 'tenants.')
}
