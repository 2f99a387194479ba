import assert from 'node:assert/strict'
import { test } from 'node:test'
import { confirmationPage } from './confirmation-page.ts'
import { type ConsentPage, consentPage } from './consent-page.ts'
import type { Surroundings } from './page.ts'

const around: Surroundings = { tenantName: 'Aurora', locale: 'en' }
const consent: ConsentPage = {
  action: '/u/consent',
  hidden: { state: 's' },
  clientName: 'Contacts Viewer',
  firstParty: false,
  publisherVerified: false,
  returnTarget: 'com.contacts.viewer',
  returnTargets: ['com.contacts.viewer:'],
  leavesBrowser: true,
  account: 'ada@example.com',
  scopes: [{ value: 'openid' }],
}
const text = (html: string) =>
  html
    .replace(/^.*<main>|<\/main>.*$/gs, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')

test('SEC-183 names the client, its publisher’s state, the scopes and the account', () => {
  const shown = text(consentPage({ ...consent, audienceName: 'Appointments' }, around).html)
  for (const words of ['Contacts Viewer', 'Unverified app', 'Appointments', 'Know who you are', 'ada@example.com'])
    assert.ok(shown.includes(words), words)
})

for (const page of [consentPage(consent, around), confirmationPage(consent, around)])
  test('SEC-048 a native third party shows where the answer goes, and that nobody vouches for it', () => {
    const shown = text(page.html)
    assert.match(shown, /Opens com\.contacts\.viewer/)
    assert.match(shown, /Unverified app/)
    assert.match(shown, /We do not know who made Contacts Viewer/)
  })

test('SEC-048 a verified publisher and our own apps carry no such mark', () => {
  const verified = text(consentPage({ ...consent, publisherVerified: true }, around).html)
  assert.match(verified, /Verified publisher/)
  assert.doesNotMatch(verified, /Unverified|do not know/)
  const own = text(confirmationPage({ ...consent, firstParty: true }, around).html)
  assert.doesNotMatch(own, /Unverified|Verified|do not know/)
})

test('SEC-183 the decision is a button of a POST form; nothing is chosen beforehand', () => {
  for (const { html } of [consentPage(consent, around), confirmationPage(consent, around)]) {
    assert.match(html, /<form method="post" action="\/u\/consent">/)
    const values = [...html.matchAll(/<button type="submit" name="action" value="(\w+)"/g)].map((match) => match[1])
    assert.deepEqual(values, ['switch', 'accept', 'deny'])
    assert.doesNotMatch(html, /autofocus|checked|href="[^"]*accept/)
  }
})

const asked = (...values: string[]) =>
  consentPage({ ...consent, audienceName: 'Appointments', scopes: values.map((value) => ({ value })) }, around).html

test('SEC-183 what is asked about the user, of the API and for how long are three things', () => {
  const shown = text(asked('read:contacts', 'email', 'offline_access', 'openid'))
  assert.match(
    shown,
    /About you See your email address Know who you are In Appointments contacts read From now on Stay/,
  )
  const alone = text(consentPage({ ...consent, scopes: [{ value: 'appointments' }] }, around).html)
  assert.match(alone, /can: Further permissions appointments/)
})

test('SEC-183 only what says that it reads looks like reading', () => {
  for (const [scope, writes] of [
    ['read:contacts', false],
    ['list:contacts', false],
    ['update:contacts', true],
    ['contacts', true],
    ['reads', true],
  ] as const)
    assert.equal(asked(scope).includes('<li class="changes">'), writes, scope)
  assert.match(asked('read:contacts', 'update:contacts'), /<li class="changes">.*contacts.*read.*change/)
})

test('sixty scopes fold into what they see and what they change, each with its number', () => {
  const sixty = Array.from({ length: 60 }, (_, i) => `${i % 3 ? 'read' : 'delete'}:thing${i}`)
  const page = asked('openid', ...sixty)
  assert.match(text(page), /About you Know who you are In Appointments 60 See 40 thing1 read/)
  assert.match(text(page), /See and change 20 thing0 delete/)
  assert.equal(page.match(/<details class="fold">/g)?.length, 2)
})

test('an app that listens on this computer is called that, not by a number', () => {
  const shown = text(confirmationPage({ ...consent, onThisComputer: true, returnTarget: '127.0.0.1:9' }, around).html)
  assert.match(shown, /Returns to an app on this computer/)
  assert.doesNotMatch(shown, /127/)
})

test('a name as long as a book does not push the decision away', () => {
  const shown = consentPage({ ...consent, clientName: '📕'.repeat(500) }, around).html
  assert.match(shown, /<h1>Allow <bdi>(?:📕){59}…<\/bdi> to access/u)
})
