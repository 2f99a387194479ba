import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isEmailAddress, normalizeIdentifier } from './identifier.ts'

for (const [text, normal] of [
  ['Ada@Example.COM', 'ada@example.com'],
  [' ada@example.com ', 'ada@example.com'],
  ['ada@example.com.', 'ada@example.com'],
  ['ａｄａ@ｅｘａｍｐｌｅ．ｃｏｍ', 'ada@example.com'],
  ['ada@bücher.example', 'ada@xn--bcher-kva.example'],
  ['adİa', 'adi̇a'],
  ['\u212Aelvin', 'kelvin'],
  ['Ada_L', 'ada_l'],
] as const)
  test(`SEC-208: ${JSON.stringify(text)} is ${normal}`, () => {
    assert.equal(normalizeIdentifier(text), normal)
    assert.equal(normalizeIdentifier(normal), normal)
  })

test('SEC-208: a dotless ı is nobody else', () => {
  assert.notEqual(normalizeIdentifier('m\u0131ke@example.com'), normalizeIdentifier('mike@example.com'))
})

for (const [text, is] of [
  ['ada@example.com', true],
  ['ada+news@localhost', true],
  ['ada', false],
  ['@example.com', false],
  ['ada@', false],
  ['a b@example.com', false],
  ['a@b@example.com', false],
  ['ada@exa mple.com', false],
  ['ada@example..com', false],
  [`${'a'.repeat(65)}@example.com`, false],
] as const)
  test(`${text} is ${is ? 'an' : 'no'} e-mail address`, () => assert.equal(isEmailAddress(text), is))
