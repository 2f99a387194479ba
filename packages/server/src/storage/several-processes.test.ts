import assert from 'node:assert/strict'
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { aClient, aUser } from '../../testing/builders.ts'
import { dump } from '../../testing/dump.ts'
import { aCode, aFamily, noon } from '../../testing/issued.ts'
import { aTenant, onEach, openForTest, sharedPlaces } from '../../testing/storages.ts'
import { migrations } from './migrations/index.ts'

const program = fileURLToPath(import.meta.resolve('../../testing/storage-worker.ts'))

interface Worker {
  process: ChildProcessByStdio<Writable, Readable, null>
  /** The next line it says. */
  next(): Promise<string>
  /** All that it still says, once it has ended. */
  remaining(): Promise<string[]>
  exited: Promise<unknown[]>
}

function startWorker(...args: string[]): Worker {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    process: child,
    exited: once(child, 'exit'),
    async next() {
      const { value, done } = await lines.next()
      assert.ok(!done, 'the worker ended early')
      return value
    },
    async remaining() {
      const said: string[] = []
      for (let line = await lines.next(); !line.done; line = await lines.next()) said.push(line.value)
      return said
    },
  }
}

for (const place of sharedPlaces) {
  test(`${place.name}: four processes that start at once on an empty database all find it migrated`, async () => {
    const { url, remove } = await place.make()
    try {
      const workers = Array.from({ length: 4 }, () => startWorker(url, 'open'))
      for (const worker of workers) assert.equal(await worker.next(), 'ready')
      for (const worker of workers) worker.process.stdin.end()
      for (const worker of workers) assert.deepEqual(await worker.exited, [0, null])
      assert.deepEqual(
        (await dump(url)).migrations?.map(({ name }) => name),
        migrations.map(({ name }) => name),
      )
    } finally {
      await remove()
    }
  })
}

onEach(sharedPlaces, (bench) => {
  async function withAda() {
    const tenant = await bench.tenant()
    const store = bench.storage.tenants.storeFor(tenant)
    await store.clients.save(aClient())
    await store.users.create(aUser())
    return { tenant, store }
  }

  test('SEC-052, SEC-120: of three processes that redeem 200 codes and rotate a family at once, one wins each', async () => {
    const { tenant, store } = await withAda()
    const codes = Array.from({ length: 200 }, () => aCode())
    await Promise.all(codes.map((code) => store.codes.create(code)))
    const first = aCode()
    const family = aFamily()
    await store.codes.create(first)
    await store.codes.redeem(first.codeDigest, { family }, noon)

    const digests = codes.map(({ codeDigest }) => codeDigest)
    const args = [bench.url, 'race', tenant.domain, digests.join(','), `${family.familyId},${family.currentDigest}`]
    const workers = Array.from({ length: 3 }, () => startWorker(...args))
    for (const worker of workers) assert.equal(await worker.next(), 'ready')
    for (const worker of workers) worker.process.stdin.write('go\n')
    const won = await Promise.all(
      workers.map(async (worker) => JSON.parse(await worker.next()) as { codes: string[]; rotations: string[] }),
    )
    assert.deepEqual(won.flatMap((one) => one.codes).sort(), digests.sort())
    const rotations = won.flatMap((one) => one.rotations)
    assert.equal(rotations.length, 1)
    assert.equal((await store.refreshFamilies.find(family.familyId))?.currentDigest, rotations[0])
    assert.equal((await store.refreshFamilies.listForUser(family.userId)).length, 201)
    for (const worker of workers) assert.deepEqual(await worker.exited, [0, null])
  })

  test('SEC-122, SEC-328: kill -9 loses nothing that was acknowledged, and nothing can be redeemed twice', async () => {
    const { tenant } = await withAda()
    const created = new Set<string>()
    const redeemed = new Map<string, string>()
    const rotated = new Set<string>()
    let acknowledged = 0
    for (let round = 0; round < 3; round++) {
      const worker = startWorker(bench.url, 'write', tenant.domain)
      for (let lines = 0; lines < 150 + round * 37; lines++) await worker.next().then(note)
      worker.process.kill('SIGKILL')
      for (const line of await worker.remaining()) note(line)
    }
    assert.ok(acknowledged > 500, `${acknowledged} acknowledged`)
    await check()

    function note(line: string) {
      const [what = '', ...ids] = line.split(' ')
      assert.notEqual(what, 'lost')
      if (what !== 'ready') acknowledged++
      if (what === 'created') created.add(ids[0] ?? '')
      if (what === 'redeemed') redeemed.set(ids[0] ?? '', ids[1] ?? '')
      if (what === 'rotated') rotated.add(ids[0] ?? '')
    }
    async function check() {
      // Another process than those that wrote, as after a restart.
      const restarted = await openForTest(bench.url)
      const { codes, refreshFamilies } = restarted.tenants.storeFor(tenant)
      try {
        for (const code of created) assert.ok(await codes.find(code), 'a code is missing')
        for (const [code, familyId] of redeemed) {
          assert.equal(await codes.redeem(code, {}, noon), false)
          assert.ok(await refreshFamilies.find(familyId), 'a family is missing')
        }
        for (const familyId of rotated) {
          assert.equal((await refreshFamilies.find(familyId))?.currentDigest, `${familyId}-1`)
          const old = { familyId, generation: 0, currentDigest: `${familyId}-0` }
          assert.equal(await refreshFamilies.rotate(old, { digest: 'x' }, noon), false)
        }
      } finally {
        await restarted.close()
      }
    }
  })
  test('what one process changes, another sees: at once on SQLite, within a second on PostgreSQL', async () => {
    const tenant = await bench.tenant()
    const other = await openForTest(bench.url)
    try {
      const [here, there] = [bench.storage, other].map(({ tenants }) => tenants.storeFor(tenant))
      assert.ok(here && there)
      await here.clients.save(aClient({ name: 'before' }))
      assert.equal((await there.clients.find(aClient().clientId))?.name, 'before')
      assert.ok(await other.tenants.findByDomain(tenant.domain))

      await here.clients.save(aClient({ name: 'after' }))
      assert.equal((await here.clients.find(aClient().clientId))?.name, 'after')
      await here.settings.update({ ...tenant.settings, friendlyName: 'Renamed' })
      const began = performance.now()
      const seen = async () =>
        (await there.clients.find(aClient().clientId))?.name === 'after' &&
        (await other.tenants.findByDomain(tenant.domain))?.settings.friendlyName === 'Renamed'
      while (!(await seen())) {
        assert.ok(performance.now() - began < 1500, 'it took too long')
        await new Promise((resolve) => setImmediate(resolve))
      }
      await here.clients.delete(aClient().clientId)
      while (await there.clients.find(aClient().clientId)) await new Promise((resolve) => setImmediate(resolve))
    } finally {
      await other.close()
    }
  })

  test('of processes that create a tenant at once, one does', async () => {
    const other = await openForTest(bench.url)
    const tenant = aTenant()
    const created = await Promise.all([bench.storage.tenants.create(tenant), other.tenants.create(tenant)])
    assert.deepEqual(created.sort(), [false, true])
    await other.close()
  })
})
