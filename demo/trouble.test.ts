import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AuthorizationError, IdTokenError, NetworkError } from '@keywright/client'
import { explain, Trouble } from './trouble.ts'

const url = 'https://localhost:3000'
const coded = (code: string) => Object.assign(new Error(code), { code })
const wrapped = (cause: Error) => new NetworkError('unreachable.', { cause: new TypeError('fetch failed', { cause }) })

const EXPLAINED: [string, unknown, RegExp][] = [
  ['what is already explained', new Trouble('Do this.'), /^Do this\.$/],
  [
    'nobody there',
    wrapped(coded('ECONNREFUSED')),
    /No server answers at https:\/\/localhost:3000\. Start one with `npm start`/,
  ],
  ['nobody at any address', wrapped(new AggregateError([coded('ECONNREFUSED')])), /npm start/],
  ['an unknown name', wrapped(coded('ENOTFOUND')), /--url/],
  ['a development certificate', wrapped(coded('SELF_SIGNED_CERT_IN_CHAIN')), /NODE_EXTRA_CA_CERTS/],
  ['an unknown authority', wrapped(coded('UNABLE_TO_VERIFY_LEAF_SIGNATURE')), /NODE_EXTRA_CA_CERTS/],
  ['a slow server', new NetworkError('https://x did not answer within 10 ms.'), /did not answer within 10 ms/],
  ['a refusal', new AuthorizationError('access_denied', 'No'), /refused the login: access_denied – No$/],
  ['a forged token', new IdTokenError('It is forged.'), /^It is forged\. \(invalid_id_token\)$/],
  ['a bug, with its stack', new RangeError('oops'), /RangeError: oops\n\s+at /],
  ['something that is no error', 'oops', /^oops$/],
]
for (const [what, error, expected] of EXPLAINED) {
  test(`explains ${what}`, () => assert.match(explain(error, url), expected))
}
