import assert from 'node:assert/strict'
import { test } from 'node:test'
import { requireLongSecret, WeakSecret } from './long-secret.ts'
import { randomHex, randomToken, systemRandom } from './random-id.ts'

for (const [secret, reason] of [
  ['', /fewer than 32 characters/],
  ['Vq7mT2xLw9ZrB4nKc8YdH3pJf6GsA1e', /fewer than 32 characters/],
  [`short${' '.repeat(40)}`, /fewer than 32 characters/],
  ['a'.repeat(64), /different characters/],
  ['changeme-0vZk29sLq8Xw1Rt5Yb3Nc7Md', /placeholder/],
  ['please_CHANGE_ME_to_something_longer', /placeholder/],
  ['this-is-an-example-of-a-secret-1234', /placeholder/],
  ['your-secret-goes-here-0123456789abc', /placeholder/],
  ['Password12345Password67890Password', /placeholder/],
  ['0123456789abcdef0123456789abcdef', /repeats/],
  ['Xk3#mP9$qXk3#mP9$qXk3#mP9$qXk3#mP9$q', /repeats/],
  ['abcdefghijklmnopqrstuvwxyz0123456789', /alphabet/],
] as const) {
  test(`SEC-300: refuses ${JSON.stringify(secret)}`, () => {
    assert.throws(() => requireLongSecret(secret), { name: 'WeakSecret', message: reason })
  })
}

test('SEC-300: accepts what a generator makes', () => {
  for (let index = 0; index < 1000; index++) {
    for (const secret of [randomToken(systemRandom), randomHex(systemRandom, 16)]) {
      assert.equal(requireLongSecret(secret), secret)
    }
  }
})

test('the message does not repeat the secret', () => {
  const secret = 'changeme-0vZk29sLq8Xw1Rt5Yb3Nc7Md'
  assert.throws(
    () => requireLongSecret(secret),
    (error) => error instanceof WeakSecret && !error.message.includes(secret),
  )
})
