import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defaultTenantSettings, type Tenant } from '#tenants/tenant.ts'
import type { Session } from '#users/session.ts'
import { aClient, anApi, sample } from '../../../testing/builders.ts'
import type { AuthorizationRequest } from './authorization-request.ts'
import { type Circumstances, nextStep } from './next-step.ts'

const now = Date.UTC(2026, 10, 23)
const web = 'https://app.example/callback'

const session: Session = {
  sid: 'one',
  userId: sample.userId,
  connection: sample.connection,
  authenticatedAt: now - 60_000,
  amr: ['pwd'],
  activeAt: now,
  idleExpiresAt: now + 1,
  expiresAt: now + 1,
}
const tenant: Tenant = { id: 't', domain: 'd', issuer: 'https://d/', settings: defaultTenantSettings }

const aRequest = (over: Partial<AuthorizationRequest>, redirectUri = web): AuthorizationRequest => ({
  returnAddress: { clientId: sample.clientId, redirectUri, redirectUriSent: true, responseMode: 'query' },
  scope: ['openid'],
  scopeReduced: false,
  prompt: [],
  ...over,
})

const here: Circumstances = {
  session,
  progress: {},
  client: aClient(),
  tenant,
  resourceServer: undefined,
  consent: undefined,
  now,
}
const justNow = { authenticated: { sid: 'one', at: now }, agreed: { sid: 'one', chosen: true } }
const api = anApi()
const asking = anApi({ skipConsentForVerifiableFirstPartyClients: false })
const thirdParty = aClient({ isFirstParty: false })
const consent = { userId: sample.userId, clientId: sample.clientId, audience: '', scope: ['openid'] }

type Case = [story: string, request: AuthorizationRequest, facts: Partial<Circumstances>, expected: string]

const cases: Case[] = [
  ['no session', aRequest({}), { session: undefined }, 'login'],
  ['a session', aRequest({}), {}, 'proceed'],
  ['prompt=login', aRequest({ prompt: ['login'] }), {}, 'login'],
  ['prompt=login, just signed in', aRequest({ prompt: ['login'] }), { progress: justNow }, 'proceed'],
  [
    'prompt=login, but it was another session that signed in',
    aRequest({ prompt: ['login'] }),
    { progress: { authenticated: { sid: 'two', at: now } } },
    'login',
  ],
  ['max_age long enough', aRequest({ maxAge: 61 }), {}, 'proceed'],
  ['max_age too short', aRequest({ maxAge: 60 }), {}, 'login'],
  ['max_age=0', aRequest({ maxAge: 0 }), {}, 'login'],
  ['max_age=0, just signed in', aRequest({ maxAge: 0 }), { progress: justNow }, 'proceed'],
  ['another user expected', aRequest({ subjectHint: 'auth0|other' }), {}, 'login'],
  ['this user expected', aRequest({ subjectHint: sample.userId }), {}, 'proceed'],
  ['another connection asked for', aRequest({ connection: 'other' }), {}, 'login'],
  ['this connection asked for', aRequest({ connection: sample.connection }), {}, 'proceed'],
  ['prompt=select_account', aRequest({ prompt: ['select_account'] }), {}, 'account'],
  [
    'prompt=select_account, agreed to something else',
    aRequest({ prompt: ['select_account'] }),
    { progress: { agreed: { sid: 'one', consented: true } } },
    'account',
  ],
  [
    'prompt=select_account, sent back at once by a provider',
    aRequest({ prompt: ['select_account'] }),
    { progress: { authenticated: justNow.authenticated } },
    'account',
  ],
  ['an account of a connection that the client does not use', aRequest({}), { barred: 'not-enabled' }, 'login'],
  [
    'an account of such a connection, just signed in',
    aRequest({}),
    { barred: 'not-enabled', progress: justNow },
    'login',
  ],
  [
    'SEC-014 another user expected, and somebody else just signed in',
    aRequest({ subjectHint: 'auth0|other' }),
    { progress: justNow },
    'login',
  ],
  [
    'another connection asked for, and just signed in elsewhere',
    aRequest({ connection: 'other' }),
    { progress: justNow },
    'login',
  ],
  [
    'SEC-013 max_age, just signed in as somebody else',
    aRequest({ maxAge: 0 }),
    { progress: { authenticated: { sid: 'two', at: now } } },
    'login',
  ],
  [
    'prompt=select_account, chosen',
    aRequest({ prompt: ['select_account'] }),
    { progress: { agreed: { sid: 'one', chosen: true } } },
    'proceed',
  ],
  ['prompt=consent', aRequest({ prompt: ['consent'] }), {}, 'consent'],
  ['prompt=consent with consent on record', aRequest({ prompt: ['consent'] }), { consent }, 'consent'],
  [
    'prompt=consent, given here',
    aRequest({ prompt: ['consent'] }),
    { progress: { agreed: { sid: 'one', consented: true } } },
    'proceed',
  ],
  [
    'SEC-163 consent given by another account',
    aRequest({ prompt: ['consent'] }),
    { progress: { agreed: { sid: 'two', consented: true } } },
    'consent',
  ],
  [
    'SEC-163 an account chosen by another account',
    aRequest({ prompt: ['select_account'] }),
    { progress: { agreed: { sid: 'two', chosen: true } } },
    'account',
  ],
  [
    'SEC-163 a custom scheme, confirmed by another account',
    aRequest({}, sample.customScheme),
    { progress: { agreed: { sid: 'two', chosen: true } } },
    'confirmation',
  ],
  ['a third party', aRequest({}), { client: thirdParty }, 'consent'],
  ['a third party with consent', aRequest({}), { client: thirdParty, consent }, 'proceed'],
  [
    'a third party that wants more',
    aRequest({ scope: ['openid', 'email'] }),
    { client: thirdParty, consent },
    'consent',
  ],
  ['an API that skips consent', aRequest({ audience: 'a' }), { resourceServer: api }, 'proceed'],
  ['an API that asks', aRequest({ audience: 'a' }), { resourceServer: asking }, 'consent'],
  [
    'an API that skips consent, but the callback is localhost',
    aRequest({ audience: 'a' }, 'http://localhost:3000/cb'),
    { resourceServer: api, progress: { agreed: { sid: 'one' } } },
    'consent',
  ],
  [
    'a third party that wants nothing, and was never allowed anything',
    aRequest({ scope: [] }),
    { client: thirdParty },
    'consent',
  ],
  [
    'SEC-331 max_age, signed in a minute ahead of our clock',
    aRequest({ maxAge: 1000 }),
    { session: { ...session, authenticatedAt: now + 60_000 } },
    'proceed',
  ],
  [
    'SEC-331 max_age, signed in more than that ahead',
    aRequest({ maxAge: 1000 }),
    { session: { ...session, authenticatedAt: now + 60_001 } },
    'login',
  ],
  [
    'a loopback page that gets a message: the browser delivers it to nobody else',
    aRequest({
      returnAddress: {
        clientId: sample.clientId,
        redirectUri: 'http://127.0.0.1:5/callback',
        redirectUriSent: true,
        responseMode: 'web_message',
      },
    }),
    {},
    'proceed',
  ],
  [
    'a custom scheme, switched off for the tenant',
    aRequest({}, sample.customScheme),
    {
      tenant: { ...tenant, settings: { ...tenant.settings, skipNonVerifiableCallbackUriConfirmationPrompt: true } },
    },
    'proceed',
  ],
  ['SEC-038 a custom scheme after silent sign-on', aRequest({}, sample.customScheme), {}, 'confirmation'],
  [
    'web_message goes to the registered origin and to nobody else',
    {
      ...aRequest({}),
      returnAddress: { ...aRequest({}, 'http://127.0.0.1:5/callback').returnAddress, responseMode: 'web_message' },
    },
    {},
    'proceed',
  ],
  ...(['fragment', 'form_post'] as const).map((responseMode): Case => {
    const request = aRequest({}, sample.customScheme)
    return [
      `SEC-038 a custom scheme by ${responseMode}`,
      { ...request, returnAddress: { ...request.returnAddress, responseMode } },
      {},
      'confirmation',
    ]
  }),
  [
    'SEC-038 a custom scheme after a provider has sent the user back at once',
    aRequest({}, sample.customScheme),
    { progress: { authenticated: justNow.authenticated } },
    'confirmation',
  ],
  ['SEC-038 a loopback port after silent sign-on', aRequest({}, 'http://127.0.0.1:5/callback'), {}, 'confirmation'],
  [
    'a custom scheme after a page was shown',
    aRequest({}, sample.customScheme),
    { progress: { agreed: { sid: 'one' } } },
    'proceed',
  ],
  [
    'a custom scheme, switched off for the client',
    aRequest({}, sample.customScheme),
    { client: aClient({ skipNonVerifiableCallbackUriConfirmationPrompt: true }) },
    'proceed',
  ],
  [
    'a custom scheme, switched off for the tenant but on for the client',
    aRequest({}, sample.customScheme),
    {
      client: aClient({ skipNonVerifiableCallbackUriConfirmationPrompt: false }),
      tenant: { ...tenant, settings: { ...tenant.settings, skipNonVerifiableCallbackUriConfirmationPrompt: true } },
    },
    'confirmation',
  ],
  [
    'a confidential client on localhost',
    aRequest({}, 'http://localhost:3000/cb'),
    { client: aClient({ tokenEndpointAuthMethod: 'client_secret_post' }) },
    'proceed',
  ],
]

for (const [story, request, facts, expected] of cases)
  test(`${story} → ${expected}`, () => {
    const step = nextStep(request, { ...here, ...facts })
    assert.equal('ask' in step ? step.ask : 'proceed', expected)
  })
