import type { TestContext } from 'node:test'
import { type Answer, aBrowser, type TestBrowser } from '../../packages/server/testing/browser.ts'
import { aConnection, sample, seedSample } from '../../packages/server/testing/builders.ts'
import { freePort, startServer, type TestServer } from '../../packages/server/testing/start-server.ts'
import { type IdentityProvider, startIdentityProvider, upstreamClient } from './provider.ts'

export interface World {
  server: TestServer
  provider: IdentityProvider
}

type Changes = Parameters<typeof aConnection>[0]

/** How the provider is entered in our tenant. */
export const corporate = (issuer: string, over: Changes = {}) =>
  aConnection({
    id: 'con_corporate',
    name: 'corporate',
    strategy: 'oidc',
    displayName: 'Corporate',
    showAsButton: true,
    options: { callback: 'own', issuer, client_id: upstreamClient.id, client_secret: upstreamClient.secret },
    ...over,
  })

/** A server of ours beside a provider, each real, gone after the test. */
export async function aWorld(
  t: TestContext,
  options: { fetch?: typeof globalThis.fetch; namesIssuer?: boolean; environment?: Record<string, string> } = {},
): Promise<World> {
  const { fetch, namesIssuer, environment } = options
  const port = await freePort()
  const shared = `http://localhost:${port}/login/callback`
  const provider = await startIdentityProvider([`${shared}/corporate`, shared], { namesIssuer })
  t.after(provider.stop)
  const server = await startServer({
    environment: { PORT: `${port}`, ...environment },
    fetch,
    async seed(store, tenant, url) {
      await seedSample(store, tenant, url)
      await store.connections.save(corporate(provider.issuer))
    },
  })
  t.after(async () => {
    await server.stop()
    // Whatever a provider does is no bug of ours.
    if (server.errors.length > 0) throw new Error('the server has logged an error', { cause: server.errors })
  })
  return { server, provider }
}

/** A browser that visits both. */
export interface Visitor {
  ours: TestBrowser
  theirs: TestBrowser
}

export const aVisitor = ({ server, provider }: World): Visitor => ({
  ours: aBrowser(server.url),
  theirs: aBrowser(provider.issuer),
})

/** From the app's link to the redirect that leaves for the provider. */
export async function leave({ ours }: Visitor, over: Record<string, string | undefined> = {}): Promise<string> {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: sample.clientId,
    redirect_uri: 'https://app.example/callback',
    scope: 'openid profile email',
    code_challenge: sample.challenge,
    code_challenge_method: 'S256',
    connection: 'corporate',
  })
  for (const [name, value] of Object.entries(over))
    if (value === undefined) query.delete(name)
    else query.set(name, value)
  const answer = await ours.get(`/authorize?${query}`)
  return answer.location ?? fail(answer)
}

/** Through the provider's pages, to the redirect that comes back to us. */
export async function visit({ theirs }: Visitor, authorizationUrl: string): Promise<string> {
  const { origin } = new URL(authorizationUrl)
  let answer = await theirs.get(authorizationUrl)
  while (answer.location?.startsWith(`${origin}/`)) answer = await theirs.get(answer.location)
  return answer.location ?? fail(answer)
}

/** The whole way. @returns the redirect to the app, or the page where it ended */
export async function signIn(visitor: Visitor, over: Record<string, string | undefined> = {}): Promise<Answer> {
  const back = await visit(visitor, await leave(visitor, over))
  return visitor.ours.follow(await visitor.ours.get(back))
}

/** What the app is told. */
export function arrived(answer: Answer): URLSearchParams {
  const { location } = answer
  return location?.startsWith('https://app.example/callback?') ? new URL(location).searchParams : fail(answer)
}

function fail({ status, url, body }: Answer): never {
  throw new Error(`expected a redirect from ${url}, got ${status}: ${body.slice(0, 800)}`)
}

/** A URL with some parameters changed or taken away. */
export function tampered(url: string, changes: Record<string, string | undefined>): string {
  const changed = new URL(url)
  for (const [name, value] of Object.entries(changes))
    if (value === undefined) changed.searchParams.delete(name)
    else changed.searchParams.set(name, value)
  return changed.href
}

/** What the tenant's log says of logins that failed. */
export async function failures({ server }: World): Promise<string[]> {
  await server.store.logs.flush()
  const events = await server.store.logs.list({ limit: 50, type: 'f' })
  return events.map(
    ({ description, connection, details }) => `${connection}: ${description} ${JSON.stringify(details)}`,
  )
}
