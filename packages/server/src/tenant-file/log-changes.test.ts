import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aTenantFileHouse, everything } from '../../testing/tenant-files.ts'

test('SEC-280 every change that a tenant file makes is an event of the tenant’s log, without secrets', async (t) => {
  const house = await aTenantFileHouse()
  t.after(() => house.close())
  const logged = async () => {
    const { logs } = await house.storeOf()
    await logs.flush()
    return logs.list({ limit: 1000, type: 'sapi' })
  }
  const told = async () => (await logged()).map(({ description }) => description?.replace('Tenant file: ', ''))
  const made = await house.apply(everything)
  const first = made.tenants[0]
  assert.ok(first && first.changes.length > 5)
  assert.deepEqual((await told()).sort(), [...first.changes].sort())

  house.passTime(1000)
  await house.apply(everything)
  assert.equal((await logged()).length, first.changes.length, 'nothing changed, nothing is told')

  const changed = everything
    .replace('token_lifetime: 3600', 'token_lifetime: 1800')
    .replace('the secret of the site', 'another secret of the site')
    .replace('upstream secret', 'another upstream secret')
    .replace('first password', 'second password')
  const again = await house.apply(changed)
  await again.passwords.run()
  const all = await logged()
  const since = all.filter(({ date }) => date > (all.at(-1)?.date ?? 0)).map(({ description }) => description ?? '')
  assert.ok(since.includes('Tenant file: ~ api Appointments: tokenLifetime 3600 → 1800'), since.join('\n'))
  for (const what of [
    /^Tenant file: ~ client Site: .*ecret/,
    /partner: .*secret \(changed\)/,
    /ada.*password \(changed\)/,
  ])
    assert.ok(
      since.some((line) => what.test(line)),
      `${what} in:\n${since.join('\n')}`,
    )
  const secrets = [
    ...first.newSecrets.map(({ secret }) => secret),
    'secret of the site',
    'upstream secret',
    'd password',
  ]
  for (const secret of secrets) assert.ok(!JSON.stringify(all).includes(secret), 'a secret is in the log')
})
