// One sign-in of one browser, in which a test may do anything at any time; beside it stands what its user has really done.
import assert from 'node:assert/strict'
import { digest } from '#crypto/digest.ts'
import { type Answer, aBrowser, formOf } from './browser.ts'
import { sample } from './builders.ts'
import { authorizeUrl } from './login.ts'
import type { TestServer } from './start-server.ts'

export type Person = 'ada' | 'bob'
export const idOf = (person: Person) => (person === 'ada' ? sample.userId : 'auth0|bob')
const questions = ['consent', 'confirm', 'account'] as const
type Question = (typeof questions)[number]

/** What the user did, as the test saw it; the server's own notes are not asked. */
export interface Deeds {
  /** Who signed in last, in whichever tab, and is not signed out. */
  signedIn?: Person
  /** That was in this interaction. */
  here: boolean
  /** That was before the clock moved on. */
  longAgo: boolean
  /** Said yes in this interaction, since they signed in. */
  agreed: Partial<Record<Question, Person>>
  /** Did anything else than look, in this interaction, since then. */
  acted: boolean
  /** Ever agreed to the third-party app. */
  consented: Set<Person>
}

const actions: Record<string, (walk: PageWalk) => Promise<void>> = {
  ...Object.fromEntries(
    ['login', ...questions].map((page) => [`look at ${page}`, (walk: PageWalk) => walk.look(page)]),
  ),
  'sign in': (walk) => walk.signIn('ada'),
  'bob signs in': (walk) => walk.signIn('bob'),
  ...Object.fromEntries(questions.map((page) => [`accept at ${page}`, (walk: PageWalk) => walk.accept(page)])),
  'switch account': (walk) => walk.switchAccount(),
  'accept consent with the form of the sign-in page': (walk) => walk.mixUp(),
  'bob signs in in another tab': (walk) => walk.elsewhere('bob'),
  'sign out in another tab': (walk) => walk.signOut(),
  'start again': (walk) => walk.start(),
}
const unremarkable = new Set('idDigest browserDigest version request createdAt expiresAt at completedAt'.split(' '))
export const actionNames = Object.keys(actions)

export class PageWalk {
  readonly deeds: Deeds = { here: false, longAgo: false, agreed: {}, acted: false, consented: new Set() }
  readonly #server: TestServer
  readonly #link: string
  readonly #onCode: (answer: Answer, deeds: Deeds) => Promise<void>
  readonly #browser
  #state = ''
  #loginToken = ''
  /** Of the page seen last that asks a question: after a change of session it is the one the back button brings. */
  #token = { value: '', session: 0 }
  #session = 0
  /** Codes that came of all this. */
  codes = 0
  #answered = false

  constructor(server: TestServer, link: string, onCode: (answer: Answer, deeds: Deeds) => Promise<void>) {
    this.#server = server
    this.#link = link
    this.#onCode = onCode
    this.#browser = aBrowser(server.url)
  }

  async act(name: string): Promise<void> {
    await actions[name]?.(this)
  }

  async start(): Promise<void> {
    Object.assign(this.deeds, { here: false, agreed: {}, acted: false })
    this.#state = ''
    this.#loginToken = ''
    this.#token = { value: '', session: 0 }
    this.#answered = false
    await this.#arrive(await this.#browser.get(this.#link))
  }

  /** A whole sign-in beside ours, in the same browser. */
  async elsewhere(person: Person): Promise<void> {
    const page = await this.#browser.follow(await this.#browser.get(authorizeUrl({ prompt: 'login' })))
    const answer = await this.#browser.submit(page, { username: `${person}@example.com`, password: sample.password })
    assert.equal(answer.status, 302)
    this.#newSession(person, false)
  }

  grownOld(): void {
    this.deeds.longAgo = true
  }

  /** Two walks with the same fingerprint can go on in the same ways. */
  async fingerprint(): Promise<string> {
    const { signedIn, here, longAgo, agreed, acted, consented } = this.deeds
    if (this.#answered) return `answered ${signedIn} ${[...consented].sort().join()}`
    const { store, clock } = this.#server
    const known = this.#state ? await store.interactions.find(digest(this.#state), clock.now()) : undefined
    const cookie = this.#browser.cookies.get('keywright')
    const session = cookie ? await store.sessions.findByCookie('main', digest(cookie), clock.now()) : undefined
    // Whatever the server remembers of this interaction, but for names and times.
    const notes = JSON.stringify(known, (name, value: unknown) => {
      if (name === 'sid') return value === session?.sid
      return unremarkable.has(name) ? undefined : value
    })
    const form = this.#token.value && (this.#token.session === this.#session ? 'fresh' : 'stale')
    const facts = { signedIn, here, longAgo, agreed, acted, consented: [...consented].sort() }
    return JSON.stringify([facts, notes, form, this.#loginToken !== ''])
  }

  async look(page: string): Promise<void> {
    await this.#arrive(await this.#browser.get(`/u/${page}?state=${this.#state}`))
  }

  async signIn(person: Person): Promise<void> {
    const form = { username: `${person}@example.com`, password: sample.password }
    await this.#send('login', form, this.#loginToken, () => this.#newSession(person, true))
  }

  async accept(page: Question): Promise<void> {
    const { signedIn, agreed, consented } = this.deeds
    await this.#send(page, { action: 'accept' }, this.#token.value, () => {
      if (!signedIn) return
      agreed[page] = signedIn
      this.deeds.acted = true
      if (page === 'consent') consented.add(signedIn)
    })
  }

  switchAccount(): Promise<void> {
    return this.#send('consent', { action: 'switch' }, this.#token.value)
  }

  mixUp(): Promise<void> {
    return this.#send('consent', { action: 'accept' }, this.#loginToken)
  }

  /** @param done what it means if the server takes the form: it answers with a redirect then */
  async #send(page: string, form: Record<string, string>, csrf: string, done = () => {}): Promise<void> {
    const answer = await this.#browser.post(`/u/${page}`, { state: this.#state, csrf, action: 'default', ...form })
    if (answer.location && !answer.location.includes(`/u/${page}?`)) done()
    await this.#arrive(answer)
  }

  async signOut(): Promise<void> {
    const page = await this.#browser.get('/oidc/logout')
    if (page.body.includes('<form')) await this.#browser.submit(page, {}, 'accept')
    assert.equal(this.#browser.cookies.has('keywright'), false)
    Object.assign(this.deeds, { signedIn: undefined, here: false, longAgo: false, agreed: {}, acted: false })
    this.#session++
  }

  #newSession(person: Person, here: boolean): void {
    Object.assign(this.deeds, { signedIn: person, here, longAgo: false, agreed: {}, acted: here })
    this.#session++
  }

  async #arrive(answer: Answer): Promise<void> {
    const last = await this.#browser.follow(answer)
    assert.ok(last.status < 500, `${last.url} answered ${last.status}`)
    const asked = URL.parse(last.url)?.searchParams.get('state')
    if (!this.#state && asked) this.#state = asked
    if (/[?&]code=/.test(last.location ?? '')) {
      assert.equal(this.#answered, false, 'a second code from one interaction')
      this.#answered = true
      this.codes++
      await this.#onCode(last, this.deeds)
    } else if (last.body.includes('name="csrf"')) {
      const csrf = formOf(last.body).hidden.csrf ?? ''
      if (last.body.includes('name="password"')) this.#loginToken = csrf
      else this.#token = { value: csrf, session: this.#session }
    }
  }
}
