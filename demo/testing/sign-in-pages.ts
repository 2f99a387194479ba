import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import type { AuthorizationServer } from '../../packages/client/testing/authorization-server.ts'

/**
 * Puts pages before the client library's test server, with what makes a headless browser stumble: other forms, entities,
 * comments, cookies that come and go, buttons that say no.
 */
export function addSignInPages(server: AuthorizationServer): void {
  const waiting = new Map<string, URLSearchParams>()
  const sessions = new Set<string>()

  server.pages = (request, response, approve) => {
    const url = new URL(request.url ?? '/', server.origin)
    const { pathname, searchParams: query } = url
    const back = (parameters: Record<string, string>) =>
      redirect(response, `${query.get('redirect_uri')}?${new URLSearchParams({ ...parameters, iss: server.issuer })}`)
    const isSignedIn = sessions.has(cookiesOf(request).get('session') ?? '')

    if (pathname === '/authorize') {
      if (isSignedIn) redirect(response, approve(query))
      else if (query.get('prompt') === 'none') back({ error: 'login_required', state: query.get('state') ?? '' })
      else {
        waiting.set('t&1', query)
        redirect(response, '/u/login?state=t%261', ['csrf=c1; Path=/u; HttpOnly', 'old=1; Path=/; Max-Age=0'])
      }
      return true
    }
    if (pathname === '/u/login' && request.method === 'GET') {
      page(response, 200, 'Sign in', loginForm(''))
      return true
    }
    if (!['/u/login', '/u/consent', '/oidc/logout'].includes(pathname)) return false
    answerForm().catch((error: unknown) => response.writeHead(500).end(String(error)))
    return true

    async function answerForm(): Promise<void> {
      const form = new URLSearchParams(await text(request))
      if (pathname === '/oidc/logout') {
        if (form.get('action') !== 'accept') return page(response, 200, 'Sign out?', confirmForm(request.url ?? ''))
        sessions.clear()
        return redirect(response, query.get('post_logout_redirect_uri') ?? '')
      }
      const authorization = waiting.get(form.get('state') ?? '')
      const isSafe = cookiesOf(request).get('csrf') === 'c1' && request.headers.origin === server.origin
      if (!authorization || !isSafe) return page(response, 400, 'Expired', '<p>Start again.</p>')
      if (pathname === '/u/consent') {
        if (form.get('action') !== 'accept') return page(response, 403, 'Refused', '')
        sessions.add('s1')
        return redirect(response, approve(authorization), ['session=s1; Path=/; HttpOnly; Secure; SameSite=Lax'])
      }
      const { username, password, action } = Object.fromEntries(form)
      const isAda = username === 'ada@example.com' && password === 'correct horse battery staple'
      if (action === 'default' && isAda) return page(response, 200, 'Allow?', confirmForm('/u/consent'))
      return page(response, 400, 'Sign in', loginForm('<div role="alert"><p>Wrong e-mail or&nbsp;password</p></div>'))
    }
  }
}

const loginForm = (problem: string): string => `
  <form action="/search"><input name="q"></form>
  <!-- <form method="post" action="/commented"><button name="action" value="default">No</button></form> -->
  <form method="post" action="/idp"><button type="submit" name="connection" value="google">Google</button></form>
  <form class="main" method="POST" action="/u/login">${problem}
    <input type="hidden" name="state" value="t&amp;1"><input type=hidden name=csrf value='c1'>
    <label>E-mail <input name="username" required></label>
    <label>Password <input name="password" type="password" title="more > less"></label>
    <button type="button" id="reveal">Show</button>
    <button type="submit" name="action" value="cancel">Cancel</button>
    <button type="submit" name="action" value="default">Continue</button>
  </form>`

const confirmForm = (action: string): string => `
  <form method="post" action="${action.replaceAll('&', '&amp;')}"><input type="hidden" name="state" value="t&#38;1">
    <button name="action" value="deny">No</button><button name="action" value="accept">Yes</button>
  </form>`

function page(response: ServerResponse, status: number, title: string, body: string): void {
  response.writeHead(status, { 'content-type': 'text/html' }).end(`<!doctype html><title>${title}</title>${body}`)
}

function redirect(response: ServerResponse, location: string, cookies: string[] = []): void {
  response.writeHead(302, { location, 'set-cookie': cookies }).end()
}

function cookiesOf(request: IncomingMessage): Map<string, string> {
  const pairs = (request.headers.cookie ?? '').split('; ').map((pair) => pair.split('='))
  return new Map(pairs.map(([name = '', value = '']) => [name, value]))
}
