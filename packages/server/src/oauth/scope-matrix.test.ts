// What a token may do is what was asked for, and granted to the client, and declared by the API: never more, never less.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { ResourceServer } from '#clients/resource-server.ts'
import { defaultTenantSettings } from '#tenants/tenant.ts'
import { anApi } from '../../testing/builders.ts'
import { exchange, parametersOf, postToken, signIn } from '../../testing/login.ts'
import { startServer, type TestServer } from '../../testing/start-server.ts'
import { addClient, claimsOf, refresh, web } from '../../testing/tokens.ts'

/** One scope for each way of being in, or not in, the three sets. */
const matrix = [0, 1, 2, 3, 4, 5, 6, 7].map((bits) => {
  const [asked, granted, declared] = [(bits & 1) > 0, (bits & 2) > 0, (bits & 4) > 0]
  const name = [asked && 'asked', granted && 'granted', declared && 'declared'].filter(Boolean).join('-')
  return { name: name || 'nowhere', asked, granted, declared }
})
type Cell = (typeof matrix)[number]
const those = (rule: (cell: Cell) => boolean) => matrix.filter(rule).map(({ name }) => name)
const asked = those((cell) => cell.asked)
const granted = those((cell) => cell.granted)
const scopes = those((cell) => cell.declared).map((value) => ({ value }))

const policy = (user: ResourceServer['subjectTypeAuthorization']['user']['policy']) => ({
  subjectTypeAuthorization: { user: { policy: user }, client: { policy: 'require_client_grant' as const } },
})

const apis: Record<string, Partial<ResourceServer>> = {
  open: policy('allow_all'),
  granted: policy('require_client_grant'),
  rbac: { ...policy('allow_all'), enforcePolicies: true },
  'granted rbac': { ...policy('require_client_grant'), enforcePolicies: true },
  closed: policy('deny_all'),
}
const clients = { first: { isFirstParty: true }, third: { isFirstParty: false }, ungranted: { isFirstParty: false } }

let server: TestServer
before(async () => {
  server = await startServer()
  const grantTypes = ['authorization_code', 'refresh_token']
  for (const [clientId, over] of Object.entries(clients))
    await addClient(server, { clientId, appType: 'spa', tokenEndpointAuthMethod: 'none', grantTypes, ...over })
  await addClient(server)
  for (const [identifier, over] of Object.entries(apis)) {
    await server.store.resourceServers.save(anApi({ id: `api_${identifier}`, identifier, scopes, ...over }))
    for (const clientId of ['first', 'third', web.clientId]) {
      const grant = { id: `cgr_${clientId}_${identifier}`, clientId, audience: identifier, scope: granted }
      await server.store.clientGrants.save(grant)
    }
  }
})
after(() => {
  assert.deepEqual(server.errors, [])
  return server.stop()
})

/** The scopes of the access token that a user's sign-in ends in, or the error. */
async function forUser(client: string, audience: string, scope = asked): Promise<string[] | string> {
  const answer = await signIn(server.url, { client_id: client, audience, scope: scope.join(' ') })
  const error = answer.location && parametersOf(answer).get('error')
  if (!answer.location || error) return error || `a page, ${answer.status}`
  const { body } = await exchange(server.url, answer, { client_id: client })
  return scopeOf(body.access_token)
}

async function forMachine(audience: string, over: Record<string, string> = {}): Promise<string[]> {
  const credentials = { client_id: web.clientId, client_secret: web.secret }
  const { body } = await postToken(server.url, { grant_type: 'client_credentials', audience, ...credentials, ...over })
  return scopeOf(body.access_token)
}

const scopeOf = (token: unknown): string[] =>
  ((claimsOf(String(token)).scope as string | undefined) ?? '').split(' ').filter(Boolean).sort()

const withoutGrant = those((cell) => cell.asked && cell.declared).sort()
const all = those((cell) => cell.asked && cell.granted && cell.declared).sort()

describe('SEC-016 the scope of a user’s token is exactly the intersection', () => {
  const expected: Record<string, Record<keyof typeof clients, string[] | string>> = {
    open: { first: withoutGrant, third: all, ungranted: 'a page, 403' },
    granted: { first: all, third: all, ungranted: 'a page, 403' },
    // Nobody has permissions before there are roles.
    rbac: { first: [], third: [], ungranted: 'a page, 403' },
    'granted rbac': { first: [], third: [], ungranted: 'a page, 403' },
    closed: { first: 'access_denied', third: 'a page, 403', ungranted: 'a page, 403' },
  }
  for (const [audience, row] of Object.entries(expected))
    for (const [client, scope] of Object.entries(row))
      test(`API “${audience}”, client “${client}”`, async () =>
        assert.deepEqual(await forUser(client, audience), scope))

  test('asking for nothing gives nothing, and a scope asked twice is there once', async () => {
    assert.deepEqual(await forUser('third', 'granted', []), [])
    assert.deepEqual(await forUser('third', 'granted', [...asked, ...asked]), all)
  })

  test('scopes that nobody declared, where the tenant lets them pass, still need the client’s grant', async (t) => {
    t.after(() => server.store.settings.update(defaultTenantSettings))
    const flags = { ...defaultTenantSettings.flags, allowUndeclaredScopes: true }
    await server.store.settings.update({ ...defaultTenantSettings, flags })
    assert.deepEqual(await forUser('third', 'granted'), those((cell) => cell.asked && cell.granted).sort())
  })
})

test('SEC-016 refreshing widens nothing', async () => {
  const scope = ['openid', 'offline_access', ...asked]
  const answer = await signIn(server.url, { client_id: 'third', audience: 'granted', scope: scope.join(' ') })
  const { body } = await exchange(server.url, answer, { client_id: 'third' })
  const names = matrix.map(({ name }) => name).join(' ')
  const own = { client_id: 'third' }
  const wider = await refresh(server.url, String(body.refresh_token), { ...own, scope: names })
  const again = String(wider.body.refresh_token)
  const { body: same } = await refresh(server.url, again, own)
  const api = (token: unknown) => scopeOf(token).filter((value) => value !== 'openid' && value !== 'offline_access')
  assert.deepEqual(api(same.access_token), all)
  assert.deepEqual(api(wider.body.access_token), all)
})

test('SEC-016 the scope of a machine’s token is exactly the intersection, and without a wish what it was granted', async () => {
  for (const audience of ['open', 'granted', 'closed']) {
    assert.deepEqual(await forMachine(audience, { scope: asked.join(' ') }), all, audience)
    assert.deepEqual(await forMachine(audience), those((cell) => cell.granted && cell.declared).sort(), audience)
    assert.deepEqual(await forMachine(audience, { scope: 'nowhere' }), [], audience)
  }
})
