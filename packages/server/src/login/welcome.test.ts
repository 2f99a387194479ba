import assert from 'node:assert/strict'
import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { aBrowser } from '../../testing/browser.ts'
import { aClient } from '../../testing/builders.ts'
import { startServer } from '../../testing/start-server.ts'

test('the welcome page of a development server leads to a sign-in with each app, but of a bounded number', async () => {
  const server = await startServer()
  const callbacks = ['https://*.example.com/cb', `${server.url}/mobile`]
  for (let i = 0; i < 30; i++)
    await server.store.clients.save(aClient({ clientId: `many${i}`, name: `<App ${i}>`, callbacks, webOrigins: [] }))
  const browser = aBrowser(server.url)
  const { status, body } = await browser.get('/')
  assert.equal(status, 200)
  const links = [...body.matchAll(/href="(\/authorize[^"]*)"/g)].map(
    (match) => match[1]?.replaceAll('&amp;', '&') ?? '',
  )
  assert.ok(links.length > 1 && links.length <= 20, `${links.length} links`)
  assert.doesNotMatch(body, /<App/)
  const asked = await browser.follow(await browser.get(links.at(-1) ?? ''))
  assert.match(asked.body, /<title>Sign in/)
})

test('a tenant that is not on this machine has no welcome page, and nobody is written down for asking', async () => {
  const server = await startServer({ environment: { KEYWRIGHT_URL: 'https://login.example' } })
  const look = (accept: string) =>
    new Promise<[number | undefined, string]>((resolve, reject) => {
      const headers = { host: 'login.example', accept }
      request({ host: '127.0.0.1', port: server.config.port, path: '/', headers }, (answer) => {
        text(answer).then((body) => resolve([answer.statusCode, body]), reject)
      })
        .on('error', reject)
        .end()
    })
  assert.deepEqual(await look('*/*'), [404, 'Not found'])
  const [status, body] = await look('text/html')
  assert.equal(status, 404)
  assert.match(body, /<h1>/)
  await server.store.logs.flush()
  assert.deepEqual(await server.store.logs.list({ limit: 10 }), [])
})

test('what is not there is a page for browsers and a line for programs', async () => {
  const server = await startServer()
  const look = (accept: string) => fetch(`${server.url}/nowhere`, { headers: { accept, 'accept-language': 'de' } })
  const page = await look('text/html,*/*;q=0.8')
  assert.equal(page.status, 404)
  assert.match(await page.text(), /<html lang="de".*<h1>(?!.*class="panel reference")/s)
  const line = await look('*/*')
  assert.deepEqual([line.status, await line.text()], [404, 'Not found'])
})
