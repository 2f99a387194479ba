import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { sample } from '../../../testing/builders.ts'
import { postToken } from '../../../testing/login.ts'
import { startServer, type TestServer } from '../../../testing/start-server.ts'
import { addClient, addMachineRights, web } from '../../../testing/tokens.ts'

let server: TestServer
before(async () => {
  server = await startServer()
  await addClient(server)
  await addMachineRights(server)
})
after(() => {
  assert.deepEqual(server.errors, [])
  return server.stop()
})

/** What each grant needs, and how long each of its parameters may be. */
const grants: Record<string, { needed: string; most: Record<string, number> }> = {
  authorization_code: { needed: 'code', most: { code: 4096, redirect_uri: 2048, code_verifier: 512 } },
  refresh_token: { needed: 'refresh_token', most: { refresh_token: 4096, scope: 4096, audience: 600 } },
  client_credentials: { needed: '', most: { audience: 600, resource: 4096, scope: 4096 } },
}

for (const [grant_type, { needed, most }] of Object.entries(grants))
  describe(grant_type, () => {
    const ask = async (over: Record<string, string>) => {
      const credentials = { client_id: web.clientId, client_secret: web.secret }
      const usual: Record<string, string> = needed ? { [needed]: 'x' } : { audience: sample.audience }
      const { status, body } = await postToken(server.url, { grant_type, ...credentials, ...usual, ...over })
      return { status, said: String(body.error_description) }
    }

    for (const [name, length] of Object.entries(most))
      test(`${name} has at most ${length} characters`, async () => {
        const tooLong = /The parameter \w+ is too long/
        assert.doesNotMatch((await ask({ [name]: 'x'.repeat(length) })).said, tooLong)
        const { status, said } = await ask({ [name]: 'x'.repeat(length + 1) })
        assert.equal(status, 400)
        assert.equal(said, `The parameter ${name} is too long or holds characters that are not allowed.`)
      })

    if (needed)
      test(`${needed} is needed, and empty is as good as absent`, async () => {
        const said = `Missing required parameter: ${needed}`
        assert.deepEqual(await ask({ [needed]: '' }), { status: 400, said })
      })
  })
