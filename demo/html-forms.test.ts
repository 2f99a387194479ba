import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeEntities, formsOf, wordsOf } from './html-forms.ts'

test('reads method, action, fields and buttons, however they are written', () => {
  const html = `
    <FORM METHOD=post action='/u/login?a=1&amp;b=2'>
      <input type="hidden" name="state" value="a&quot;b&#x41;&#66;"><input name=username>
      <input name="password" type="password" title="a > b" required>
      <input type="checkbox" name="remember" checked><input type="checkbox" name="spam">
      <input name="off" disabled value="x"><input value="nameless"><input type="submit" name="go" value="Go">
      <button type="button" name="reveal">Show</button><button name="action" value="cancel">Cancel</button>
      <button type="submit" name="action" value="default" disabled>No</button>
      <button type="submit" name="action" value="default" class="primary">Yes</button>
    </FORM>`
  assert.deepEqual(formsOf(html), [
    {
      method: 'post',
      action: '/u/login?a=1&b=2',
      fields: { state: 'a"bAB', username: '', password: '', remember: 'on' },
      buttons: [
        { name: 'go', value: 'Go' },
        { name: 'action', value: 'cancel' },
        { name: 'action', value: 'default' },
      ],
    },
  ])
})

test('a form without attributes goes to the page itself by GET', () => {
  assert.deepEqual(formsOf('<form></form>'), [{ method: 'get', action: '', fields: {}, buttons: [] }])
})

test('what a browser does not show is no form', () => {
  const hidden = '<!-- <form></form> --><script>"<form></form>"</script><template><form></form></template>'
  assert.deepEqual(formsOf(hidden), [])
})

test('entities and words', () => {
  assert.equal(decodeEntities('&lt;&amp;amp;&gt; &unknown; &#x1F511; &#99999999;'), '<&amp;> &unknown; 🔑 \u{10ffff}')
  assert.equal(wordsOf('<title>\n Sign&nbsp;in <b>now</b></title>'), 'Sign in now')
  assert.equal(wordsOf('<p>no title</p>'), '')
})
