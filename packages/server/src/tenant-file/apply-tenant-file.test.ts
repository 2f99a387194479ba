import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { StartError } from '#errors.ts'
import { freshDatabase } from '../../testing/postgres.ts'
import { aTenantFileHouse, everything } from '../../testing/tenant-files.ts'
import { formatReport } from './report.ts'

const houses: { close(): Promise<void> }[] = []
after(() => Promise.all(houses.map((house) => house.close())))

/** With nothing left to make up, so that two processes make the same. */
const withIds = everything.replace(
  'name: Backend',
  'name: Backend\n    client_id: backend\n    client_secret: the secret of the backend',
)

async function aHouse(url?: string, database?: string, options?: Parameters<typeof aTenantFileHouse>[2]) {
  const house = await aTenantFileHouse(url, database, options)
  houses.push(house)
  return house
}

test('makes everything that a file describes, and a second run writes nothing', async () => {
  const house = await aHouse()
  const first = await house.apply(everything)
  assert.deepEqual(first.notes, [])
  assert.deepEqual(
    first.tenants[0]?.changes.map((line) => line.replace(/^\+ /, '')),
    [
      'tenant localhost:3000',
      'api Appointments',
      'client App',
      'client Backend',
      'client Site',
      'connection Username-Password-Authentication',
      'connection staff',
      'connection partner',
      'client grant Backend → Appointments',
      'user ada@example.com',
      'user bob',
    ],
  )
  house.writes.length = 0
  house.passTime(60_000)
  const second = await house.apply(everything)
  assert.deepEqual(second.tenants[0]?.changes, [])
  assert.deepEqual(second.tenants[0]?.newSecrets, [])
  assert.deepEqual(await second.passwords.run(), [])
  assert.deepEqual(house.writes, [])
  assert.match(formatReport(second), /^Tenant localhost:3000:\n {2}= 10 unchanged$/)
})

test('what it makes is what the file says, with the defaults of its type', async () => {
  const house = await aHouse()
  const report = await house.apply(everything)
  const store = await house.storeOf()
  const [app, site] = [await store.clients.find('app'), await store.clients.find('site')]
  const tenant = await house.platform.tenants.findByDomain('localhost:3000')
  assert.equal(app?.tokenEndpointAuthMethod, 'none')
  assert.deepEqual(app?.grantTypes, ['authorization_code', 'refresh_token'])
  assert.deepEqual(
    [app?.refreshToken.rotationType, app?.refreshToken.leeway, app?.refreshToken.infiniteTokenLifetime],
    ['rotating', 5, false],
  )
  assert.deepEqual([site?.refreshToken.leeway, site?.jwtConfiguration.alg, site?.requirePkce], [0, 'PS256', false])
  assert.ok(house.hasSecret(site, 'the secret of the site', tenant?.id))

  const [made] = report.tenants[0]?.newSecrets ?? []
  assert.match(made?.clientId ?? '', /^[A-Za-z0-9]{32}$/)
  assert.match(made?.secret ?? '', /^[\w-]{64}$/)
  assert.equal(report.tenants[0]?.newSecrets.length, 1)
  const backend = await store.clients.find(made?.clientId ?? '')
  assert.ok(house.hasSecret(backend, made?.secret ?? '', tenant?.id))
  assert.deepEqual(backend?.grantTypes, ['client_credentials'])
  assert.deepEqual((await store.clientGrants.find(made?.clientId ?? '', 'appointments:api'))?.scope, ['read'])

  const partner = await store.connections.findByName('partner')
  assert.equal(partner?.options.scope, 'openid email')
  assert.equal(partner?.options.type, 'back_channel')
  assert.equal(partner?.options.client_secret, 'upstream secret')
  assert.equal(partner?.enabledClients.length, 3)
  assert.deepEqual((await store.connections.findByName('staff'))?.enabledClients, ['app'])

  const ada = await store.users.findByIdentifier('staff', 'ada@example.com')
  assert.match(ada?.userId ?? '', /^auth0\|[0-9a-f]{24}$/)
  assert.deepEqual([ada?.name, ada?.nickname, ada?.picture], ['ada@example.com', 'ada', undefined])
  const hash = (await store.users.findPasswordHash(ada?.userId ?? '')) ?? ''
  assert.ok((await house.platform.passwords.verify('first password', hash)).ok)
  assert.equal((await store.users.find('auth0|b0b'))?.username, 'bob')

  assert.equal(tenant?.issuer, 'http://localhost:3000/')
  assert.equal(tenant?.settings.sessionLifetime, 1.5)
  assert.deepEqual(tenant?.settings.branding, { primaryColor: '#123456', logoUrl: 'https://www.example.com/logo.png' })
})

test('no secret is printed, except one that was made up, once', async () => {
  const house = await aHouse()
  const report = await house.apply(everything)
  const made = report.tenants[0]?.newSecrets[0]?.secret ?? 'none'
  const printed = formatReport(report)
  assert.equal(printed.split(made).length, 2)
  for (const secret of ['the secret of the site', 'upstream secret', 'first password', '$2b$'])
    assert.ok(!printed.includes(secret), secret)
  const changed = everything
    .replace('the secret of the site', 'another secret of the site')
    .replace('upstream secret', 'other upstream')
  const again = await house.apply(changed)
  assert.deepEqual(again.tenants[0]?.changes, [
    '~ client Site: clientSecret (changed)',
    '~ connection partner: options.client_secret (changed)',
  ])
  const site = await (await house.storeOf()).clients.find('site')
  const tenant = await house.platform.tenants.findByDomain('localhost:3000')
  assert.ok(house.hasSecret(site, 'another secret of the site', tenant?.id))
})

test('prints what differs, and leaves alone what the file does not mention', async () => {
  const house = await aHouse()
  await house.apply(everything)
  const report = await house.apply(`
resourceServers:
  - {identifier: "appointments:api", token_lifetime: 86400, scopes: [{value: read, description: Read}, {value: delete}]}
clients: [{name: App, callbacks: ["com.example.app://cb", "com.example.app://other"], mobile: {ios: {team_id: ZZZZZ12345, app_bundle_identifier: com.example.app}}}]
users: [{connection: staff, email: ada@example.com, user_metadata: {b: 2}}]
`)
  assert.deepEqual(report.tenants[0]?.changes, [
    '~ api Appointments: scopes +{"value":"delete"} −{"value":"write"}, tokenLifetime 3600 → 86400',
    '~ client App: callbacks +com.example.app://other −http://127.0.0.1/cb, mobile.ios.teamId ABCDE12345 → ZZZZZ12345',
    '~ user ada@example.com: userMetadata.b unset → 2',
  ])
  const store = await house.storeOf()
  assert.equal((await store.resourceServers.findByIdentifier('appointments:api'))?.signingAlg, 'ES256')
  assert.deepEqual((await store.clients.find('app'))?.clientMetadata, { plan: 'gold' })
  assert.deepEqual((await store.users.findByIdentifier('staff', 'ada@example.com'))?.userMetadata, { a: 1, b: 2 })
})

test('an empty text takes a setting back', async () => {
  const house = await aHouse()
  await house.apply(everything)
  const taken = 'tenant: {default_audience: ""}\nbranding: {logo_url: ""}'
  const report = await house.apply(taken)
  assert.deepEqual(report.tenants[0]?.changes, [
    '~ tenant localhost:3000: settings.branding.logoUrl https://www.example.com/logo.png → unset, ' +
      'settings.defaultAudience appointments:api → unset',
  ])
  const tenant = await house.platform.tenants.findByDomain('localhost:3000')
  assert.equal(tenant?.settings.defaultAudience, undefined)
  assert.deepEqual((await house.apply(taken)).tenants[0]?.changes, [])
})

test("the file's password wins, when somebody looks", async () => {
  const house = await aHouse()
  await house.apply(everything)
  const report = await house.apply(everything.replace('first password', 'second password'))
  assert.deepEqual(report.tenants[0]?.changes, [])
  assert.equal(report.passwords.count, 1)
  assert.deepEqual(await report.passwords.run(), ['~ user ada@example.com: password (changed)'])
  const store = await house.storeOf()
  const ada = await store.users.findByIdentifier('staff', 'ada@example.com')
  const hash = (await store.users.findPasswordHash(ada?.userId ?? '')) ?? ''
  assert.ok((await house.platform.passwords.verify('second password', hash)).ok)
})

test('a new client may use every connection whose clients the file does not list', async () => {
  const house = await aHouse()
  await house.apply(everything)
  await house.apply(`${everything.replace('clients:\n', 'clients:\n  - {name: New, client_id: new, app_type: spa}\n')}`)
  const store = await house.storeOf()
  const allowed = async (name: string) => (await store.connections.findByName(name))?.enabledClients.includes('new')
  assert.deepEqual(
    [await allowed('Username-Password-Authentication'), await allowed('partner'), await allowed('staff')],
    [true, true, false],
  )
})

test('tenants are found by their domain, and made if they are missing', async () => {
  const house = await aHouse()
  const acme = 'tenant: {domain: "ACME.localhost:3000"}\nclients: [{name: App, client_id: app, app_type: spa}]'
  const report = await house.apply('clients: [{name: Other, client_id: other, app_type: spa}]', acme)
  assert.deepEqual(
    report.tenants.map(({ domain }) => domain),
    ['localhost:3000', 'acme.localhost:3000'],
  )
  assert.equal(
    (await house.platform.tenants.findByDomain('acme.localhost:3000'))?.issuer,
    'http://acme.localhost:3000/',
  )
  assert.equal(await (await house.storeOf()).clients.find('app'), undefined)
  assert.equal((await (await house.storeOf('acme.localhost:3000')).clients.find('app'))?.name, 'App')
})

test('several files may describe one tenant, and the usual port is no part of a domain', async () => {
  const house = await aHouse('https://login.example.com')
  const report = await house.apply(
    'resourceServers: [{identifier: api, scopes: [{value: a}]}]',
    'tenant: {domain: "login.example.com:443"}\nclients: [{name: M, client_id: m, client_secret: the secret of machine M, app_type: non_interactive}]',
    'clientGrants: [{client_id: m, audience: api, scope: [a]}]',
  )
  assert.deepEqual(
    report.tenants.map(({ domain }) => domain),
    ['login.example.com'],
  )
  assert.ok(await (await house.storeOf()).clientGrants.find('m', 'api'))
})

test('does the same on PostgreSQL: a second run writes nothing', async () => {
  const house = await aHouse(undefined, await freshDatabase())
  assert.equal((await house.apply(everything)).tenants[0]?.changes.length, 11)
  house.writes.length = 0
  const second = await house.apply(everything)
  assert.deepEqual([second.tenants[0]?.changes, await second.passwords.run(), house.writes], [[], [], []])
})

test('of two processes that apply a file to PostgreSQL at once, neither fails and nothing is there twice', async () => {
  const database = await freshDatabase()
  const processes = await Promise.all([aHouse(undefined, database), aHouse(undefined, database)])
  await Promise.all(processes.map((house) => house.apply(withIds)))
  for (const house of processes) {
    const store = await house.storeOf()
    assert.equal((await store.clients.list({ limit: 10 })).length, 3)
    assert.equal((await store.users.list({ limit: 10 })).length, 2)
    assert.equal((await store.connections.list()).length, 3)
    assert.equal((await store.clientGrants.list()).length, 1)
  }
})

test('of two processes that apply a file at once, neither fails and nothing is there twice', async () => {
  const house = await aHouse()
  await Promise.all([house.apply(withIds), house.apply(withIds)])
  const store = await house.storeOf()
  assert.equal((await store.clients.list({ limit: 10 })).length, 3)
  assert.equal((await store.users.list({ limit: 10 })).length, 2)
})

const contradictions: [what: string, yaml: string, message: RegExp][] = [
  [
    'a client described twice',
    'clients: [{name: A, client_id: a}, {name: B, client_id: a}]',
    /the client "a" is described twice; first at file2\.yaml:1/,
  ],
  [
    'a grant of an unknown client',
    'resourceServers: [{identifier: a}]\nclients: [{name: Backend}]\nclientGrants:\n  - {client_id: Backedn, audience: a}',
    /file2\.yaml:4: client_id is "Backedn": no client has this id or name \(did you mean "Backend"\?\)/,
  ],
  [
    'a grant to an unknown API',
    'clients: [{name: B}]\nclientGrants: [{client_id: B, audience: a}]',
    /audience is "a": no API/,
  ],
  [
    'an unknown default_audience',
    'tenant: {default_audience: x}',
    /tenant\.default_audience is "x": there is no such API/,
  ],
  [
    'a user of an unknown connection',
    'users: [{connection: Username-Pasword-Authentication, email: a@b.example}]',
    /did you mean "Username-Password-Authentication"/,
  ],
  [
    'SEC-208: two users who are one',
    'users: [{connection: Username-Password-Authentication, email: a@b.example}, {connection: Username-Password-Authentication, email: "Ａ@B.example"}]',
    /described twice/,
  ],
  [
    'permissions without policies',
    'resourceServers: [{identifier: a, token_dialect: access_token_authz}]',
    /needs enforce_policies/,
  ],
  ['a public client without PKCE', 'clients: [{name: A, app_type: native, require_pkce: false}]', /always needs PKCE/],
  [
    'rotation without an end',
    'clients: [{name: A, app_type: native, refresh_token: {expiration_type: non-expiring}}]',
    /must be "expiring"/,
  ],
  [
    'a provider without https',
    'connections: [{name: a, strategy: oidc, options: {client_id: x, issuer: "http://idp.example"}}]',
    /expected https/,
  ],
]
for (const [what, yaml, message] of contradictions)
  test(`refuses ${what}, and changes nothing`, async () => {
    const house = await aHouse()
    await assert.rejects(
      house.apply('clients: [{name: Fine, client_id: fine, app_type: spa}]', yaml),
      (error: unknown) => {
        assert.ok(error instanceof StartError, String(error))
        assert.match(error.message, message)
        return true
      },
    )
    assert.deepEqual(house.writes, [])
  })

const urls: [requirement: string, client: string][] = [
  ['SEC-025', '{app_type: native, callbacks: ["com.example.app://cb#x"]}'],
  ['SEC-026', '{app_type: spa, callbacks: ["https://user@host.example/cb"]}'],
  ['SEC-027', '{app_type: spa, callbacks: ["https://host.example/a b"]}'],
  ['SEC-028', '{app_type: spa, callbacks: ["https://host.example/cb/%2e%2e/x"]}'],
  ['SEC-036', '{app_type: native, callbacks: ["JaVaScript:alert(1)"]}'],
  ['SEC-036', '{app_type: native, callbacks: ["file:///index.html"]}'],
  ['SEC-036', '{app_type: native, callbacks: ["com.example.app:cb"]}'],
  ['SEC-037', '{app_type: native, callbacks: ["https://*.host.example/cb"]}'],
  ['SEC-040', '{app_type: spa, callbacks: ["https://*.co.uk/cb"]}'],
  ['SEC-046', '{app_type: spa, allowed_logout_urls: ["https://user@host.example"]}'],
  ['SEC-046', '{app_type: spa, web_origins: ["https://user@host.example"]}'],
  ['SEC-046', '{app_type: spa, allowed_origins: ["https://user@host.example"]}'],
  ['SEC-046', '{app_type: spa, initiate_login_uri: "http://host.example"}'],
]
for (const [requirement, client] of urls)
  test(`${requirement}: leaves out and reports ${client}, and the rest of the tenant starts`, async () => {
    const house = await aHouse()
    const yaml = `clients:\n  - ${client.replace('{', '{name: A, client_id: a, ')}`
    const { notes } = await house.apply(yaml)
    assert.match(notes.join('\n'), /^file1\.yaml:2: \w+ of A has .*: left out\. /)
    const { callbacks, allowedLogoutUrls, webOrigins, allowedOrigins, initiateLoginUri } =
      (await (await house.storeOf()).clients.find('a')) ?? assert.fail('no client')
    assert.deepEqual(
      [callbacks, allowedLogoutUrls, webOrigins, allowedOrigins, initiateLoginUri],
      [[], [], [], [], undefined],
    )

    const strict = await aHouse(undefined, undefined, { strict: true })
    await assert.rejects(strict.apply(yaml), /file1\.yaml:2: \w+ of A has/)
    assert.deepEqual(strict.writes, [])
  })

for (const [what, client] of [
  ['plain http', '{app_type: native, callbacks: ["http://192.168.0.1/cb"]}'],
  ['a scheme on a web client', '{app_type: spa, callbacks: ["chrome-extension://abcdef/cb"]}'],
] as const)
  test(`SEC-031, SEC-037: ${what} is Auth0’s to allow: it works, with a warning, and not in strict mode`, async () => {
    const house = await aHouse()
    const yaml = `clients:\n  - ${client.replace('{', '{name: A, client_id: a, ')}`
    const { notes } = await house.apply(yaml)
    assert.match(notes.join('\n'), /^file1\.yaml:2: callbacks of A has .*: allowed, but: /)
    assert.equal((await (await house.storeOf()).clients.find('a'))?.callbacks.length, 1)
    const later = await house.apply(`tenant: {flags: {strict: true}}\n${yaml}`)
    assert.match(later.notes.join('\n'), /: left out\. /)
  })

test('SEC-035: in strict mode a custom scheme needs a dot', async () => {
  const house = await aHouse()
  const client = 'clients: [{name: A, app_type: native, callbacks: ["myapp://cb"]}]'
  const { notes } = await house.apply(`tenant: {flags: {strict: true}}\n${client}`)
  assert.match(notes.join('\n'), /left out\. .*reversed domain name/)
  assert.deepEqual((await house.apply(`tenant: {flags: {strict: false}}\n${client}`)).notes, [])
})

test('SEC-270: with another app_type a stored URL that needs the old one goes, and is reported', async () => {
  const house = await aHouse()
  await house.apply(everything)
  const { notes } = await house.apply('clients: [{client_id: site, name: Site, app_type: native}]')
  assert.match(notes.join('\n'), /callbacks of Site has "https:\/\/\*\.example\.com\/cb": left out\. Native/)
  assert.deepEqual((await (await house.storeOf()).clients.find('site'))?.callbacks, [])
})

test('SEC-039: association settings are validated', async () => {
  const house = await aHouse()
  for (const bundle of ['"com.example\\n"', '"<script>"', '"a/b"']) {
    const ios = `{team_id: ABCDE12345, app_bundle_identifier: ${bundle}}`
    const { notes } = await house.apply(`clients: [{name: A, client_id: a, mobile: {ios: ${ios}}}]`)
    assert.match(
      notes.join('\n'),
      /expected a bundle id .*: left out; apple-app-site-association does not list the app/,
    )
    assert.deepEqual((await (await house.storeOf()).clients.find('a'))?.mobile, {})
  }
})

test('an issuer follows the scheme of the public URL', async () => {
  const house = await aHouse()
  await house.apply(everything)
  house.platform.defaultTenantUrl = 'https://localhost:3000'
  const report = await house.apply(everything)
  assert.deepEqual(report.tenants[0]?.changes, [
    '~ tenant localhost:3000: issuer http://localhost:3000/ → https://localhost:3000/',
  ])
})

test('a name cannot move the cursor of whoever reads the report', async () => {
  const house = await aHouse()
  const named = await house.apply('clients: [{name: "A\\u202e", client_id: a, app_type: spa}]')
  const described = await house.apply('clients: [{name: A, client_id: a, description: "\\e[2Jgone"}]')
  const shown = formatReport(named) + formatReport(described)
  assert.match(shown, /gone/)
  assert.doesNotMatch(shown, /[\u001b\u202e]/)
})

/** What exports of real tenants of different ages hold, all at once. */
const oddities = `
tenant: {default_directory: google-oauth2, default_audience: "https://acme.eu.auth0.com/api/v2/", allowed_logout_urls: ["file:///bye"]}
clients:
  - {name: My App, callbacks: ["http://localhost:8080/callback"]}
  - {name: My App, app_type: regular_web, callbacks: ["http://localhost:3000/callback"]}
  - {name: Gadget, app_type: spa, callbacks: ["file:///callback", "file://#/callback", "http://acme.example/callback", "chrome-extension://abc/cb"]}
  - {name: Deleted, global: true}
resourceServers:
  - {name: Auth0 Management API, identifier: "https://acme.eu.auth0.com/api/v2/", is_system: true}
  - {name: Old, identifier: old, signing_alg: HS256, scopes: [{value: read}]}
clientGrants: [{client_id: Gadget, audience: old, scope: [read, gone]}]
databases:
  - {name: Username-Password-Authentication, enabled_clients: [My App, Long gone], options: {mfa: {active: true}}}
connections:
  - {name: google-oauth2, strategy: google-oauth2, enabled_clients: [Gadget], options: {client_secret: "##GOOGLE_SECRET##"}}
migrations: {legacy_tls: true}
`
test('an export of a real tenant starts: what cannot be applied is reported with file and line, and nothing else is lost', async () => {
  const house = await aHouse()
  const { notes } = await house.apply(oddities)
  const store = await house.storeOf()
  const clients = await store.clients.list({ limit: 10 })
  const [gadget] = clients.filter(({ name }) => name === 'Gadget')
  assert.deepEqual(clients.map(({ name }) => name).toSorted(), ['Gadget', 'My App'])
  assert.deepEqual(gadget?.callbacks, ['http://acme.example/callback', 'chrome-extension://abc/cb'])
  assert.deepEqual((await store.clientGrants.find(gadget?.clientId ?? '', 'old'))?.scope, ['read'])
  const { settings } = (await house.platform.tenants.findByDomain('localhost:3000')) ?? assert.fail('no tenant')
  assert.deepEqual(
    [settings.defaultAudience, settings.defaultDirectory, settings.allowedLogoutUrls],
    [undefined, undefined, []],
  )
  assert.equal((await house.apply(oddities)).tenants[0]?.changes.length, 0)

  for (const said of [
    /file1\.yaml:2: tenant\.default_directory is "google-oauth2": not applied yet/,
    /tenant\.default_audience is .*: not applied yet/,
    /tenant\.allowed_logout_urls has "file:\/\/\/bye": left out/,
    /file1\.yaml:5: the client "My App" is described twice; first at file1\.yaml:4: left out/,
    /callbacks of Gadget has "file:\/\/\/callback": left out\. The scheme "file" is never allowed/,
    /callbacks of Gadget has "http:\/\/acme\.example\/callback": allowed, but: /,
    /signing_alg is "HS256".*left out; access tokens are signed with RS256/,
    /scope has "gone": Old has no such scope.*left out/,
    /enabled_clients has "Long gone": no client has this id or name.*left out/,
    /not replaced, in places that are not applied: ##GOOGLE_SECRET##/,
    /not applied yet: .*migrations \(1\)/,
  ])
    assert.match(notes.join('\n'), said)

  const strict = await aHouse(undefined, undefined, { strict: true })
  await assert.rejects(strict.apply(oddities), /Long gone/)
  assert.deepEqual(strict.writes, [])
})

test('SEC-111: a key is there as soon as an application or an API says its algorithm, and not when the first token is signed', async () => {
  const house = await aHouse()
  await house.apply(
    'clients: [{name: A, app_type: spa, jwt_configuration: {alg: ES256}}]\nresourceServers: [{identifier: a, signing_alg: PS256}]',
  )
  const keys = (await (await house.storeOf()).signingKeys.list()).map(
    ({ algorithm, status }) => `${algorithm} ${status}`,
  )
  assert.deepEqual(keys.toSorted(), ['ES256 current', 'ES256 next', 'PS256 current', 'PS256 next'])
})

test('rate limits are set one by one, and what is not mentioned stays', async () => {
  const house = await aHouse()
  await house.apply('tenant: {rate_limits: {token: {burst: 10, per_minute: 60}}}')
  await house.apply('tenant: {rate_limits: {failed_client_authentication: {burst: 5, per_minute: 1}}}')
  const tenant = await house.platform.tenants.findByDomain('localhost:3000')
  assert.deepEqual(tenant?.settings.rateLimits, {
    token: { burst: 10, perMinute: 60 },
    failedClientAuthentication: { burst: 5, perMinute: 1 },
  })
  await assert.rejects(house.apply('tenant: {rate_limits: {token: {burst: 0, per_minute: 60}}}'), /rate_limits/)
})

test('SEC-227: a provider that a file connects gets a callback of its own; one connected earlier keeps what it is registered with', async () => {
  const house = await aHouse()
  await house.apply(everything)
  const { connections } = await house.storeOf()
  const partner = await connections.findByName('partner')
  assert.equal(partner?.options.callback, 'own')
  const { callback: _none, ...options } = partner.options
  await connections.save({ ...partner, options })
  await house.apply(everything)
  assert.equal((await connections.findByName('partner'))?.options.callback, undefined)
})

test('SEC-081 a client secret that could be guessed stops the start, and is not repeated', async () => {
  const house = await aHouse()
  const file = (secret: string) =>
    `clients: [{name: M, client_id: m, client_secret: "${secret}", app_type: regular_web}]`
  for (const [secret, says] of [
    ['x', /client_secret of M has 1 characters: expected 22 or more/],
    ['b3f1c9a7d5e2406b8a1cf', /has 21 characters/],
    ['xyxyxyxyxyxyxyxyxyxyxyxyxyxy', /fewer than 8 different characters/],
  ] as const)
    await assert.rejects(house.apply(file(secret)), (error: Error) => {
      assert.match(error.message, says)
      assert.match(error.message, /openssl rand -base64 48/)
      assert.ok(secret.length === 1 || !error.message.includes(secret))
      return true
    })
  assert.deepEqual(house.writes, [])
  await house.apply(file('b3f1c9a7d5e2406b8a1cf0'))
})
