import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseTenantFile } from '../parse-tenant-file.ts'
import { webUrl, webUrlOrEmpty } from './web-url.ts'

for (const url of ['https://a.example', 'http://localhost:3000/logo.png?x=1#y', 'https://\u00fc.example/\u00fc.png'])
  test(`${url} is an address on the web`, () => assert.equal(webUrl.parse(url), url))

const lineBreak = 'https://a.example/\r\nset-cookie: x=1'
for (const url of [lineBreak, 'https://a.example/a b', 'https://a\0.example'])
  test(`SEC-326: ${JSON.stringify(url)} is none`, () => assert.equal(webUrl.safeParse(url).success, false))

for (const url of ['', 'a.example', 'javascript:alert(1)', 'data:text/html,x', 'ftp://a.example', '//a.example'])
  test(`${JSON.stringify(url)} is none`, () => assert.equal(webUrl.safeParse(url).success, false))

test('SEC-326: white space around it is nobody’s, and goes', () => {
  assert.equal(webUrl.parse(' https://a.example/\r\n'), 'https://a.example/')
})

test('no address at all can be said with an empty one', () => {
  assert.equal(webUrlOrEmpty.parse(''), '')
  assert.equal(webUrlOrEmpty.safeParse(lineBreak).success, false)
})

for (const file of [
  { clients: [{ name: 'A', logo_uri: lineBreak }] },
  { tenant: { picture_url: lineBreak } },
  { tenant: { support_url: lineBreak } },
  { tenant: { support_email: 'a@b.example\r\nbcc: c@d.example' } },
  { branding: { logo_url: lineBreak } },
  { connections: [{ name: 'a', strategy: 'oidc', options: { issuer: lineBreak } }] },
  { users: [{ connection: 'a', email: 'a@b.example', picture: lineBreak }] },
])
  test(`SEC-326: no line break gets into ${JSON.stringify(file).slice(0, 60)}`, () => {
    assert.throws(() => parseTenantFile(JSON.stringify(file), 'tenant.json'), /is ".*(URL|address)/)
  })
