import { digest } from '../../packages/server/src/crypto/digest.ts'
import { aClient, aConnection, seedSample } from '../../packages/server/testing/builders.ts'
import type { TestServerOptions } from '../../packages/server/testing/start-server.ts'

type Seed = NonNullable<TestServerOptions['seed']>
type Changes = NonNullable<Parameters<typeof aClient>[0]>

/** A web app with a secret that only a client that encodes by the letter gets across (RFC 6749 §2.3.1). */
export const webApp = {
  clientId: 'web-app_1.0~beta',
  clientSecret: 'a:b%41+c d&e=f/g?"ü-_.~*!\'()€',
  callback: 'https://app.example/callback',
  bye: 'https://app.example/bye',
} as const

/** The tutorial's tenant, with these further clients of the same database of users. */
export const seedWith =
  (...clients: Changes[]): Seed =>
  async (store, tenant, url) => {
    await seedSample(store, tenant, url)
    const saved = clients.map(aClient)
    for (const client of saved) await store.clients.save(client)
    const enabledClients = [...aConnection().enabledClients, ...saved.map(({ clientId }) => clientId)]
    await store.connections.save(aConnection({ enabledClients }))
  }

/** As `webApp` is registered. */
export const aWebApp = (over: Changes = {}): Changes => ({
  clientId: webApp.clientId,
  name: 'Web app',
  appType: 'regular_web',
  tokenEndpointAuthMethod: 'client_secret_basic',
  secretDigests: [digest(webApp.clientSecret)],
  callbacks: [webApp.callback],
  allowedLogoutUrls: [webApp.bye],
  ...over,
})
