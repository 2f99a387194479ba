import type { Client } from '#clients/client.ts'
import type { LogEvent } from '#logs/log-event.ts'
import type { TestBrowser } from './browser.ts'
import { aClient, anApi, sample } from './builders.ts'
import { exchange, postToken, signIn } from './login.ts'
import type { TestServer } from './start-server.ts'

type Over = Record<string, string | undefined>

/** Signs in (silently, if the browser has a session) and exchanges the code. @returns the token response */
export async function tokensOf({ url }: TestServer, over: Over = {}, browser?: TestBrowser): Promise<TokenBody> {
  const answer = await signIn(url, over, browser)
  const form = { client_id: over.client_id ?? sample.clientId }
  const { status, body } = await exchange(url, answer, form)
  if (status !== 200) throw new Error(`the exchange answered ${status} ${JSON.stringify(body)}`)
  return body as unknown as TokenBody
}

export interface TokenBody {
  access_token: string
  refresh_token: string
  id_token: string
  scope: string
  expires_in: number
  token_type: string
}

/** What asks for tokens of all kinds, for the sample API. */
export const offline = { scope: 'openid profile offline_access appointments', audience: sample.audience }
/** The same without an API: the access token is opaque. */
export const offlineOpaque = { scope: 'openid profile offline_access' }

export const refresh = (url: string, token: string, over: Record<string, string> = {}) =>
  postToken(url, { grant_type: 'refresh_token', client_id: sample.clientId, refresh_token: token, ...over })

/** Refreshes and insists on success. */
export async function refreshed(url: string, token: string, over: Record<string, string> = {}): Promise<TokenBody> {
  const { status, body } = await refresh(url, token, over)
  if (status !== 200) throw new Error(`the refresh answered ${status} ${JSON.stringify(body)}`)
  return body as unknown as TokenBody
}

export const userinfo = (url: string, accessToken: string) =>
  fetch(`${url}/userinfo`, { headers: { authorization: `Bearer ${accessToken}` } })

export const post = (url: string, form: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(url, { method: 'POST', headers, body: new URLSearchParams(form), redirect: 'manual' })

export const revoke = (url: string, token: string, over: Record<string, string> = {}) =>
  post(`${url}/oauth/revoke`, { client_id: sample.clientId, token, ...over })

const part = (token: string, index: number) =>
  JSON.parse(Buffer.from(token.split('.')[index] ?? '', 'base64url').toString()) as Record<string, unknown>
export const headerOf = (token: string) => part(token, 0)
export const claimsOf = (token: string) => part(token, 1)

export const web = { clientId: 'web', secret: 'a secret of the web client, 43 characters..' } as const

/** A confidential client, whose users may come from the sample connection. */
export async function addClient(server: TestServer, over: Partial<Client> = {}, secret?: string): Promise<Client> {
  const { store } = server
  const client = aClient({
    clientId: web.clientId,
    name: 'Web',
    appType: 'regular_web',
    tokenEndpointAuthMethod: 'client_secret_post',
    callbacks: ['https://app.example/callback'],
    allowedLogoutUrls: [],
    grantTypes: ['authorization_code', 'refresh_token', 'client_credentials'],
    ...over,
  })
  await store.clients.save(client, client.tokenEndpointAuthMethod === 'none' ? undefined : (secret ?? web.secret))
  const connection = await store.connections.findByName(sample.connection)
  if (connection && !connection.enabledClients.includes(client.clientId))
    await store.connections.save({ ...connection, enabledClients: [...connection.enabledClients, client.clientId] })
  return client
}

/** A second API, and the right of the web client to both. */
export async function addMachineRights({ store }: TestServer): Promise<void> {
  await store.resourceServers.save(
    anApi({ id: 'api_other', identifier: 'other:api', name: 'Other', scopes: [{ value: 'read:other' }] }),
  )
  const scope = ['appointments', 'contacts', 'no longer declared']
  await store.clientGrants.save({ id: 'cgr_1', clientId: web.clientId, audience: sample.audience, scope })
}

/** What is in the tenant's log, newest first. */
export async function logOf({ store }: TestServer, type?: string): Promise<LogEvent[]> {
  await store.logs.flush()
  return store.logs.list({ limit: 100, ...(type !== undefined && { type }) })
}
