import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readConfig, settings } from '#config.ts'
import { StartError } from '#errors.ts'

const longSecret = 'k3Yw0-7fQmZr9Tx2Lb8vNc4HsJd6PgUaEi1o'
const read = (environment: Record<string, string> = {}) => readConfig(environment, '/srv/app')

test('everything has a default that works on a laptop', () => {
  assert.deepEqual(read(), {
    port: 3000,
    host: '127.0.0.1',
    url: 'http://localhost:3000',
    database: 'sqlite:/srv/app/data/keywright.db',
    databaseFile: '/srv/app/data/keywright.db',
    databaseIsDefault: true,
    tenantFiles: [],
    keywordMappings: undefined,
    strictImport: false,
    secret: undefined,
    tls: undefined,
    trustedProxies: [],
    privateNetworks: [],
    logLevel: 'info',
    warnings: [],
  })
})

test('an empty variable is an unset one', () => {
  const names = Object.keys(settings).filter((name) => name !== 'KEYWRIGHT_SECRET')
  assert.deepEqual(read(Object.fromEntries(names.map((name) => [name, ' ']))), read())
})

const accepted: [Record<string, string>, Partial<ReturnType<typeof read>>][] = [
  [{ PORT: '4000' }, { port: 4000, url: 'http://localhost:4000' }],
  [{ PORT: '80' }, { url: 'http://localhost' }],
  [{ PORT: '0', KEYWRIGHT_URL: 'http://localhost:3000' }, { port: 0 }],
  [{ HOST: '0.0.0.0' }, { host: '0.0.0.0' }],
  [{ HOST: '[::1]' }, { host: '::1' }],
  [{ KEYWRIGHT_URL: 'HTTPS://Login.Example.com:443/' }, { url: 'https://login.example.com' }],
  [{ KEYWRIGHT_TLS: 'dev' }, { url: 'https://localhost:3000', tls: { kind: 'dev' } }],
  [
    { KEYWRIGHT_TLS: 'cert.pem, /etc/key.pem' },
    { tls: { kind: 'files', certificate: '/srv/app/cert.pem', privateKey: '/etc/key.pem' } },
  ],
  [{ KEYWRIGHT_DATABASE: 'sqlite::memory:' }, { database: 'sqlite::memory:', databaseFile: undefined }],
  [{ KEYWRIGHT_DATABASE: 'sqlite:/var/k.db' }, { database: 'sqlite:/var/k.db', databaseFile: '/var/k.db' }],
  [{ KEYWRIGHT_DATABASE: 'sqlite:///var/k.db' }, { databaseFile: '/var/k.db' }],
  [
    { KEYWRIGHT_DATABASE: 'postgres://u:p@db/k', KEYWRIGHT_SECRET: longSecret },
    { database: 'postgres://u:p@db/k', secret: longSecret },
  ],
  [{ KEYWRIGHT_STRICT_IMPORT: 'true' }, { strictImport: true }],
  [{ AUTH0_KEYWORD_REPLACE_MAPPINGS: '{"A": 1}' }, { keywordMappings: '{"A": 1}' }],
  [{ AUTH0_KEYWORD_REPLACE_MAPPINGS: 'a.json' }, { keywordMappings: '/srv/app/a.json' }],
  [{ KEYWRIGHT_TENANT_FILE: 'a.yaml, /b.json' }, { tenantFiles: ['/srv/app/a.yaml', '/b.json'] }],
  [{ KEYWRIGHT_TRUSTED_PROXIES: '10.0.0.0/8, ::1,' }, { trustedProxies: ['10.0.0.0/8', '::1'] }],
  [{ KEYWRIGHT_TRUSTED_PROXIES: '::ffff:10.0.0.1' }, { trustedProxies: ['10.0.0.1'] }],
  [{ KEYWRIGHT_PRIVATE_NETWORKS: '10.20.3.4/16, fd00::7' }, { privateNetworks: ['10.20.0.0/16', 'fd00::7'] }],
  [{ KEYWRIGHT_PRIVATE_NETWORKS: '127.0.0.1,169.254.169.254' }, { privateNetworks: ['127.0.0.1', '169.254.169.254'] }],
  [{ KEYWRIGHT_LOG_LEVEL: 'DEBUG' }, { logLevel: 'debug' }],
]
for (const [environment, expected] of accepted)
  test(`accepts ${JSON.stringify(environment)}`, () => {
    const config = read(environment)
    for (const [name, value] of Object.entries(expected)) assert.deepEqual(config[name as keyof typeof config], value)
  })

const refused: [Record<string, string>, RegExp][] = [
  [{ PORT: '65536' }, /^PORT is "65536": it is not a port number\. It may be a whole number from 0/],
  [{ PORT: '3e3' }, /^PORT is "3e3"/],
  [{ PORT: '0' }, /needs KEYWRIGHT_URL/],
  [{ HOST: '300.1.1.1' }, /^HOST is "300\.1\.1\.1"/],
  [{ HOST: 'a b' }, /^HOST/],
  [{ KEYWRIGHT_URL: 'login.example.com' }, /^KEYWRIGHT_URL is "login\.example\.com": it is not an absolute URL/],
  [{ KEYWRIGHT_URL: 'ftp://a.example' }, /neither https/],
  [{ KEYWRIGHT_URL: 'https://a.example/auth' }, /it has a path/],
  [{ KEYWRIGHT_URL: 'https://a.example/?' }, /query/],
  [{ KEYWRIGHT_URL: 'https://a.example/#' }, /fragment/],
  [{ KEYWRIGHT_URL: 'https://a.example.' }, /dot/],
  [{ KEYWRIGHT_TLS: 'dev', KEYWRIGHT_URL: 'http://localhost:3000' }, /^KEYWRIGHT_URL is .* https only/],
  [{ KEYWRIGHT_TLS: 'yes' }, /^KEYWRIGHT_TLS is "yes": it is neither "dev" nor two files/],
  [{ KEYWRIGHT_TLS: 'a,b,c' }, /^KEYWRIGHT_TLS/],
  [{ KEYWRIGHT_DATABASE: 'mysql://x' }, /^KEYWRIGHT_DATABASE is "mysql:\/\/x": it begins with neither/],
  [{ KEYWRIGHT_DATABASE: 'sqlite:' }, /names no file/],
  [{ KEYWRIGHT_DATABASE: 'sqlite::memroy:' }, /neither a file nor :memory:/],
  [{ KEYWRIGHT_DATABASE: 'sqlite://data/k.db' }, /one slash or three/],
  [{ KEYWRIGHT_DATABASE: 'postgres://db' }, /names no database/],
  [{ KEYWRIGHT_TENANT_FILE: 'a.yaml,,b.yaml' }, /^KEYWRIGHT_TENANT_FILE/],
  [{ KEYWRIGHT_TRUSTED_PROXIES: 'proxy.internal' }, /"proxy\.internal" is not an IP address/],
  [{ KEYWRIGHT_TRUSTED_PROXIES: '10.1' }, /"10\.1" is not an IP address/],
  [{ KEYWRIGHT_TRUSTED_PROXIES: '10.0.0.0/33' }, /prefix length/],
  [{ KEYWRIGHT_TRUSTED_PROXIES: '0.0.0.0/0' }, /is everybody/],
  [{ KEYWRIGHT_PRIVATE_NETWORKS: 'keycloak.internal' }, /^KEYWRIGHT_PRIVATE_NETWORKS is .* is not an IP address/],
  [{ KEYWRIGHT_PRIVATE_NETWORKS: '10.0.0.0/8,0.0.0.0/0' }, /is everybody/],
  [{ KEYWRIGHT_PRIVATE_NETWORKS: '::/0' }, /is everybody/],
  [{ KEYWRIGHT_PRIVATE_NETWORKS: '0.0.0.0/1' }, /several kinds/],
  [{ KEYWRIGHT_PRIVATE_NETWORKS: '172.16.0.0/11' }, /several kinds/],
  [{ KEYWRIGHT_PRIVATE_NETWORKS: '8000::/1' }, /several kinds/],
  [{ KEYWRIGHT_PRIVATE_NETWORKS: '224.0.0.0/4' }, /no machine/],
  [{ KEYWRIGHT_PRIVATE_NETWORKS: '64:ff9b::/96' }, /no machine/],
  [{ KEYWRIGHT_LOG_LEVEL: 'loud' }, /^KEYWRIGHT_LOG_LEVEL is "loud": there is no such level\. It may be fatal, error/],
]
for (const [environment, message] of refused)
  test(`refuses ${JSON.stringify(environment)}, naming variable, value and what is allowed`, () => {
    assert.throws(
      () => read(environment),
      (error: unknown) => error instanceof StartError && message.test(error.message) && /may be/.test(error.message),
    )
  })

for (const secret of ['', '  ', 'short', 'change-me-change-me-change-me-please', 'x'.repeat(64)])
  test(`SEC-300: refuses the secret ${JSON.stringify(secret)} and does not print it`, () => {
    assert.throws(
      () => read({ KEYWRIGHT_SECRET: secret }),
      (error: unknown) => error instanceof StartError && (secret.trim() === '' || !error.message.includes(secret)),
    )
  })

test('SEC-300: PostgreSQL does not start without a secret', () => {
  assert.throws(() => read({ KEYWRIGHT_DATABASE: 'postgres://u:p@db/k' }), /^StartError: KEYWRIGHT_SECRET is not set/)
})

for (const url of ['postgres://u:hunter2@db', 'mysql://u:hun@ter2@x/y', 'postgres://u:hunter2#@db/k?password=hunter2'])
  test(`a wrong database URL is shown without its password: ${url}`, () => {
    assert.throws(
      () => read({ KEYWRIGHT_DATABASE: url }),
      (error: unknown) => error instanceof StartError && !/ter2/.test(error.message),
    )
  })

test('plain http beyond this machine is warned about', () => {
  assert.match(read({ KEYWRIGHT_URL: 'http://login.example.com' }).warnings.join(), /unencrypted/)
  for (const url of ['http://acme.localhost:3000', 'http://127.0.0.1:3000', 'http://[::1]:3000'])
    assert.deepEqual(read({ KEYWRIGHT_URL: url }).warnings, [])
})

test('an unknown KEYWRIGHT_ variable is reported with the name that was probably meant', () => {
  assert.deepEqual(read({ KEYWRIGHT_TENANTFILE: 'x', KEYWRIGHT_COLOUR_OF_LOGO: 'x', PATH: 'x' }).warnings, [
    'KEYWRIGHT_TENANTFILE is not a setting and was ignored (did you mean "KEYWRIGHT_TENANT_FILE"?).',
    'KEYWRIGHT_COLOUR_OF_LOGO is not a setting and was ignored.',
  ])
})
