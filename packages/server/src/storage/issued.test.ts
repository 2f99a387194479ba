import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Store } from '#storage/store.ts'
import type { RefreshFamily } from '#tokens/refresh-family.ts'
import { aClient, aUser, sample } from '../../testing/builders.ts'
import { aCode, aFamily, anOpaqueToken, day, minute, noon, unique } from '../../testing/issued.ts'
import { everyPlace, onEach } from '../../testing/storages.ts'
import { familyCap } from './tables/refresh-families.ts'

const manifold = <T>(count: number, make: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => make(index)))

async function bornFrom(store: Store, family: RefreshFamily): Promise<RefreshFamily> {
  const code = aCode({ grantId: family.grantId })
  await store.codes.create(code)
  assert.equal(await store.codes.redeem(code.codeDigest, { family }, noon), true)
  return family
}

onEach(everyPlace, (bench) => {
  async function withAda() {
    const store = await bench.store()
    await store.clients.save(aClient())
    await store.users.create(aUser())
    return store
  }

  test('SEC-052, SEC-327: of 200 who redeem a code at once, one does, and only that one stores anything', async () => {
    const store = await withAda()
    const code = aCode()
    await store.codes.create(code)
    assert.deepEqual(await store.codes.find(code.codeDigest), code)
    const won = await manifold(200, async () => {
      const issued = { family: aFamily({ grantId: code.grantId }), accessToken: anOpaqueToken() }
      const first = await store.codes.redeem(code.codeDigest, issued, noon + 1)
      return { first, family: await store.refreshFamilies.find(issued.family.familyId), issued }
    })
    assert.equal(won.filter(({ first }) => first).length, 1)
    for (const { first, family, issued } of won) {
      assert.deepEqual(family, first ? issued.family : undefined)
      const token = await store.accessTokens.findWithUser(issued.accessToken.tokenDigest, noon)
      assert.deepEqual(token, first ? { token: issued.accessToken, user: aUser() } : undefined)
    }
    assert.deepEqual(await store.codes.find(code.codeDigest), { ...code, redeemedAt: noon + 1 })
  })

  test('SEC-053: what was issued from one authorization dies at once', async () => {
    const store = await withAda()
    const code = aCode()
    await store.codes.create(code)
    const family = aFamily({ grantId: code.grantId })
    const other = await bornFrom(store, aFamily())
    const accessToken = anOpaqueToken({ grantId: code.grantId })
    await store.codes.redeem(code.codeDigest, { family, accessToken }, noon)
    await store.revokeGrant(code.grantId, noon + 7)
    assert.equal((await store.refreshFamilies.find(family.familyId))?.revokedAt, noon + 7)
    assert.equal(await store.accessTokens.findWithUser(accessToken.tokenDigest, noon), undefined)
    assert.equal((await store.refreshFamilies.find(other.familyId))?.revokedAt, undefined)
  })

  test('SEC-120: of 100 who rotate a family at once, one does', async () => {
    const store = await withAda()
    let { familyId, generation, currentDigest } = await bornFrom(store, aFamily())
    for (let round = 0; round < 5; round++) {
      const attempts = await manifold(100, async () => {
        const digest = unique()
        const accessToken = anOpaqueToken()
        const next = { digest, idleExpiresAt: noon + round }
        const won = await store.refreshFamilies.rotate({ familyId, generation, currentDigest }, next, noon, accessToken)
        return { won, digest, tokenDigest: accessToken.tokenDigest }
      })
      const winners = attempts.filter(({ won }) => won)
      assert.equal(winners.length, 1)
      const family = await store.refreshFamilies.find(familyId)
      assert.equal(family?.generation, round + 1)
      assert.equal(family?.currentDigest, winners[0]?.digest)
      assert.equal(family?.idleExpiresAt, noon + round)
      const tokens = await Promise.all(
        attempts.map(({ tokenDigest }) => store.accessTokens.findWithUser(tokenDigest, noon)),
      )
      assert.equal(tokens.filter(Boolean).length, 1)
      ;({ generation, currentDigest } = family)
    }
  })

  test('SEC-129: a revoked family never moves again, and a token issued while it died is dead', async () => {
    const store = await withAda()
    for (let round = 0; round < 20; round++) {
      const family = await bornFrom(store, aFamily())
      const accessToken = anOpaqueToken({ grantId: family.grantId })
      const [rotated] = await Promise.all([
        store.refreshFamilies.rotate(family, { digest: 'next' }, noon, accessToken),
        store.revokeGrant(family.grantId, noon),
      ])
      const found = await store.refreshFamilies.find(family.familyId)
      assert.equal(found?.revokedAt, noon)
      assert.equal(found?.generation, rotated ? 1 : 0)
      assert.equal(await store.accessTokens.findWithUser(accessToken.tokenDigest, noon), undefined)
      const { generation, currentDigest } = found
      const again = { familyId: family.familyId, generation, currentDigest }
      assert.equal(await store.refreshFamilies.rotate(again, { digest: 'x' }, noon), false)
      assert.equal(await store.refreshFamilies.use(again, undefined, noon, anOpaqueToken()), false)
    }
  })

  test('a family that does not rotate is renewed by the minute', async () => {
    const { refreshFamilies: families, ...store } = await withAda()
    const family = await bornFrom({ refreshFamilies: families, ...store }, aFamily())
    const idle = async () => (await families.find(family.familyId))?.idleExpiresAt
    const first = family.idleExpiresAt ?? 0
    assert.equal(await families.use(family, first + minute - 1, noon), true)
    assert.equal(await idle(), first)
    assert.equal(await families.use(family, first + minute, noon), true)
    assert.equal(await idle(), first + minute)
    const accessToken = anOpaqueToken()
    assert.equal(await families.use(family, undefined, noon, accessToken), true)
    assert.equal(await idle(), undefined)
    assert.ok(await store.accessTokens.findWithUser(accessToken.tokenDigest, noon))
    await families.revoke(family.familyId, noon + 3)
    await families.revoke(family.familyId, noon + 4)
    assert.equal((await families.find(family.familyId))?.revokedAt, noon + 3)
    assert.equal(await families.use(family, first + day, noon), false)
    assert.equal(await families.use({ ...family, familyId: 'unknown' }, first + day, noon), false)
  })

  test('SEC-119: a token that was replaced a moment ago is not used by who read the family before that', async () => {
    const store = await withAda()
    const read = await bornFrom(store, aFamily())
    assert.equal(await store.refreshFamilies.rotate(read, { digest: 'next', idleExpiresAt: noon + minute }, noon), true)
    const accessToken = anOpaqueToken({ grantId: read.grantId })
    for (const issued of [undefined, accessToken])
      assert.equal(await store.refreshFamilies.use(read, noon + minute, noon, issued), false)
    assert.equal(await store.accessTokens.findWithUser(accessToken.tokenDigest, noon), undefined)
    assert.equal((await store.refreshFamilies.find(read.familyId))?.idleExpiresAt, noon + minute)
  })

  test('SEC-128: a user has at most so many live families at a client; the oldest goes first', async () => {
    const store = await withAda()
    const families = Array.from({ length: familyCap + 1 }, (_, age) =>
      aFamily({ createdAt: noon + age, grantId: 'one' }),
    )
    for (const family of families.slice(0, -1)) await bornFrom(store, family)
    const elsewhere = await bornFrom(store, aFamily({ clientId: 'another', createdAt: noon - 1 }))
    assert.equal((await store.refreshFamilies.find(families[0]?.familyId ?? ''))?.revokedAt, undefined)
    await bornFrom(store, families.at(-1) ?? aFamily())
    const all = await store.refreshFamilies.listForUser(sample.userId, sample.clientId)
    assert.deepEqual(
      all.filter(({ revokedAt }) => revokedAt !== undefined).map(({ familyId }) => familyId),
      [families[0]?.familyId],
    )
    assert.equal(all.length, familyCap + 1)
    assert.equal((await store.refreshFamilies.find(elsewhere.familyId))?.revokedAt, undefined)
    assert.equal((await store.refreshFamilies.listForUser(sample.userId)).length, familyCap + 2)
  })

  test('SEC-103: an opaque token is found by its whole digest, until it expires or its user is gone', async () => {
    const store = await withAda()
    const token = anOpaqueToken()
    const code = aCode()
    await store.codes.create(code)
    await store.codes.redeem(code.codeDigest, { accessToken: token }, noon)
    const find = (digest: string, now = noon) => store.accessTokens.findWithUser(digest, now)
    assert.deepEqual(await find(token.tokenDigest), { token, user: aUser() })
    const flipped = token.tokenDigest.replace(/[a-z]/i, (c) =>
      c === c.toLowerCase() ? c.toUpperCase() : c.toLowerCase(),
    )
    for (const wrong of [token.tokenDigest.slice(1), `${token.tokenDigest}A`, flipped, `${token.tokenDigest}\0`])
      assert.equal(await find(wrong), undefined)
    assert.equal(await find(token.tokenDigest, token.expiresAt), undefined)
    await store.users.delete(sample.userId)
    assert.equal(await find(token.tokenDigest), undefined)
  })

  test('SEC-194: attempts at once are all counted, in a window that opens and closes', async () => {
    const { attempts } = await bench.store()
    const counts = await manifold(100, () => attempts.count('ada', noon, minute))
    assert.deepEqual(
      counts.sort((a, b) => a - b),
      Array.from({ length: 100 }, (_, index) => index + 1),
    )
    assert.equal(await attempts.read('ada', noon + minute - 1), 100)
    assert.equal(await attempts.read('bob', noon), 0)
    assert.equal(await attempts.read('ada', noon + minute), 0)
    assert.equal(await attempts.count('ada', noon + minute, minute), 1)
    await attempts.clear('ada')
    assert.equal(await attempts.read('ada', noon), 0)
    const strange = `\0\ud800${'x'.repeat(10_000)}`
    assert.equal(await attempts.count(strange, noon, minute), 1)
    assert.equal(await attempts.read(strange, noon), 1)
  })

  test('SEC-331: a clock that was set back does not stretch the window', async () => {
    const { attempts } = await bench.store()
    await attempts.count('ada', noon + day, minute)
    assert.equal(await attempts.count('ada', noon, minute), 2)
    assert.equal(await attempts.read('ada', noon + minute), 0)
  })

  test('log events are listed newest first, page by page, also by type', async () => {
    const { logs } = await bench.store()
    for (let index = 0; index < 1000; index++) {
      logs.append({ logId: `log${index}`, date: noon + index, type: index % 2 ? 's' : 'f', description: `\0${index}` })
    }
    await logs.flush()
    assert.equal((await logs.list({ limit: 5000 })).length, 1000)
    const ids = async (options: Parameters<typeof logs.list>[0]) => (await logs.list(options)).map(({ logId }) => logId)
    assert.deepEqual(await ids({ limit: 2 }), ['log999', 'log998'])
    assert.deepEqual(await ids({ limit: 2, before: 'log998' }), ['log997', 'log996'])
    assert.deepEqual(await ids({ limit: 2, type: 'f', before: 'log998' }), ['log996', 'log994'])
    assert.deepEqual(await ids({ limit: 2, before: 'unknown' }), [])
    assert.equal((await logs.find('log7'))?.description, '\x007')
    assert.equal(await logs.find('unknown'), undefined)
  })
})
