import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errorPage, type Problem } from './error-page.ts'
import type { Surroundings } from './page.ts'
import { texts } from './texts/index.ts'

const around: Surroundings = { tenantName: 'Aurora', locale: 'en' }
const hint = {
  requested: 'https://app.example/cb/',
  nearest: 'https://app.example/cb',
  differences: ['The path ends with a slash.'],
}

for (const problem of Object.keys(texts.en.error.problems) as Problem[])
  test(`SEC-173 ${problem} has words of ours, and a reference to quote`, () => {
    const { html } = errorPage({ problem, reference: 'r3f' }, around)
    for (const words of [...texts.en.error.problems[problem], 'r3f']) assert.ok(html.includes(words), words)
    assert.doesNotMatch(html, /For developers/)
  })

test('tells a developer what was asked, what is nearest, and what differs', () => {
  const { html } = errorPage(
    { problem: 'callback-mismatch', reference: 'r3f', message: 'Callback URL mismatch', hint },
    around,
  )
  const shown = html.replaceAll('<wbr>', '')
  for (const words of ['For developers', 'Callback URL mismatch', hint.requested, hint.nearest, ...hint.differences])
    assert.ok(shown.includes(words), words)
  assert.ok(html.includes('https://app.example/<wbr>cb/'), 'may be broken where a reader would')
})

test('offers another try only at an address of ours or of the web', () => {
  assert.match(errorPage({ reference: 'r', retryHref: '/authorize?x=1' }, around).html, /href="\/authorize\?x=1"/)
  assert.doesNotMatch(errorPage({ reference: 'r', retryHref: 'javascript:alert(1)' }, around).html, /href=/)
})
