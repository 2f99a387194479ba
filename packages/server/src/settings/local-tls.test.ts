import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { get } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { startServer } from '../../testing/start-server.ts'

const folder = await mkdtemp(join(tmpdir(), 'keywright-tls-'))
after(() => rm(folder, { recursive: true }))

const environment = {
  KEYWRIGHT_DATABASE: `sqlite:${join(folder, 'keywright.db')}`,
  KEYWRIGHT_TLS: 'dev',
}

test('SEC-319 KEYWRIGHT_TLS=dev serves https with a certificate of its own authority, and keeps both', async () => {
  const server = await startServer({ environment })
  const ca = await readFile(join(folder, 'tls/ca.pem'), 'utf8')
  assert.match(server.tenant.issuer, /^https:\/\/localhost:\d+\/$/)
  assert.equal(await statusOf(`${server.url}/.well-known/jwks.json`, ca), 200)
  await assert.rejects(statusOf(`${server.url}/.well-known/jwks.json`, undefined), {
    code: 'SELF_SIGNED_CERT_IN_CHAIN',
  })
  const { mode } = await stat(join(folder, 'tls/ca-key.pem'))
  assert.equal(mode & 0o077, 0, 'the key is for its owner only')
  await server.stop()
  const again = await startServer({ environment: { ...environment, PORT: new URL(server.url).port } })
  assert.equal(await readFile(join(folder, 'tls/ca.pem'), 'utf8'), ca)
  await again.stop()
})

function statusOf(url: string, ca: string | undefined): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get(url, { ca, agent: false }, (response) => {
      response.resume()
      resolve(response.statusCode)
    }).once('error', reject)
  })
}
