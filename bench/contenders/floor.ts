import { type Contender, freePort, launch } from './contender.ts'

/** What no server can do without: the requests, the signatures and the commits, and nothing else. */
export const startFloor = async (folder: string): Promise<Contender> =>
  launch({
    name: 'floor',
    dialect: 'floor',
    program: new URL('floor-server.ts', import.meta.url),
    port: await freePort(),
    environment: { FLOOR_DATABASE: `${folder}/floor.db` },
    knock: '/.well-known/jwks.json',
  })
