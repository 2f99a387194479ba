import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Locale } from './locale.ts'
import { type RequestedScope, scopeItems } from './scope-words.ts'

const words = (scopes: RequestedScope[], locale: Locale = 'en') =>
  scopeItems(scopes, locale).map((item) => item.words.markup.replace(/<[^>]*>/g, ''))
const values = (...scopes: string[]) => scopes.map((value) => ({ value }))

test('SEC-183 says in plain words what OpenID Connect’s scopes mean', () => {
  assert.deepEqual(words(values('openid', 'email')), ['Know who you are', 'See your email address'])
  assert.deepEqual(words(values('phone'), 'de'), ['Ihre Telefonnummer sehen'])
})

test('gathers action:resource under the resource, where it came first', () => {
  assert.deepEqual(words(values('read:contacts', 'appointments', 'update:contacts', 'scan:files')), [
    'contacts read · change',
    'appointments',
    'files scan',
  ])
})

test('a description says it better', () => {
  const scopes = [{ value: 'read:contacts', description: 'See your contacts' }, ...values('update:contacts')]
  assert.deepEqual(words(scopes), ['See your contacts', 'contacts change'])
  assert.deepEqual(words([{ value: 'openid', description: '' }]), ['Know who you are'])
})

test('names that objects have by nature are ordinary scopes', () => {
  assert.deepEqual(words(values('constructor', '__proto__', 'toString:__proto__', ':', 'a:')), [
    'constructor',
    '__proto__',
    '__proto__ toString',
    ':',
    'a:',
  ])
})
