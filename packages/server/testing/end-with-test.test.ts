import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { endWithTest } from './end-with-test.ts'
import { startServer, type TestServer } from './start-server.ts'

const ended: string[] = []
const open = (name: string) => endWithTest(() => ended.push(name))

let server: TestServer
before(async () => {
  open('in a hook of the file')
  server = await startServer()
})
after(() => server.stop())

test('what a test opens ends with it', async (t) => {
  await t.test('a test that opens something and forgets it', () => void open('in a test'))
  assert.deepEqual(ended, ['in a test'])
  let forgotten: TestServer | undefined
  await t.test('a test that forgets a server', async () => {
    forgotten = await startServer()
  })
  await assert.rejects(fetch(`${forgotten?.url}/healthz`))
})

describe('what the hook of a suite opens', () => {
  before(() => void open('in a hook of a suite'))
  for (const turn of ['first', 'second'])
    test(`is there for the ${turn} test, as is what a hook of the file opened`, async () => {
      assert.equal(ended.includes('in a hook of a suite'), false)
      assert.equal(ended.includes('in a hook of the file'), false)
      assert.equal((await fetch(`${server.url}/healthz`)).status, 200)
    })
})

test('what was ended is not ended again', async (t) => {
  ended.length = 0
  await t.test('a test that remembers', async () => {
    const end = open('once')
    await Promise.all([end(), end()])
  })
  assert.deepEqual(ended, ['once'])
})
