import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { launchChromium } from './chromium.ts'

const server = createServer((request, response) => {
  response.setHeader('content-type', 'text/html; charset=utf-8')
  response.end(`<!doctype html><title>${request.headers.host}</title><p>Grüße, world</p>`)
}).listen(0)

let browser: Browser
before(async () => {
  await once(server, 'listening')
  browser = await launchChromium()
})
after(async () => {
  await browser?.close()
  server.close()
})

const origin = (host: string) => `http://${host}:${(server.address() as AddressInfo).port}`

test('shows a page, with a font to show it in', async () => {
  const page = await browser.newPage()
  await page.goto(origin('localhost'))
  const box = await page.locator('p').boundingBox()
  assert.ok(box && box.height > 10)
  assert.equal(await page.locator('p').innerText(), 'Grüße, world')
})

test('keeps origins apart, as the browsers of our users do', async () => {
  const page = await browser.newPage()
  await page.goto(origin('localhost'))
  const read = page.evaluate((url) => fetch(url).then((response) => response.text()), origin('127.0.0.1'))
  await assert.rejects(read, /Failed to fetch/)
})
