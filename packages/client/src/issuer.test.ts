import assert from 'node:assert/strict'
import test from 'node:test'
import { issuerOf } from './issuer.ts'

const ACCEPTED = {
  'auth.example.com': 'https://auth.example.com/',
  'https://auth.example.com': 'https://auth.example.com/',
  'https://auth.example.com/': 'https://auth.example.com/',
  'Auth.Example.COM': 'https://auth.example.com/',
  'https://auth.example.com:443': 'https://auth.example.com/',
  'https://auth.example.com:8443': 'https://auth.example.com:8443/',
  'localhost:3000': 'https://localhost:3000/',
  'http://localhost:3000': 'http://localhost:3000/',
  'http://localhost:80': 'http://localhost/',
  'http://acme.localhost:3000': 'http://acme.localhost:3000/',
  'http://127.0.0.1:3000': 'http://127.0.0.1:3000/',
  'http://[::1]:3000': 'http://[::1]:3000/',
}

for (const [domain, issuer] of Object.entries(ACCEPTED)) {
  test(`${domain} has the issuer ${issuer}`, () => assert.equal(issuerOf(domain), issuer))
}

const REFUSED = [
  '',
  'http://auth.example.com',
  'http://localhost.example.com',
  'http://127.0.0.1.example.com',
  'ftp://auth.example.com',
  'https://user@auth.example.com',
  'https://auth.example.com/tenant',
  'https://auth.example.com?x',
  'auth.example.com#x',
  'auth example.com',
  'auth.example.com:123456',
  'https://',
  '-auth.example.com',
  'auth.example.com\n',
]

for (const domain of REFUSED) {
  test(`refuses ${JSON.stringify(domain)}`, () => {
    assert.throws(() => issuerOf(domain), { name: 'KeywrightError', code: 'invalid_configuration' })
  })
}
