import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { toBase64url } from '../src/base64url.ts'
import { randomText } from '../src/code-verifier.ts'
import { environmentFrom } from '../src/environment.ts'
import { aSigningKey, type SigningKey } from './signing-key.ts'

type Json = Record<string, unknown>
interface Issued {
  query: URLSearchParams
  /** A refresh token was used a second time: none of its family works any more (RFC 9700 §4.14.2). */
  isDead?: boolean
}

/** Lets a test say what a misbehaving server would. Each receives what a correct server answers. */
export interface Misbehaviour {
  callback?(parameters: Record<string, string>): Record<string, string>
  idToken?(claims: Json): Json
  token?(body: Json): Json
  userinfo?(body: Json): Json
  /** Runs before anything else; when it returns true, it has answered. */
  request?(request: IncomingMessage, response: ServerResponse): boolean
}

export interface Recorded {
  method: string
  path: string
  form: Record<string, string>
}

const USER = { sub: 'auth0|ada', name: 'Ada Lovelace', email: 'ada@example.com' }

/**
 * A small authorization server over real HTTP: every login is approved at once, unless `approve` puts pages in between. It
 * is strict where the client must be right: PKCE, redirect URI, one-time codes and refresh tokens.
 */
export class AuthorizationServer {
  readonly misbehave: Misbehaviour = {}
  readonly requests: Recorded[] = []
  keys: SigningKey[] = []
  /** The time in milliseconds that tokens are made at. */
  now: () => number = () => Date.now()
  /** Shows pages first; it calls `approve` when the user is done. */
  pages:
    | ((request: IncomingMessage, response: ServerResponse, approve: (query: URLSearchParams) => string) => boolean)
    | undefined
  readonly #codes = new Map<string, Issued>()
  readonly #refreshTokens = new Map<string, Issued>()
  readonly #spent = new Set<string>()
  readonly #server = createServer((request, response) => {
    this.#answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)))
  })

  static async start(...keys: SigningKey[]): Promise<AuthorizationServer> {
    const server = new AuthorizationServer()
    server.keys = keys.length > 0 ? keys : [await aSigningKey('key-1')]
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve))
    return server
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise<unknown>((resolve) => this.#server.close(resolve))
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  get issuer(): string {
    return `${this.origin}/`
  }

  /** How often this path was asked for. */
  count(path: string): number {
    return this.requests.filter((request) => request.path === path).length
  }

  /** What the browser does: goes to the page and comes back with the callback URL. */
  browser = {
    open: async (url: string): Promise<string> => {
      const response = await fetch(url, { redirect: 'manual' })
      return response.headers.get('location') ?? ''
    },
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.misbehave.request?.(request, response)) return
    response.setHeader('access-control-allow-origin', '*').setHeader('access-control-allow-headers', 'authorization')
    if (request.method === 'OPTIONS') return void response.writeHead(204).end()
    const url = new URL(request.url ?? '/', this.origin)
    if (this.pages?.(request, response, (query) => this.#approve(query))) return
    const form = Object.fromEntries(new URLSearchParams(await text(request)))
    this.requests.push({ method: request.method ?? '', path: url.pathname, form })
    switch (url.pathname) {
      case '/.well-known/openid-configuration':
        return json(response, 200, { issuer: this.issuer })
      case '/.well-known/jwks.json':
        return json(response, 200, { keys: this.keys.map((key) => key.jwk) })
      case '/authorize':
        return void response.writeHead(302, { location: this.#approve(url.searchParams) }).end()
      case '/oauth/token':
        return this.#token(form, response)
      case '/oauth/revoke':
        this.#refreshTokens.delete(form.token ?? '')
        return void response.writeHead(200).end()
      case '/userinfo': {
        if (!request.headers.authorization?.startsWith('Bearer '))
          return void response.writeHead(401).end('Unauthorized')
        return json(response, 200, this.misbehave.userinfo?.(USER) ?? USER)
      }
      case '/v2/logout':
      case '/oidc/logout': {
        const returnTo = url.searchParams.get('post_logout_redirect_uri') ?? url.searchParams.get('returnTo')
        if (returnTo) return void response.writeHead(302, { location: returnTo }).end()
        return void response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Signed out</h1>')
      }
    }
    response.writeHead(404).end()
  }

  /** The callback URL with a code. */
  #approve(query: URLSearchParams): string {
    const code = random()
    this.#codes.set(code, { query })
    const parameters = { code, state: query.get('state') ?? '', iss: this.issuer }
    return `${query.get('redirect_uri')}?${new URLSearchParams(this.misbehave.callback?.(parameters) ?? parameters)}`
  }

  async #token(form: Record<string, string>, response: ServerResponse): Promise<void> {
    const issued = form.grant_type === 'refresh_token' ? this.#spendRefreshToken(form) : await this.#spendCode(form)
    if (!issued) return json(response, 403, { error: 'invalid_grant', error_description: 'Unknown or invalid.' })
    const { query } = issued
    const scope = query.get('scope') ?? ''
    const seconds = Math.floor(this.now() / 1000)
    const times = { iat: seconds, exp: seconds + 3600 }
    const key = this.keys.at(-1) ?? (await aSigningKey('none'))
    const nonce = form.grant_type === 'authorization_code' ? { nonce: query.get('nonce') } : {}
    const idToken = { iss: this.issuer, aud: query.get('client_id'), ...USER, ...times, ...nonce }
    const access = {
      iss: this.issuer,
      aud: [query.get('audience'), `${this.issuer}userinfo`],
      scope,
      sub: USER.sub,
      ...times,
    }
    const refreshToken = random()
    if (scope.includes('offline_access')) this.#refreshTokens.set(refreshToken, issued)
    const body = {
      access_token: await key.sign({ ...access, jti: random() }),
      token_type: 'Bearer',
      expires_in: 3600,
      scope,
      ...(scope.includes('openid') && { id_token: await key.sign(this.misbehave.idToken?.(idToken) ?? idToken) }),
      ...(scope.includes('offline_access') && { refresh_token: refreshToken }),
    }
    json(response, 200, this.misbehave.token?.(body) ?? body)
  }

  #spendRefreshToken({ refresh_token: token = '' }: Record<string, string>): Issued | undefined {
    const issued = this.#refreshTokens.get(token)
    if (!issued) return undefined
    if (this.#spent.has(token)) issued.isDead = true
    this.#spent.add(token)
    return issued.isDead ? undefined : issued
  }

  async #spendCode(form: Record<string, string>): Promise<Issued | undefined> {
    const issued = this.#codes.get(form.code ?? '')
    this.#codes.delete(form.code ?? '')
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(form.code_verifier))
    const isSame =
      issued?.query.get('code_challenge') === toBase64url(new Uint8Array(digest)) &&
      issued.query.get('redirect_uri') === form.redirect_uri &&
      issued.query.get('client_id') === form.client_id
    return isSame ? issued : undefined
  }
}

const random = () => randomText(environmentFrom())

export function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
