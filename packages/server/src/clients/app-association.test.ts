import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { aClient } from '../../testing/builders.ts'
import { startServer, type TestServer } from '../../testing/start-server.ts'

const fingerprint = '14:6D:E9:83:C5:73:06:50:D8:EE:B9:95:2F:34:FC:64:16:A0:83:42:E6:1D:BE:A8:8A:04:96:B2:3F:CF:44:E5'

let server: TestServer
before(async () => {
  server = await startServer()
})
after(() => {
  assert.deepEqual(server.errors, [])
  return server.stop()
})

async function read(path: string): Promise<unknown> {
  const response = await fetch(server.url + path, { redirect: 'manual' })
  assert.equal(response.status, 200)
  assert.equal(response.headers.get('content-type'), 'application/json')
  assert.equal(response.headers.get('cache-control'), 'public, max-age=300')
  return response.json()
}

test('without apps both are empty, and well-formed', async () => {
  assert.deepEqual(await read('/.well-known/apple-app-site-association'), {
    applinks: { apps: [], details: [] },
    webcredentials: { apps: [] },
  })
  assert.deepEqual(await read('/.well-known/assetlinks.json'), [])
})

describe('SEC-039 made from the clients’ mobile settings, and nothing else', () => {
  before(async () => {
    await server.store.clients.save(
      aClient({
        mobile: {
          ios: { teamId: 'TEAM123456', appBundleIdentifier: 'com.example.ios' },
          android: { appPackageName: 'com.example.android', sha256CertFingerprints: [fingerprint] },
        },
      }),
    )
    await server.store.clients.save(
      aClient({
        clientId: 'second',
        mobile: { ios: { teamId: 'TEAM999999', appBundleIdentifier: 'com.example.two' } },
      }),
    )
  })

  for (const path of ['/.well-known/apple-app-site-association', '/apple-app-site-association'])
    test(path, async () => {
      assert.deepEqual(await read(path), {
        applinks: {
          apps: [],
          details: [
            { appID: 'TEAM123456.com.example.ios', paths: ['/ios/com.example.ios/*'] },
            { appID: 'TEAM999999.com.example.two', paths: ['/ios/com.example.two/*'] },
          ],
        },
        webcredentials: { apps: ['TEAM123456.com.example.ios', 'TEAM999999.com.example.two'] },
      })
    })

  test('/.well-known/assetlinks.json', async () => {
    assert.deepEqual(await read('/.well-known/assetlinks.json'), [
      {
        relation: ['delegate_permission/common.handle_all_urls', 'delegate_permission/common.get_login_creds'],
        target: {
          namespace: 'android_app',
          package_name: 'com.example.android',
          sha256_cert_fingerprints: [fingerprint],
        },
      },
    ])
  })

  test('a client that is deleted is gone from it at once', async () => {
    await server.store.clients.delete('second')
    const { webcredentials } = (await read('/apple-app-site-association')) as { webcredentials: { apps: string[] } }
    assert.deepEqual(webcredentials.apps, ['TEAM123456.com.example.ios'])
  })
})

describe('the places that apps claim answer with a page that touches nothing', () => {
  for (const path of [
    '/mobile',
    '/ios/com.example.ios/callback',
    '/macos/com.example/callback',
    '/android/com.example.android/callback',
  ])
    test(path, async () => {
      const response = await fetch(`${server.url}${path}?code=secret-code&state=x`, { redirect: 'manual' })
      assert.equal(response.status, 200)
      assert.match(response.headers.get('content-type') ?? '', /^text\/html/)
      assert.equal(response.headers.get('cache-control'), 'no-store')
      assert.equal(response.headers.get('referrer-policy'), 'no-referrer')
      assert.equal(response.headers.getSetCookie().length, 0)
      assert.doesNotMatch(await response.text(), /secret-code/)
    })

  test('an error is told in other words, and not repeated', async () => {
    const query = 'error=access_denied&error_description=<script>alert(1)</script>'
    const [good, bad] = [await fetch(`${server.url}/mobile`), await fetch(`${server.url}/mobile?${query}`)]
    const text = await bad.text()
    assert.notEqual(text, await good.text())
    assert.doesNotMatch(text, /alert\(1\)/)
  })
})
