import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createCodeVerifier } from './code-verifier.ts'
import { environmentFrom } from './environment.ts'

test('what is handed in is used, and the rest comes from the platform', async () => {
  const environment = environmentFrom({ now: () => 7, timeout: 1 })
  assert.equal(environment.now(), 7)
  assert.equal(environment.timeout, 1)
  assert.equal(environment.subtle, globalThis.crypto.subtle)
  assert.equal(environment.random(5).length, 5)
})

test('without Web Crypto it says what to do, and a polyfill may come late', (t) => {
  const descriptor = Object.getOwnPropertyDescriptor(globalThis, 'crypto')
  t.after(() => Object.defineProperty(globalThis, 'crypto', descriptor ?? {}))
  const { crypto } = globalThis
  const environment = environmentFrom()
  Object.defineProperty(globalThis, 'crypto', { value: undefined, configurable: true })
  assert.throws(() => environment.subtle, { code: 'invalid_configuration', message: /polyfill/ })
  assert.throws(() => createCodeVerifier(), { code: 'invalid_configuration' })
  Object.defineProperty(globalThis, 'crypto', { value: crypto, configurable: true })
  assert.equal(environment.subtle, crypto.subtle)
})
