import { type Contender, freePort, launch } from './contender.ts'

/** The library that most servers of this runtime are made with, with the store it brings along: it forgets everything. */
export const startOidcProvider = async (): Promise<Contender> =>
  launch({
    name: 'oidc-provider',
    dialect: 'oidc-provider',
    program: new URL('oidc-provider-server.ts', import.meta.url),
    port: await freePort(),
    knock: '/jwks',
  })
