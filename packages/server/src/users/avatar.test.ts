import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aUser } from '../../testing/builders.ts'
import { avatarOf, avatarPath, paintAvatar, readAvatarPath } from './avatar.ts'

const names: [name: string | undefined, initials: string][] = [
  ['Ada Lovelace', 'AL'],
  ['ada', 'A'],
  ['ada@example.com', 'A'],
  ['ada.lovelace@example.com', 'AL'],
  ['Augusta Ada King, Countess of Lovelace', 'AL'],
  ['Øyvind Ångström', 'ØÅ'],
  ['ßeta', 'S'],
  ['ada 2', 'A'],
  ['山田 太郎', '山'],
  ['أدا لوفلايس', 'أ'],
  ['😀 Smile', 'S'],
  ['<script>alert(1)</script>', 'SS'],
  ['😀', 'N'],
  [undefined, 'N'],
]
for (const [name, initials] of names)
  test(`${name} is painted as ${initials}`, () => {
    const avatar = avatarOf(aUser({ name, nickname: 'nick' }))
    assert.equal(avatar.initials, initials)
    assert.deepEqual(readAvatarPath(avatarPath(avatar)), avatar)
    assert.match(paintAvatar(avatar), new RegExp(`>${initials}</text></svg>$`))
  })

test('a user without any letter has a picture, too', () => {
  const nobody = { name: '…', nickname: undefined, email: undefined, username: undefined }
  const avatar = avatarOf(aUser(nobody))
  assert.equal(avatar.initials, '?')
  assert.deepEqual(readAvatarPath(avatarPath(avatar)), avatar)
})

test('the address names nobody, and is the same for the same user', () => {
  const user = aUser({ name: 'Ada Lovelace' })
  const path = avatarPath(avatarOf(user))
  assert.equal(path, avatarPath(avatarOf(structuredClone(user))))
  const told = Buffer.from(path.slice(8, -4), 'base64url').toString()
  assert.match(told, /^\d{1,3} AL$/)
})

const encoded = (text: string) => `avatars/${Buffer.from(text).toString('base64url')}.svg`
for (const path of [
  'avatars/',
  'avatars/x.svg',
  'avatars/../x.svg',
  encoded('1 ABC'),
  encoded('360 A'),
  encoded('007 A'),
  encoded('1 <'),
  encoded('1 "'),
  encoded('1 A\n'),
  `${encoded('1 A').slice(0, -4)}A.svg`,
  encoded('1 A').slice(0, -4),
])
  test(`${path} is no picture of ours`, () => assert.equal(readAvatarPath(path), undefined))
