// A process of its own that uses a storage, told by its arguments: url, what, and what else that needs.
import { once } from 'node:events'
import type { Store } from '#storage/store.ts'
import { aCode, aFamily, noon, unique } from './issued.ts'
import { openForTest } from './storages.ts'

const [url = '', what, tenantDomain = '', ...rest] = process.argv.slice(2)
const say = (...words: unknown[]) => process.stdout.write(`${words.join(' ')}\n`)

const storage = await openForTest(url, (error) => console.error(error))
await storage.check()
say('ready')
if (what === 'open') {
  await once(process.stdin.resume(), 'end')
} else {
  const tenant = await storage.tenants.findByDomain(tenantDomain)
  if (!tenant) throw new Error('no such tenant')
  const store = storage.tenants.storeFor(tenant)
  if (what === 'race') await race(store, rest)
  if (what === 'write') await writeForever(store)
  if (what === 'fill') await fill(store)
}
process.stdin.destroy()
await storage.close()

/** Waits to be told, then redeems every code and rotates the family, all at once; says what it won. */
async function race(store: Store, [codes = '', family = '']: string[]): Promise<void> {
  await once(process.stdin, 'data')
  const redeemed = await Promise.all(
    codes
      .split(',')
      .map(async (code) => ((await store.codes.redeem(code, { family: aFamily() }, noon)) ? code : undefined)),
  )
  const [familyId = '', currentDigest = ''] = family.split(',')
  const mine = Array.from({ length: 50 }, (_, index) => `${process.pid}-${index}`)
  const rotated = await Promise.all(
    mine.map((digest) => store.refreshFamilies.rotate({ familyId, generation: 0, currentDigest }, { digest }, noon)),
  )
  say(JSON.stringify({ codes: redeemed.filter(Boolean), rotations: mine.filter((_, index) => rotated[index]) }))
}

/** Says what it has done right after it is told that it is done, until somebody kills it. */
async function writeForever(store: Store): Promise<never> {
  const lane = async () => {
    for (;;) {
      const code = aCode()
      await store.codes.create(code)
      say('created', code.codeDigest)
      const family = aFamily({ clientId: unique() }) // below the cap of families per client
      if (!(await store.codes.redeem(code.codeDigest, { family }, noon))) say('lost', code.codeDigest)
      say('redeemed', code.codeDigest, family.familyId)
      if (!(await store.refreshFamilies.rotate(family, { digest: `${family.familyId}-1` }, noon))) say('lost')
      say('rotated', family.familyId)
    }
  }
  await Promise.all(Array.from({ length: 8 }, lane))
  throw new Error('unreachable')
}

/** Writes until the disk is full and a little longer; says what was acknowledged and how the rest was refused. */
async function fill(store: Store): Promise<void> {
  const acknowledged: string[] = []
  const refused: string[] = []
  while (refused.length < 50) {
    const batch = Array.from({ length: 20 }, () => aCode({ nonce: 'x'.repeat(500) }))
    const results = await Promise.allSettled(batch.map((code) => store.codes.create(code)))
    for (const [index, result] of results.entries()) {
      if (result.status === 'rejected') refused.push((result.reason as Error).name)
      else acknowledged.push(batch[index]?.codeDigest ?? '')
    }
  }
  for (const code of acknowledged)
    if (!(await store.codes.find(code))) throw new Error('an acknowledged code is missing')
  say(JSON.stringify({ acknowledged, refused }))
}
