import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openSystemBrowser } from './system-browser.ts'

test('without a browser it says so', async (t) => {
  const { PATH } = process.env
  t.after(() => {
    process.env.PATH = PATH
  })
  process.env.PATH = '/nowhere'
  assert.equal(await openSystemBrowser('http://localhost/'), false)
})
