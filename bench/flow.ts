import type { Answer, Connection, Jar } from './connection.ts'
import { type Dialect, sample, userName } from './dialects.ts'

/** Someone at one of the servers: a browser and the app it signs in to. */
export interface Visitor {
  connection: Connection
  /** The browser's; the app has none. */
  cookies: Jar
  dialect: Dialect
  /** Counts from 0; visitors of one server share no user. */
  index: number
  /** How many people have a session at this server, where that is the question. */
  population?: number
}

export interface Login {
  scope: string
  /** Whether the app wants a token for the API, or one that opens the user's profile only. */
  api: boolean
}

export const apiLogin: Login = { scope: `openid profile email ${sample.apiScope}`, api: true }

/** An authorization request; whoever is not signed in signs in. @returns the code */
export async function authorize(
  { connection, cookies, dialect, index }: Visitor,
  { scope, api }: Login,
): Promise<string> {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: sample.clientId,
    redirect_uri: sample.redirectUri,
    scope,
    state: 'xyzABC123',
    code_challenge: sample.challenge,
    code_challenge_method: 'S256',
    ...(api ? dialect.api.authorize : {}),
  })
  let path = `${dialect.authorize}?${query}`
  for (;;) {
    let answer = await connection.get(path, {}, cookies)
    if (answer.status === 200) answer = await connection.post(...formOf(answer, path, index), cookies)
    if (answer.location === undefined) throw unexpected(answer, path)
    if (!answer.location.startsWith('/')) return codeIn(answer.location)
    path = answer.location
  }
}

function codeIn(location: string): string {
  const code = new URL(location).searchParams.get('code')
  if (!code) throw new Error(`no code: ${location}`)
  return code
}

/** The sign-in form, filled in. */
function formOf({ body }: Answer, path: string, index: number): [path: string, fields: Record<string, string>] {
  const fields: Record<string, string> = { username: userName(index), password: sample.password }
  for (const [input] of body.matchAll(/<input\b[^>]*type="hidden"[^>]*>/g))
    fields[attribute(input, 'name')] = attribute(input, 'value')
  const form = /<form\b[^>]*>/.exec(body)?.[0]
  if (!form) throw new Error(`no form at ${path}: ${body.slice(0, 500)}`)
  return [attribute(form, 'action') || path, fields]
}

const attribute = (tag: string, name: string): string =>
  (new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1] ?? '').replaceAll('&amp;', '&')

export type TokenResponse = { access_token: string; refresh_token?: string; id_token?: string }

export function exchange(visitor: Visitor, code: string, { api }: Login): Promise<TokenResponse> {
  return postToken(visitor, {
    grant_type: 'authorization_code',
    client_id: sample.clientId,
    redirect_uri: sample.redirectUri,
    code,
    code_verifier: sample.verifier,
    ...(api ? visitor.dialect.api.token : {}),
  })
}

export async function postToken(
  { connection, dialect }: Visitor,
  form: Record<string, string>,
): Promise<TokenResponse> {
  const answer = await connection.post(dialect.token, form)
  if (answer.status !== 200) throw unexpected(answer, dialect.token)
  return JSON.parse(answer.body) as TokenResponse
}

export async function getDocument({ connection }: Visitor, path: string, headers?: Record<string, string>) {
  const answer = await connection.get(path, headers)
  if (answer.status !== 200) throw unexpected(answer, path)
}

const unexpected = ({ status, body }: Answer, path: string): Error =>
  new Error(`${status} from ${path}: ${body.slice(0, 500)}`)
