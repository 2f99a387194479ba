import assert from 'node:assert/strict'
import { Writable } from 'node:stream'
import { test } from 'node:test'
import { Narrator, printable, shortened } from './narrator.ts'

function aStream(onLine: (line: string) => void = () => undefined) {
  const lines: string[] = []
  const out = new Writable({
    write(chunk, _, done) {
      lines.push(String(chunk))
      onLine(String(chunk))
      done()
    },
  })
  return { lines, out }
}

test('secrets are shortened so that they can be recognised but not used', () => {
  assert.equal(shortened('access_token', `eyJhbGci${'x'.repeat(92)}`), 'eyJhbGci…xxxx (100 characters)')
  assert.equal(shortened('authorization', `Bearer eyJhbGci${'x'.repeat(92)}`), 'Bearer eyJhbGci…xxxx (100 characters)')
  assert.equal(shortened('code', 'short'), '… (5 characters)')
  assert.equal(shortened('state', 'not a secret'), 'not a secret')
})

test('a server cannot steer the terminal', () => {
  const { lines, out } = aStream()
  const narrator = new Narrator(out)
  narrator.say('\u001b]0;title\u0007')
  narrator.values({ 'n\u001b[2J': 'v\u009b2J' })
  narrator.answer(401, '\u001b[2J')
  narrator.request('GET', 'http://x/\u001b[2J')
  assert.doesNotMatch(lines.join(''), /[\u001b\u0007\u009b]\]?[02]/)
  assert.equal(printable('a\u001bb\nc\td'), 'a\ufffdb\nc\td')
})

test('says that it waits, and stops saying so when the work is done', async () => {
  const { promise, resolve } = Promise.withResolvers<string>()
  const { lines, out } = aStream(() => resolve('done'))
  assert.equal(await new Narrator(out, 1).waiting('the browser', promise), 'done')
  assert.match(lines[0] ?? '', /… waiting for the browser, 0 s\n/)
})

test('says nothing about work that is done at once', async () => {
  const { lines, out } = aStream()
  await new Narrator(out).waiting('nothing', Promise.resolve())
  assert.deepEqual(lines, [])
})
