import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseTenantFile } from '../parse-tenant-file.ts'

const oidc = (options: string) =>
  `connections: [{name: a, strategy: oidc, options: {client_id: x, issuer: "https://a.example", ${options}}}]`
const protection = (section: string) =>
  `attackProtection: {${section}: {allowlist: [192.0.2.1, 192.0.2.0/24, "2001:db8::/32"]}}`

const cases: [
  what: string,
  yaml: string,
  note: RegExp,
  left: (file: ReturnType<typeof parse>) => unknown,
  is: unknown,
][] = [
  [
    'HS256 for ID tokens',
    'clients: [{name: A, jwt_configuration: {alg: HS256, lifetime_in_seconds: 60}}]',
    /clients\[0\]\.jwt_configuration\.alg is "HS256": HS256 is not supported.*: left out; ID tokens are signed with RS256/,
    ({ clients }) => clients[0]?.wanted.jwt_configuration,
    { lifetime_in_seconds: 60 },
  ],
  [
    'HS256 for an API',
    'resourceServers: [{identifier: a, signing_alg: HS256}]',
    /left out; access tokens are signed with RS256/,
    ({ resourceServers }) => resourceServers[0]?.wanted,
    { identifier: 'a' },
  ],
  [
    'an iOS app without its team',
    'clients: [{name: A, mobile: {ios: {app_bundle_identifier: com.example.app}}}]',
    /mobile\.ios\.team_id is missing.*: left out; apple-app-site-association/,
    ({ clients }) => clients[0]?.wanted.mobile,
    {},
  ],
  [
    'an Android app without fingerprints',
    'clients: [{name: A, mobile: {android: {app_package_name: com.example.app, sha256_cert_fingerprints: null}}}]',
    /sha256_cert_fingerprints is missing.*: left out; assetlinks/,
    ({ clients }) => clients[0]?.wanted.mobile,
    {},
  ],
  [
    'RS384 beside RS256',
    oidc('id_token_signed_response_algs: [RS384, RS256, RS512]'),
    /algs\[0\] is "RS384".*: left out(.|\n)*algs\[2\] is "RS512"/,
    (file) => optionsOf(file).id_token_signed_response_algs,
    ['RS256'],
  ],
  [
    'RS384 alone',
    oidc('id_token_signed_response_algs: [RS384]'),
    /left out/,
    (file) => optionsOf(file).id_token_signed_response_algs,
    undefined,
  ],
  [
    'plain PKCE at a provider',
    oidc('connection_settings: {pkce: plain}'),
    /plain protects nothing.*: left out; S256 is used/,
    (file) => optionsOf(file).connection_settings,
    undefined,
  ],
  ...(['bruteForceProtection', 'suspiciousIpThrottling'] as const).map((section): (typeof cases)[number] => [
    `networks in the allow list of ${section}`,
    protection(section),
    /allowlist\[1\] is "192\.0\.2\.0\/24".*: left out(.|\n)*allowlist\[2\]/,
    ({ attackProtection }) => attackProtection?.wanted[section]?.allowlist,
    ['192.0.2.1'],
  ]),
  [
    'a provider that wants private_key_jwt',
    `${oidc('token_endpoint_auth_method: private_key_jwt')}\nclients: [{name: A}]`,
    /not applied yet: connections with token_endpoint_auth_method private_key_jwt \(1\)/,
    ({ connections, clients }) => [connections.length, clients.length],
    [0, 1],
  ],
]

const optionsOf = ({ connections }: ReturnType<typeof parse>) =>
  (connections[0]?.wanted.options ?? {}) as Record<string, unknown>

function parse(yaml: string) {
  return parseTenantFile(yaml, 'tenant.yaml')
}

for (const [what, yaml, note, left, is] of cases)
  test(`what Auth0 accepts is reported, and stops nothing: ${what}`, () => {
    const file = parse(yaml)
    assert.match(file.notes.join('\n'), note)
    assert.deepEqual(left(file), is)
  })

for (const yaml of [
  'clients: [{name: A, jwt_configuration: {alg: none}}]',
  'attackProtection: {bruteForceProtection: {allowlist: [somewhere]}}',
  oidc('id_token_signed_response_algs: [none]'),
  oidc('connection_settings: {pkce: off}'),
])
  test(`what Auth0 refuses, too, stops the start: ${yaml}`, () => assert.throws(() => parse(yaml), /cannot be applied/))
