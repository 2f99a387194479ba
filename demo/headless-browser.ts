import { CookieJar } from './cookie-jar.ts'
import { type Button, type Form, formsOf, wordsOf } from './html-forms.ts'
import type { Narrator } from './narrator.ts'
import { Trouble } from './trouble.ts'

export interface Credentials {
  username: string
  password: string
}

interface Page {
  url: string
  status: number
  html: string
}

const MOST_STEPS = 30

/** A browser without a window, for tests: follows redirects, keeps cookies, and says yes to every form of the server. */
export class HeadlessBrowser {
  readonly #cookies = new CookieJar()
  readonly #credentials: Credentials
  readonly #narrator: Narrator

  constructor(credentials: Credentials, narrator: Narrator) {
    this.#credentials = credentials
    this.#narrator = narrator
  }

  /** Goes through the server's pages, and ends by calling the app's address. Throws Trouble when it ends anywhere else. */
  async visit(url: string, returnTo: string): Promise<void> {
    const home = new URL(url).origin
    let passwordSent = false
    let request: { url: string; form?: URLSearchParams } = { url }
    for (let step = 0; step < MOST_STEPS; step += 1) {
      const answer = await this.#fetch(request.url, request.form)
      const location = answer.headers.get('location')
      if (answer.status >= 300 && answer.status < 400 && location) {
        const next = new URL(location, request.url).href
        if (next === returnTo || next.startsWith(`${returnTo}?`)) return callBack(next)
        if (!next.startsWith(`${home}/`)) throw new Trouble(`The server sends the browser to ${next}, not to the app.`)
        request = { url: next }
        continue
      }

      const page = { url: request.url, status: answer.status, html: await answer.text() }
      const form = formToAnswer(page.html)
      if (!form) throw strandedAt(page)
      const asksForPassword = 'password' in form.fields
      if (asksForPassword && passwordSent) throw refused(page)
      passwordSent ||= asksForPassword
      request = { url: new URL(form.action || page.url, page.url).href, form: this.#fillIn(form, page.html) }
    }
    throw new Trouble(`The server sends the browser in circles: ${MOST_STEPS} pages and no end.`)
  }

  async #fetch(url: string, form: URLSearchParams | undefined): Promise<Response> {
    const { pathname, origin } = new URL(url)
    const method = form ? 'POST' : 'GET'
    const headers = new Headers({ accept: 'text/html', 'accept-language': 'en', cookie: this.#cookies.header(url) })
    if (form) headers.set('origin', origin)
    const init = { method, headers, body: form, redirect: 'manual', signal: AbortSignal.timeout(10_000) } as const
    const response = await this.#narrator.waiting(pathname, fetch(url, init))
    this.#cookies.store(url, response)
    const location = response.headers.get('location')
    this.#narrator.request(method, pathname)
    this.#narrator.answer(response.status, location ? `to ${placeOf(location, url)}` : '')
    return response
  }

  #fillIn(form: Form, html: string): URLSearchParams {
    const filled = { ...form.fields }
    if ('username' in filled) filled.username = this.#credentials.username
    if ('password' in filled) filled.password = this.#credentials.password
    const button = primaryButton(form)
    this.#narrator.say(
      `  “${wordsOf(html)}”: fills in ${Object.keys(filled).join(', ')}; presses ${button?.value || 'the button'}`,
    )
    if (button?.name) filled[button.name] = button.value
    return new URLSearchParams(filled)
  }
}

/** The form with the primary button, so that buttons to identity providers are passed over. */
function formToAnswer(html: string): Form | undefined {
  const forms = formsOf(html).filter(({ method, buttons }) => method === 'post' && !buttons.every(isNo))
  return (
    forms.find(({ buttons }) => buttons.some(isYes)) ?? forms.find(({ fields }) => 'password' in fields) ?? forms[0]
  )
}

const isYes = ({ name, value }: Button): boolean => name === 'action' && (value === 'default' || value === 'accept')
const isNo = ({ name, value }: Button): boolean => name === 'action' && /^(?:cancel|deny|reject|switch)$/.test(value)

const primaryButton = ({ buttons }: Form): Button | undefined =>
  buttons.find(isYes) ?? buttons.find((button) => !isNo(button))

/** Without its query: codes travel there. */
function placeOf(location: string, base: string): string {
  const { href, origin, pathname } = new URL(location, base)
  return origin === new URL(base).origin ? pathname : href.replace(/[?#].*$/s, '')
}

/** The callback is the app's, not the server's: it gets no cookie. */
async function callBack(url: string): Promise<void> {
  await (await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(10_000) })).text()
}

const strandedAt = ({ html, status }: Page): Trouble =>
  new Trouble(`The server did not come back to the app; it shows “${wordsOf(html)}” (HTTP ${status}).`)

function refused({ html, status }: Page): Trouble {
  const reason = wordsOf(html, /<(?:\w+)\b[^>]*role="?alert"?[^>]*>(.*?)<\/(?:p|div|span)>/is) || `HTTP ${status}`
  return new Trouble(`The sign-in page does not accept the user name and password: ${reason}`)
}
