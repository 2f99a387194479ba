import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bdi, breakable, html, raw } from './html.ts'

test('escapes what stands in text and in attributes', () => {
  const value = `<b a="1" c='2' d=\`3\`>&amp;`
  const escaped = '&lt;b a=&quot;1&quot; c=&#39;2&#39; d=&#96;3&#96;&gt;&amp;amp;'
  assert.equal(html`<p title="${value}">${value}</p>`.markup, `<p title="${escaped}">${escaped}</p>`)
})

test('keeps markup that went through html or raw, and only that', () => {
  const imitation = { markup: '<script>' } as unknown as string
  assert.equal(html`${html`<i>${'<'}</i>`}${raw('<br>')}`.markup, '<i>&lt;</i><br>')
  assert.throws(() => html`${imitation}`, 'an object out of JSON is no markup')
})

test('joins lists, and shows nothing for what is absent', () => {
  assert.equal(html`${['a', html`<i>b</i>`, [0]]}${false}${undefined}${null}${''}`.markup, 'a<i>b</i>0')
})

test('drops our own line breaks and indentation, never those of a value', () => {
  const text = html`
    <p>
      ${'a\n  b'}
    </p>
  `
  assert.equal(text.markup, '<p>a&#10;  b</p>')
})

test('writes CR as a reference, replaces NUL and lone surrogates, so that the parser sees each character as it is', () => {
  assert.equal(html`${'a\r\nb\0c\ud800'}`.markup, 'a&#13;&#10;b\ufffdc\ufffd')
})

test('isolates a name and takes away its marks of direction', () => {
  assert.equal(bdi('moc\u202e.live\u2069').markup, '<bdi>moc.live</bdi>')
})

test('SEC-172: an address may be broken behind its separators, and stays an address', () => {
  const { markup } = breakable('https://a.example/b//c/?d=<e>&f=g/')
  assert.equal(markup, '<bdi>https://a.example/<wbr>b//<wbr>c/?<wbr>d=&lt;e&gt;&amp;<wbr>f=g/</bdi>')
})
