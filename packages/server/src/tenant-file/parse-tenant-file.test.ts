import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StartError } from '#errors.ts'
import { parseTenantFile, readTenantFile } from './parse-tenant-file.ts'

const parse = (text: string) => parseTenantFile(text, 'tenant.yaml')
const refuses = (text: string, message: RegExp) =>
  assert.throws(
    () => parse(text),
    (error: unknown) => {
      assert.ok(error instanceof StartError, String(error))
      assert.match(error.message, message)
      return true
    },
  )

const wrongValues: [what: string, yaml: string, message: RegExp][] = [
  ['a list where a map is due', '- a', /a tenant file is a map/],
  ['a section that is no list', 'clients: {name: x}', /tenant\.yaml:1: clients is wrong: expected a list/],
  ['an entry that is no map', 'clients:\n  - just a name', /tenant\.yaml:2: clients\[0\] is wrong: expected a map/],
  ['a missing name', 'clients:\n  - app_type: spa', /tenant\.yaml:2: clients\[0\]\.name is missing: expected string/],
  [
    'a wrong app_type',
    'clients:\n  - name: A\n    app_type: mobile',
    /tenant\.yaml:3: clients\[0\]\.app_type is "mobile": expected one of "native"\|"spa"/,
  ],
  [
    'an algorithm that does not exist',
    'clients:\n  - name: A\n    jwt_configuration:\n      alg: RSA',
    /tenant\.yaml:4: clients\[0\]\.jwt_configuration\.alg is "RSA": expected RS256, PS256 or ES256/,
  ],
  ['a scope with a space', 'resourceServers: [{identifier: a, scopes: [{value: "a b"}]}]', /without spaces/],
  ['a scope listed twice', 'resourceServers: [{identifier: a, scopes: [{value: b}, {value: b}]}]', /twice/],
  [
    'a token that lives too long',
    'resourceServers: [{identifier: a, token_lifetime: 9999999}]',
    /token_lifetime is 9999999: expected number to be <=2592000/,
  ],
  [
    'a wrong domain',
    'tenant: {domain: "https://a.example"}',
    /tenant\.domain is "https:\/\/a\.example": expected a host/,
  ],
  ['a wrong colour', 'branding: {colors: {primary: red}}', /branding\.colors\.primary is "red": expected a colour/],
  ['a wrong address', 'users: [{connection: A, email: ada}]', /users\[0\]\.email is "ada": expected an e-mail address/],
  ['a user without a name', 'users: [{connection: A}]', /expected email or username/],
  ['an empty password', 'users: [{connection: A, email: a@b.example, password: ""}]', /users\[0\]\.password is wrong/],
  [
    'a hash of an unknown kind',
    'users: [{connection: A, email: a@b.example, password_hash: 5f4dcc}]',
    /expected a bcrypt hash/,
  ],
  [
    'SEC-209: a username that looks like an address',
    'users: [{connection: A, username: eve@example.com}]',
    /does not look like an e-mail address/,
  ],
  [
    'a reserved key in app_metadata',
    'users: [{connection: A, email: a@b.example, app_metadata: {user_id: x}}]',
    /not allowed/,
  ],
  [
    'a connection without its provider',
    'connections: [{name: a, strategy: oidc, options: {client_id: x}}]',
    /expected issuer or discovery_url/,
  ],
  [
    'a left-over marker',
    'clients:\n  - name: A\n    client_secret: "##SECRET##"',
    /tenant\.yaml:3: clients\[0\]\.client_secret still holds ##SECRET##/,
  ],
  ['a left-over array marker', 'clients:\n  - name: A\n    callbacks: "@@CALLBACKS@@"', /still holds @@CALLBACKS@@/],
  ['a wrong value beside an unknown key', 'clients: [{name: A, colour: red, app_type: x}]', /app_type is "x"/],
]
for (const [what, yaml, message] of wrongValues)
  test(`refuses ${what}, naming file, line and field`, () => refuses(yaml, message))

const strangeFiles: [what: string, yaml: string, message: RegExp][] = [
  ['broken YAML', 'clients: [', /tenant\.yaml:1: /],
  ['a key that is there twice', 'clients: []\nclients: []', /tenant\.yaml:2: Map keys must be unique/],
  ['a tag', 'clients: !!js/function x', /Unresolved tag/],
  ['a NUL character', 'clients: [{name: "a\\0b"}]', /NUL/],
  ['half a surrogate pair', '{"clients": [{"name": "\\ud800"}]}', /surrogate/],
  ['a list as a key', '? [a]\n: b', /key is neither/],
  ['deep nesting', `a: ${'['.repeat(60)}${']'.repeat(60)}`, /nested/],
  ['very deep nesting', `a: ${'['.repeat(20_000)}`, /tenant\.yaml:1/],
  ['a huge file', `a: ${'x'.repeat(11 * 1024 * 1024)}`, /larger than 10 MB/],
  [
    'a bomb of aliases',
    `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefgh'
      .split('')
      .map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefg'[index]}`).join(',')}]`)
      .join('\n')}`,
    /aliases/,
  ],
]
for (const [what, yaml, message] of strangeFiles) test(`refuses ${what}`, () => refuses(yaml, message))

for (const key of ['__proto__', 'constructor', 'prototype'])
  test(`SEC-273: refuses the key ${key} at any depth`, () => {
    refuses(
      `users:\n  - connection: A\n    email: a@b.example\n    app_metadata: {a: {"${key}": {admin: true}}}`,
      /tenant\.yaml:4: the key/,
    )
    assert.equal(({} as Record<string, unknown>).admin, undefined)
  })

test('says everything that is wrong at once', () => {
  refuses('clients: [{name: A, app_type: x}]\nresourceServers: [{identifier: ""}]', /app_type.*\n.*identifier/)
})

test('never shows a secret that is wrong', () => {
  for (const yaml of [
    'clients: [{name: A, client_secret: 12345678}]',
    'users: [{connection: A, email: a@b.example, password: 12345678}]',
  ])
    assert.throws(
      () => parse(yaml),
      (error: unknown) => error instanceof StartError && !error.message.includes('12345678'),
    )
})

test('an unknown key at any level is reported with its line and the name that was meant, and the rest is read', () => {
  const parsed = parse(`
clinets: []
clients:
  - name: A
    callback: [https://a.example]
    refresh_token:
      leewayy: 3
connections:
  - name: a
    strategy: oidc
    options: {client_id: x, issuer: "https://a.example", client_secert: y}
`)
  assert.deepEqual(parsed.notes, [
    'tenant.yaml:2: clinets is not known and was ignored (did you mean "clients"?)',
    'tenant.yaml:7: clients[0].refresh_token.leewayy is not known and was ignored (did you mean "leeway"?)',
    'tenant.yaml:5: clients[0].callback is not known and was ignored (did you mean "callbacks"?)',
    'tenant.yaml:11: connections[0].options.client_secert is not known and was ignored (did you mean "client_secret"?)',
  ])
  assert.deepEqual(parsed.clients[0]?.wanted, { name: 'A', refresh_token: {} })
})

test("what Auth0's format has and we do not apply yet is counted, not refused", () => {
  const parsed = parse(`
roles: [{name: a}, {name: b}, {name: c}]
tenant: {flags: {enable_sso: true, strict: true}, sandbox_version: "22"}
clients:
  - {name: A, addons: {}, oidc_conformant: true, sso_disabled: false}
  - {name: B, sso_disabled: false}
  - {name: C, app_type: sso_integration}
resourceServers: [{name: Auth0 Management API, identifier: "https://a.example/api/v2/"}]
connections: [{name: google-oauth2, strategy: google-oauth2, options: {email: true}}]
users: [{connection: A, email: a@b.example, roles: [admin]}]
`)
  assert.deepEqual(parsed.notes, [
    'tenant.yaml: not applied yet: roles (3), tenant.flags.enable_sso (1), clients.addons (1), clients.sso_disabled (2), ' +
      'clients with app_type sso_integration (1), system APIs (1), connections with strategy google-oauth2 (1), users.roles (1)',
  ])
  assert.deepEqual([parsed.clients.length, parsed.resourceServers.length, parsed.connections.length], [2, 0, 0])
})

test('null is "not set", as exports write it, but metadata is left as it is', () => {
  const parsed = parse(
    'clients:\nusers: [{connection: A, email: a@b.example, username: null, user_metadata: {plan: null}}]',
  )
  assert.deepEqual(parsed.clients, [])
  assert.deepEqual(parsed.users[0]?.wanted, { connection: 'A', email: 'a@b.example', user_metadata: { plan: null } })
})

test('reads JSON, an empty file, and a database without its strategy', () => {
  assert.equal(parse('{"clients":[{"name":"A"}]}').clients[0]?.wanted.name, 'A')
  assert.deepEqual(parse('').clients, [])
  assert.equal(parse('databases: [{name: users}]').connections[0]?.wanted.strategy, 'auth0')
})

test('a file that is not there stops the start', async () => {
  await assert.rejects(
    readTenantFile('/nowhere/tenant.yaml'),
    /StartError: KEYWRIGHT_TENANT_FILE: cannot read \/nowhere/,
  )
})

test('the empty sections that every export has are not reported as lost', () => {
  const sections =
    'rules: []\nhooks: null\nemailProvider: {}\nmigrations: {}\nroles: [{name: a}]\npages: [{name: login}]\n'
  const { notes } = parse(`${sections}tenant: {flags: {allow_other_legacy_grant_types: false}}\n`)
  assert.deepEqual(notes, [
    'tenant.yaml: not applied yet: roles (1), pages (1), tenant.flags.allow_other_legacy_grant_types (1)',
  ])
})
