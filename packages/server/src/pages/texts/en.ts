import type { Problem } from '../error-page.ts'
import { type Html, html } from '../html.ts'
import type { LoginError } from '../login-page.ts'

/** English, and the shape of every other language. Names of apps and people arrive as finished markup. */
export const en = {
  signIn: {
    title: 'Sign in',
    toContinueTo: (app: Html) => html`to continue to ${app}`,
    username: 'Email or username',
    email: 'Email address',
    password: 'Password',
    showPassword: 'Show password',
    submit: 'Sign in',
    or: 'or',
    continueWith: (provider: Html) => html`Continue with ${provider}`,
    cancel: 'Cancel',
    errorTitle: 'Error',
    errors: {
      'wrong-credentials': 'Wrong email, username or password. Please check them and try again.',
      'missing-fields': 'Enter your email or username, and your password.',
      'too-many-attempts': 'Too many attempts. Please wait a few minutes and try again.',
      'work-needed':
        'We have seen many wrong passwords. To slow down whoever guesses, your browser must calculate for a few seconds. Please enter your password again.',
      blocked: 'This account is blocked. Please contact support.',
      overloaded: 'Many people are signing in right now. Please try again in a moment.',
      expired: 'You waited too long, so we started over. Please sign in again.',
      'account-not-enabled':
        'You are signed in with an account that cannot be used here. Please sign in with another one.',
      'other-account':
        'The app asks for another account than the one you are signed in with. Please sign in with that one.',
      'connection-failed': 'The other service did not answer. Please try again or sign in another way.',
      'connection-denied': 'You were not signed in there. Try again or sign in another way.',
    } satisfies Record<LoginError, string>,
    /** Where nobody has a user name. */
    emailErrors: {
      'wrong-credentials': 'Wrong email or password. Please check them and try again.',
      'missing-fields': 'Enter your email and your password.',
    },
    work: {
      without:
        'Your browser cannot do that without JavaScript. Use a browser in which you have signed in before, or try again in an hour.',
      underWay: 'One moment, your browser is still calculating. You will be signed in as soon as it has finished.',
    },
  },
  consent: {
    title: 'Allow access',
    heading: (app: Html) => html`Allow ${app} to access your account?`,
    canDo: 'If you allow it, this app can:',
    aboutYou: 'About you',
    inApi: (api: Html) => html`In ${api}`,
    further: 'Further permissions',
    nothingSpecial: 'Act for you, with no further permission',
    lasting: 'From now on',
    looking: 'See',
    changing: 'See and change',
    mayChange: 'may change something',
    allow: 'Allow',
    deny: 'Don’t allow',
  },
  requester: {
    unverified: 'Unverified app',
    verified: 'Verified publisher',
    goesTo: (target: Html) => html`Opens ${target}`,
    onThisComputer: 'Returns to an app on this computer',
    warning: (app: Html) => html`We do not know who made ${app}. Continue only if you trust it.`,
  },
  account: {
    signedInAs: 'Signed in as',
    useAnother: 'Use another account',
  },
  confirmation: {
    title: 'Continue to the app',
    heading: (app: Html) => html`Continue to ${app}?`,
    lead: 'You are already signed in. Continue only if you have just come from this app yourself.',
    accept: 'Continue',
    deny: 'Cancel',
  },
  chooser: {
    title: 'Choose an account',
    toContinueTo: (app: Html) => html`to continue to ${app}`,
    continueAs: 'Continue as',
  },
  welcome: {
    title: 'Welcome',
    heading: (name: Html) => html`${name} is running`,
    lead: 'An OAuth 2.0 and OpenID Connect server for development, on this computer. Sign in with one of its apps to see how it works.',
    tryIt: (name: Html) => html`Try it with ${name}`,
    other: 'Sign in with another app',
    next: 'Where to go next',
    discovery: 'What this server can do (discovery document)',
    none: 'No app can be tried here yet: add one with a callback in the tenant file.',
  },
  loggedOut: {
    title: 'You are signed out',
    lead: 'You may close this window now.',
    continueTo: (app: Html) => html`Continue to ${app}`,
    goOn: 'Continue',
  },
  logout: {
    title: 'Sign out?',
    lead: (tenant: Html) => html`You will be signed out of ${tenant} and every app that uses it in this browser.`,
    accept: 'Sign out',
    deny: 'Stay signed in',
  },
  back: {
    title: 'Return to the app',
    heading: 'You can return to the app now',
    headingTo: (app: Html) => html`You can return to ${app} now`,
    lead: 'You may close this window.',
    failedTitle: 'You were not signed in',
    failedLead: 'Return to the app to try again. You may close this window.',
  },
  completed: {
    title: 'Already done',
    heading: 'This sign-in is already finished',
    lead: 'Return to the app. You may close this window.',
    leadTo: (app: Html) => html`Return to ${app}. You may close this window.`,
    goOn: 'Continue',
  },
  formPost: {
    title: 'One moment',
    lead: 'We are taking you back. If nothing happens, press the button.',
    onward: 'We are taking you on. If nothing happens, press the button.',
    submit: 'Continue',
  },
  embedded: {
    title: 'Open your browser to sign in',
    lead: 'This window belongs to an app, and the app could read your password here. To protect you, we let you sign in only in your browser.',
    leadTo: (app: Html) =>
      html`This window belongs to ${app}, and the app could read your password here. To protect you, we let you sign in only in your browser.`,
    advice: 'Return to the app and choose “Open in browser”, or ask its makers for an update.',
  },
  error: {
    reference: 'Reference',
    tellSupport: 'If you ask for help, mention this reference.',
    tryAgain: 'Try again',
    forDevelopers: 'For developers',
    requested: 'Requested',
    nearest: 'Nearest registered',
    differences: 'What differs',
    problems: {
      general: ['Something is not right', 'We could not do this. Return to the app and try again.'],
      'callback-mismatch': [
        'This app is not set up correctly',
        'It asked us to send you to an address it has not registered, so we stopped here. Your account is safe.',
      ],
      'logout-url-mismatch': [
        'This app is not set up correctly',
        'It asked us to send you to an address it has not registered, so we stopped here.',
      ],
      'unknown-client': ['We do not know this app', 'The app that sent you here is not registered with us.'],
      'invalid-request': [
        'This link does not work',
        'The app sent us something we do not understand. Return to it and try again.',
      ],
      expired: [
        'You waited too long',
        'For your safety, sign-in ends after a while. Return to the app and start again.',
      ],
      'access-denied': ['You do not have access', 'This account may not use this app.'],
      'connection-failed': [
        'The other service did not answer',
        'We could not sign you in there. Please try again in a moment.',
      ],
      'too-many-requests': ['Please wait a moment', 'There were too many requests. Try again in a few minutes.'],
      overloaded: ['We are very busy', 'Many people are signing in right now. Please try again in a moment.'],
      'not-found': ['There is nothing here', 'Please check the address, or return to the app.'],
      'server-error': ['Something went wrong', 'This is our fault, not yours. Please try again in a moment.'],
    } satisfies Record<Problem, readonly [title: string, lead: string]>,
  },
  help: 'Need help?',
  scopes: {
    openid: 'Know who you are',
    profile: 'See your name and picture',
    email: 'See your email address',
    address: 'See your postal address',
    phone: 'See your phone number',
    offline_access: 'Stay connected when you are not using it',
  },
  actions: {
    read: 'read',
    create: 'create',
    write: 'write',
    update: 'change',
    delete: 'delete',
    list: 'list',
    manage: 'manage',
  },
}

export type Texts = typeof en
