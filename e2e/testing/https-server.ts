import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { startServer, type TestServer, type TestServerOptions } from '../../packages/server/testing/start-server.ts'

/** A server with `KEYWRIGHT_TLS=dev`, whose local authority this process then trusts, as with NODE_EXTRA_CA_CERTS. */
export async function startHttpsServer(seed?: TestServerOptions['seed']): Promise<TestServer> {
  const folder = await mkdtemp(join(tmpdir(), 'keywright-e2e-'))
  const environment = { KEYWRIGHT_TLS: 'dev', KEYWRIGHT_DATABASE: `sqlite:${join(folder, 'keywright.db')}` }
  const server = await startServer({ environment, seed })
  const authority = await readFile(join(folder, 'tls', 'ca.pem'), 'utf8')
  setDefaultCACertificates([...getCACertificates(), authority])
  return {
    ...server,
    async stop() {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
