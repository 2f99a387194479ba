import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { StartError } from '#errors.ts'
import { readKeywords, replaceKeywords } from './keywords.ts'
import { parseTenantFile } from './parse-tenant-file.ts'

let folder: string
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keywright-keywords-'))
})
after(() => rm(folder, { recursive: true }))

const keywords = { NAME: 'dev', URLS: ['https://a.example/cb', 'https://b.example/cb'], LIFE: 60, 'A-B': 'x' }

const replaced: [text: string, becomes: string][] = [
  ['name: "##NAME## tenant"', 'name: "dev tenant"'],
  ['life: ##LIFE##', 'life: 60'],
  ['urls: @@URLS@@', 'urls: ["https://a.example/cb","https://b.example/cb"]'],
  ['urls: "@@URLS@@"', 'urls: ["https://a.example/cb","https://b.example/cb"]'],
  ["urls: '@@URLS@@'", 'urls: ["https://a.example/cb","https://b.example/cb"]'],
  ['name: @@NAME@@', 'name: "dev"'],
  ['x: "##A-B##"', 'x: "x"'],
  ['other: "##OTHER## @@OTHER@@ @@password@@"', 'other: "##OTHER## @@OTHER@@ @@password@@"'],
  ['own: "##constructor##"', 'own: "##constructor##"'],
]
for (const [text, becomes] of replaced)
  test(`${text} becomes ${becomes}, as with auth0-deploy-cli`, () =>
    assert.equal(replaceKeywords(text, keywords), becomes))

test('a value is not searched for keywords in turn, nor read as a replacement pattern', () => {
  assert.equal(replaceKeywords('##A##', { A: "##B## $& $'", B: 'x' }), "##B## $& $'")
})

test('the mappings may be JSON, a file of them, or the configuration of auth0-deploy-cli', async () => {
  const plain = join(folder, 'mappings.json')
  const config = join(folder, 'config.json')
  await writeFile(plain, JSON.stringify(keywords))
  await writeFile(config, JSON.stringify({ AUTH0_DOMAIN: 'x', AUTH0_KEYWORD_REPLACE_MAPPINGS: keywords }))
  for (const said of [JSON.stringify(keywords), plain, config]) assert.deepEqual(await readKeywords(said), keywords)
  assert.deepEqual(await readKeywords(undefined), {})
})

for (const said of ['{"A": "s3cret', '/nowhere.json', '{}x'])
  test(`${said} stops the start with a sentence that quotes nothing of a value`, async () => {
    await assert.rejects(readKeywords(said), (error: unknown) => {
      assert.ok(error instanceof StartError)
      assert.match(error.message, /^AUTH0_KEYWORD_REPLACE_MAPPINGS: .*It may be a JSON object/)
      return !error.message.includes('s3cret')
    })
  })

const masked = `
connections:
  - {name: google-oauth2, strategy: google-oauth2, options: {client_secret: "##CONNECTIONS_GOOGLE_SECRET##"}}
databases:
  - {name: d, options: {customScripts: {login: "db('@@password@@', '@@OTHER@@')"}}}
attackProtection: {captcha: {hcaptcha: {secret: "##CAPTCHA_HCAPTCHA_SECRET##"}}}
clients: [{name: A, app_type: spa}]
`
test('a keyword where nothing is applied is one line of the report', () => {
  const { notes, clients } = parseTenantFile(masked, 'tenant.yaml')
  assert.equal(clients.length, 1)
  assert.deepEqual(
    notes.filter((note) => note.includes('not replaced')),
    [
      'tenant.yaml: not replaced, in places that are not applied: ##CONNECTIONS_GOOGLE_SECRET##, @@OTHER@@, ##CAPTCHA_HCAPTCHA_SECRET##',
    ],
  )
})

const stops: [yaml: string, where: RegExp][] = [
  [
    'connections:\n  - {name: a, strategy: oidc, options: {client_id: x, issuer: "https://a.example", client_secret: "##SECRET##"}}',
    /tenant\.yaml:2: connections\[0\]\.options\.client_secret still holds ##SECRET##: put its value into AUTH0_KEYWORD/,
  ],
  ['clients: [{name: A, callbacks: ["https://##HOST##/cb"]}]', /callbacks\[0\] still holds ##HOST##/],
  ['clients: [{name: A, callbacks: "@@URLS@@"}]', /callbacks still holds @@URLS@@/],
  ['tenant: {support_url: "##URL##"}', /support_url still holds ##URL##/],
]
for (const [yaml, where] of stops)
  test(`a keyword that would be applied stops the start: ${where.source}`, () => {
    assert.throws(
      () => parseTenantFile(yaml, 'tenant.yaml'),
      (error: Error) => where.test(error.message) && error.message.split('\n').length === 2,
    )
  })

test('an unquoted keyword for a whole value is replaced before YAML would stumble over it', () => {
  const yaml = 'clients:\n  - name: A\n    callbacks: @@URLS@@\n'
  const { clients } = parseTenantFile(yaml, 'tenant.yaml', keywords)
  assert.deepEqual(clients[0]?.wanted.callbacks, keywords.URLS)
  assert.throws(() => parseTenantFile(yaml, 'tenant.yaml'), /tenant\.yaml:3/)
})

test('an unquoted keyword that is left over is neither a comment nor broken YAML: it stops where it would be applied, and only there', () => {
  const template = `
tenant: {friendly_name: Acme}
clients:
  - name: ##APP##
    client_id: app
    web_origins:
      - ##ORIGIN##
    callbacks: @@URLS@@
clientGrants:
  - {client_id: app, audience: api}
connections:
  - name: apple
    strategy: apple
    options:
      app_secret: @@APPLE@@
      kid: ##KID## \n`
  assert.throws(
    () => parseTenantFile(template, 'tenant.yaml'),
    ({ message }: Error) => {
      assert.match(message, /tenant\.yaml:4: clients\[0\]\.name still holds ##APP##/)
      assert.match(message, /tenant\.yaml:7: clients\[0\]\.web_origins\[0\] still holds ##ORIGIN##/)
      assert.match(message, /tenant\.yaml:8: clients\[0\]\.callbacks still holds @@URLS@@/)
      assert.doesNotMatch(message, /missing|reserved|APPLE|KID/)
      return true
    },
  )
  const known = { APP: 'App', ORIGIN: 'https://app.example', URLS: [] }
  const { notes } = parseTenantFile(template, 'tenant.yaml', known)
  assert.match(notes.join(), /places that are not applied: @@APPLE@@, ##KID##/)
})

test('a setting that is one unquoted keyword is not taken for one that is not there', () => {
  assert.throws(
    () => parseTenantFile('tenant:\n  default_audience: ##API##\n', 'tenant.yaml'),
    /tenant\.yaml:2: tenant\.default_audience still holds ##API##/,
  )
  const { tenant } = parseTenantFile('tenant: ##tenant##\n  friendly_name: Acme\n', 'tenant.yaml')
  assert.equal(tenant?.wanted.friendly_name, 'Acme')
})

test('!include is refused in a sentence that says what to do', () => {
  assert.throws(
    () => parseTenantFile('clients: !include ../../etc/passwd\n', 'tenant.yaml'),
    /tenant\.yaml:1: !include is not read\. Put what that file holds in its place/,
  )
})

test('YAML merge keys are read, and cannot smuggle a forbidden key in (SEC-273)', () => {
  const yaml = 'x: &base {app_type: spa, is_first_party: false}\nclients:\n  - {<<: *base, name: A, app_type: native}\n'
  const { clients } = parseTenantFile(yaml, 'tenant.yaml')
  assert.deepEqual(clients[0]?.wanted, { app_type: 'native', is_first_party: false, name: 'A' })
  assert.throws(
    () => parseTenantFile('clients:\n  - {<<: {__proto__: {a: 1}}, name: A}\n', 'tenant.yaml'),
    /not allowed/,
  )
})
