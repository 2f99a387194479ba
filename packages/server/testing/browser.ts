/** A browser without pictures: cookies, redirects that the test follows by hand, and forms. */
export interface TestBrowser {
  cookies: Map<string, string>
  get(url: string, headers?: Record<string, string>): Promise<Answer>
  post(url: string, form: Record<string, string>, headers?: Record<string, string>): Promise<Answer>
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
}

export function aBrowser(serverUrl: string): TestBrowser {
  const cookies = new Map<string, string>()

  async function send(url: string, init: RequestInit): Promise<Answer> {
    const headers = new Headers(init.headers)
    if (cookies.size > 0) headers.set('cookie', [...cookies].map(([name, value]) => `${name}=${value}`).join('; '))
    const absolute = new URL(url, serverUrl).href
    const response = await fetch(absolute, { ...init, headers, redirect: 'manual' })
    for (const line of response.headers.getSetCookie()) keep(line)
    const location = response.headers.get('location') ?? undefined
    return {
      status: response.status,
      url: absolute,
      headers: response.headers,
      location: location?.startsWith('/') ? new URL(location, serverUrl).href : location,
      body: await response.text(),
    }
  }

  function keep(line: string) {
    const [pair = ''] = line.split(';')
    const equals = pair.indexOf('=')
    const name = pair.slice(0, equals)
    if (/max-age=0\b/i.test(line)) cookies.delete(name)
    else cookies.set(name, pair.slice(equals + 1))
  }

  const browser: TestBrowser = {
    cookies,
    get: (url, headers = {}) => send(url, { headers }),
    post: (url, form, headers = {}) => send(url, { method: 'POST', headers, body: new URLSearchParams(form) }),
    submit(page, fields, action = 'default') {
      const form = formOf(page.body)
      return browser.post(form.action, { ...form.hidden, ...fields, action })
    },
    async follow(answer) {
      let current = answer
      while (current.location?.startsWith(`${serverUrl}/`) && !/[?#&](code|error)=/.test(current.location))
        current = await browser.get(current.location)
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
