import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startServer } from '../../testing/start-server.ts'

test('health is answered to any host name, and tells nothing but whether', async () => {
  const server = await startServer()
  for (const host of [server.url, server.url.replace('localhost', '127.0.0.1')])
    for (const [path, said] of [
      ['/healthz', 'ok'],
      ['/readyz', 'ready'],
    ]) {
      const response = await fetch(host + path)
      assert.deepEqual([response.status, await response.text()], [200, said])
      assert.equal(response.headers.get('content-type'), 'text/plain; charset=utf-8')
    }
  await server.stop()
})

test('SEC-296: without its database the process lives, is not ready, and does not say why', async () => {
  const server = await startServer()
  await server.storage.close()
  assert.equal((await fetch(`${server.url}/healthz`)).status, 200)
  const ready = await fetch(`${server.url}/readyz`)
  assert.deepEqual([ready.status, await ready.text()], [503, 'not ready'])
  await server.stop()
})
