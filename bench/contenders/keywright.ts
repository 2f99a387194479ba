import { writeFile } from 'node:fs/promises'
import { type Contender, freePort, launch } from './contender.ts'
import { tenantFile } from './tenant-file.ts'

export interface KeywrightOptions {
  /** Where database, secret and tenant file go. */
  folder: string
  /** A PostgreSQL URL instead of a file in the folder. */
  postgres?: string
  /** The same every time if the database is to be used again: a tenant's address is part of it. */
  port?: number
  /** Options of Node.js, such as `--cpu-prof`. */
  nodeOptions?: string[]
  name?: string
  /** Where it says that it is, if not where it listens: then it is nobody's own machine. */
  publicUrl?: string
  /** Without a tenant file, as `npm start` is on a fresh checkout: the server makes its own sample. */
  asDelivered?: boolean
}

/** The real server, as `npm start` runs it. */
export async function startKeywright({ folder, postgres, name, ...options }: KeywrightOptions): Promise<Contender> {
  const port = options.port ?? (await freePort())
  if (!options.asDelivered) await writeFile(`${folder}/tenant.json`, JSON.stringify(tenantFile()))
  return launch({
    name: name ?? 'keywright',
    dialect: 'keywright',
    program: new URL('../../packages/server/src/main.js', import.meta.url),
    nodeOptions: options.nodeOptions,
    port,
    environment: {
      HOST: '127.0.0.1',
      KEYWRIGHT_URL: options.publicUrl ?? `http://127.0.0.1:${port}`,
      KEYWRIGHT_DATABASE: postgres ?? `sqlite:${folder}/keywright.db`,
      ...(postgres ? { KEYWRIGHT_SECRET: 'a secret of a database that lives for one bench' } : {}),
      ...(options.asDelivered ? {} : { KEYWRIGHT_TENANT_FILE: `${folder}/tenant.json` }),
    },
    knock: '/readyz',
  })
}
