import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { aBrowser, formOf } from '../../testing/browser.ts'
import { sample } from '../../testing/builders.ts'
import { authorizeUrl } from '../../testing/login.ts'
import { startServer, type TestServer } from '../../testing/start-server.ts'

let server: TestServer
before(async () => {
  server = await startServer()
})
after(async () => {
  assert.deepEqual(server.errors, [])
  await server.stop()
})

for (const path of ['/u/confirm', '/u/account', '/u/consent'])
  test(`${path} asks nobody who is not signed in, and takes no answer from them`, async () => {
    const browser = aBrowser(server.url)
    const page = await browser.follow(await browser.get(authorizeUrl({ redirect_uri: sample.customScheme })))
    const { hidden } = formOf(page.body)
    const state = hidden.state ?? ''
    const login = new RegExp(`/u/login\\?state=${state}$`)
    assert.match((await browser.get(`${path}?state=${state}`)).location ?? '', login)
    // The sign-in page's form is as unbound to a session as theirs would be.
    for (const action of ['accept', 'switch'])
      assert.match((await browser.post(path, { ...hidden, action })).location ?? '', login, action)
  })
