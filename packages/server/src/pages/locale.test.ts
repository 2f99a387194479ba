import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chooseLocale, directionOf } from './locale.ts'

const cases: [uiLocales: string | undefined, acceptLanguage: string | undefined, locale: string][] = [
  [undefined, undefined, 'en'],
  ['de', 'fr', 'de'],
  ['fr-CA fr en', undefined, 'fr'],
  ['xx yy', 'de-AT', 'de'],
  ['DE_at', undefined, 'de'],
  ['', 'ar-EG,ar;q=0.9,en;q=0.8', 'ar'],
  [undefined, 'en;q=0.5, fr;q=0.8', 'fr'],
  [undefined, 'de;q=0, fr', 'fr'],
  [undefined, 'de;q=0', 'en'],
  [undefined, 'xx, *;q=0.5, de;q=0.1', 'en'],
  [undefined, 'de;q=2, fr;q=abc, ar;q=0.1', 'ar'],
  [undefined, 'de; Q=0.3 ,fr;q=0.2', 'de'],
  ['toString __proto__ constructor', ';;;=,,q=1;q=', 'en'],
  [',,,', '\0\ud800', 'en'],
  ['x '.repeat(100_000), `${'x,'.repeat(100_000)}de`, 'en'],
]
for (const [uiLocales, acceptLanguage, locale] of cases)
  test(`${uiLocales?.slice(0, 30)} and ${acceptLanguage?.slice(0, 30)} give ${locale}`, () =>
    assert.equal(chooseLocale(uiLocales, acceptLanguage), locale))

test('speaks only languages that the tenant enabled, the first of them if nothing fits', () => {
  assert.equal(chooseLocale('de', 'fr', ['fr', 'en']), 'fr')
  assert.equal(chooseLocale('de', 'ar', ['fr', 'en']), 'fr')
})

test('Arabic runs from right to left', () => {
  assert.equal(directionOf('ar'), 'rtl')
  assert.equal(directionOf('de'), 'ltr')
})
