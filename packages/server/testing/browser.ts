import { CookieJar, fetchHeaders, type Initiator, typed } from './cookie-jar.ts'

/** A browser without pictures: cookies, redirects that the test follows by hand, and forms. */
export interface TestBrowser {
  cookies: CookieJar
  /** @param by who made the browser ask; the user typed the address if left out */
  get(url: string, headers?: Record<string, string>, by?: Initiator): Promise<Answer>
  /** @param by whose form it is; our own page's if left out */
  post(url: string, form: Record<string, string>, headers?: Record<string, string>, by?: Initiator): Promise<Answer>
  /** Fills in the only form of the page and presses the button with this value. */
  submit(page: Answer, fields: Record<string, string>, action?: string): Promise<Answer>
  /** Follows redirects while they stay on this server, up to the answer for the app. */
  follow(answer: Answer): Promise<Answer>
}

export interface Answer {
  status: number
  url: string
  headers: Headers
  /** Of a redirect, absolute where it is http; undefined if there is none. */
  location: string | undefined
  body: string
  /** Who made the browser ask: a redirect is followed on their behalf. */
  by: Initiator
}

export function aBrowser(serverUrl: string): TestBrowser {
  const cookies = new CookieJar(serverUrl)

  async function send(url: string, init: RequestInit & { method: string }, by: Initiator): Promise<Answer> {
    const absolute = new URL(url, serverUrl).href
    const sent = { url: absolute, method: init.method, by }
    const headers = new Headers(fetchHeaders(sent))
    for (const [name, value] of new Headers(init.headers)) headers.set(name, value)
    const cookie = cookies.headerFor(sent)
    if (cookie) headers.set('cookie', cookie)
    const response = await fetch(absolute, { ...init, headers, redirect: 'manual' })
    for (const line of response.headers.getSetCookie()) cookies.keep(line, sent)
    const location = response.headers.get('location') ?? undefined
    return {
      status: response.status,
      url: absolute,
      headers: response.headers,
      location: location?.startsWith('/') ? new URL(location, serverUrl).href : location,
      body: await response.text(),
      by,
    }
  }

  const ownForm = (url: string): Initiator => ({ page: new URL(url, serverUrl).href, how: 'form' })
  const browser: TestBrowser = {
    cookies,
    get: (url, headers = {}, by = typed) => send(url, { method: 'GET', headers }, by),
    post: (url, form, headers = {}, by = ownForm(url)) =>
      send(url, { method: 'POST', headers, body: new URLSearchParams(form) }, by),
    submit(page, fields, action = 'default') {
      const form = formOf(page.body)
      return browser.post(form.action, { ...form.hidden, ...fields, action })
    },
    async follow(answer) {
      let current = answer
      while (current.location?.startsWith(`${serverUrl}/`) && !/[?#&](code|error)=/.test(current.location))
        current = await browser.get(current.location, {}, current.by)
      return current
    },
  }
  return browser
}

/** The form of a page of ours: where it goes and what it carries unseen. */
export function formOf(html: string): { action: string; hidden: Record<string, string> } {
  const form = /<form\b[^>]*>/.exec(html)?.[0]
  if (!form) throw new Error(`there is no form on this page: ${html.slice(0, 300)}`)
  const hidden: Record<string, string> = {}
  for (const [input] of html.matchAll(/<input\b[^>]*type="hidden"[^>]*>/g))
    hidden[attribute(input, 'name')] = attribute(input, 'value')
  return { action: attribute(form, 'action'), hidden }
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#x27': "'" }

function attribute(tag: string, name: string): string {
  const value = new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1] ?? ''
  return value.replace(/&(amp|lt|gt|quot|#39|#x27);/g, (_whole, entity: string) => entities[entity] ?? '')
}
