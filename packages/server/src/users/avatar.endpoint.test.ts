import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { aUser } from '../../testing/builders.ts'
import { startServer, type TestServer } from '../../testing/start-server.ts'
import { avatarOf, avatarPath } from './avatar.ts'

let server: TestServer
before(async () => {
  server = await startServer()
})
after(() => server.stop())

test('the picture of a user without one comes from us, is kept by browsers, and can do nothing but be looked at', async () => {
  const response = await fetch(`${server.url}/${avatarPath(avatarOf(aUser({ name: 'Ada Lovelace' })))}`)
  assert.equal(response.status, 200)
  assert.equal(response.headers.get('content-type'), 'image/svg+xml')
  assert.equal(response.headers.get('cache-control'), 'public, max-age=31536000, immutable')
  assert.equal(response.headers.get('content-security-policy'), "default-src 'none'; sandbox")
  assert.equal(response.headers.get('cross-origin-resource-policy'), 'cross-origin')
  assert.equal(response.headers.get('set-cookie'), null)
  assert.match(await response.text(), />AL<\/text><\/svg>$/)
})

for (const path of ['avatars/x.svg', `avatars/${Buffer.from('1 <b').toString('base64url')}.svg`, 'avatars/MSBB'])
  test(`there is no picture at ${path}`, async () => {
    const response = await fetch(`${server.url}/${path}`)
    assert.equal(response.status, 404)
    assert.equal((await response.text()).includes('<b'), false)
  })
