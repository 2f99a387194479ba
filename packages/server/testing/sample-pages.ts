import { accountChooserPage } from '../src/pages/account-chooser-page.ts'
import { alreadyCompletedPage } from '../src/pages/already-completed-page.ts'
import { confirmationPage } from '../src/pages/confirmation-page.ts'
import { consentPage } from '../src/pages/consent-page.ts'
import { embeddedBrowserPage } from '../src/pages/embedded-browser-page.ts'
import { errorPage } from '../src/pages/error-page.ts'
import { formPostPage } from '../src/pages/form-post-page.ts'
import { loggedOutPage } from '../src/pages/logged-out-page.ts'
import { loginPage } from '../src/pages/login-page.ts'
import { logoutConfirmPage } from '../src/pages/logout-confirm-page.ts'
import { mobilePage } from '../src/pages/mobile-page.ts'
import { onwardPage } from '../src/pages/onward-page.ts'
import type { Page, Surroundings } from '../src/pages/page.ts'
import { welcomePage } from '../src/pages/welcome-page.ts'

/**
 * Every screen in every state that looks different, for the tests that must see them all. Each value that can come from a
 * stranger passes through `fill`, so that a test can put its own in its place.
 */
export function samplePages(around: Surroundings, fill: (value: string) => string = (value) => value) {
  const form = { action: '/u/login', hidden: { state: fill('hKFo2SA'), csrf: fill('c3JmIHRva2Vu') } }
  const toApp = { clientName: fill('Aurora Mobile'), returnTargets: [fill('com.aurora.app:')], leavesBrowser: true }
  const toWeb = {
    clientName: fill('Aurora'),
    returnTargets: 'anywhere' as const,
    leavesBrowser: false,
  }
  const account = fill('ada.lovelace@example.com')
  const requester = { firstParty: true, publisherVerified: true, returnTarget: fill('com.aurora.app') }
  const stranger = { ...requester, firstParty: false, publisherVerified: false }
  const connections = [
    { name: fill('contoso'), displayName: fill('Contoso'), href: fill('/authorize?connection=contoso') },
    { name: fill('workforce'), displayName: fill('Northwind ID'), href: fill('/authorize?connection=workforce') },
  ]
  const login = { ...form, ...toApp, connections, showPasswordForm: true, withUsernames: true }
  const clientLogoUrl = fill(dot)

  return {
    login: loginPage(login, around),
    'login-plain': loginPage(
      { ...login, ...toWeb, connections: [], username: account, cancelHref: fill('/back') },
      around,
    ),
    'login-error': loginPage(
      { ...login, connections: [], username: account, error: 'wrong-credentials', withUsernames: false },
      around,
    ),
    'login-work': loginPage(
      { ...login, connections: [], username: account, error: 'work-needed', work: fill('10.1.salt.mac') },
      around,
    ),
    'login-providers': loginPage({ ...login, showPasswordForm: false, error: 'connection-failed' }, around),
    consent: consentPage(
      {
        ...form,
        ...toWeb,
        ...requester,
        publisherVerified: true,
        firstParty: false,
        clientLogoUrl,
        account,
        audienceName: fill('Appointments'),
        scopes: [
          'openid',
          'profile',
          'offline_access',
          'appointments',
          'read:contacts',
          'update:contacts',
          'scan:files',
        ].map((value) => ({ value: fill(value) })),
      },
      around,
    ),
    'consent-unverified': consentPage(
      {
        ...form,
        ...toApp,
        ...stranger,
        account,
        scopes: [
          { value: fill('openid') },
          { value: fill('email') },
          { value: fill('appointments'), description: fill('See and book your appointments') },
        ],
      },
      around,
    ),
    'consent-many': consentPage(
      {
        ...form,
        ...toWeb,
        ...stranger,
        account,
        audienceName: fill('Appointments'),
        scopes: ['openid', 'email', 'offline_access', ...sixty].map((value) => ({ value: fill(value) })),
      },
      around,
    ),
    confirmation: confirmationPage({ ...form, ...toApp, ...requester, account, onThisComputer: true }, around),
    'confirmation-unverified': confirmationPage({ ...form, ...toApp, ...stranger, clientLogoUrl, account }, around),
    'account-chooser': accountChooserPage({ ...form, ...toWeb, account }, around),
    welcome: welcomePage(
      { apps: ['Aurora', 'Aurora Mobile'].map((name) => ({ name: fill(name), signInHref: fill('/authorize') })) },
      around,
    ),
    'logged-out': loggedOutPage(
      { clientName: fill('Aurora'), continueHref: fill('https://app.aurora.example/') },
      around,
    ),
    'logged-out-plain': loggedOutPage({}, around),
    'logout-confirm': logoutConfirmPage({ ...form, account, returnTargets: [], leavesBrowser: false }, around),
    mobile: mobilePage({ clientName: fill('Aurora Mobile') }, around),
    'mobile-failed': mobilePage({ failed: true }, around),
    'already-completed': alreadyCompletedPage({ clientName: fill('Aurora'), continueHref: fill('/') }, around),
    error: errorPage({ problem: 'server-error', reference: fill('7QF3-K2ZD'), retryHref: fill('/authorize') }, around),
    'error-callback': errorPage(
      {
        problem: 'callback-mismatch',
        message: fill('Callback URL mismatch.'),
        reference: fill('7QF3-K2ZD'),
        hint: {
          requested: fill('https://app.aurora.example/callback/'),
          nearest: fill('https://app.aurora.example/callback'),
          differences: [fill('The path ends with a slash; the registered one does not.')],
        },
      },
      around,
    ),
    'form-post': formPostPage(
      { action: 'https://app.aurora.example/cb', fields: { code: fill('c0de'), state: fill('st') } },
      around,
    ),
    onward: onwardPage({ action: '/authorize', fields: [['state', fill('st')]] }, around),
    'embedded-browser': embeddedBrowserPage({ clientName: fill('Aurora Mobile') }, around),
  } satisfies Record<string, Page>
}

const sixty = Array.from(
  { length: 60 },
  (_, i) => `${['read', 'update', 'delete'][i % 3]}:resource${Math.floor(i / 3)}`,
)

const dot =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfz0AEYBxVSF+FABJADveWkH6oAAAAAElFTkSuQmCC'
