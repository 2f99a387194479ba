import { inlineScript } from './inline.ts'

/**
 * Does the work that is asked of strange browsers while somebody guesses (`connections/database/proof-of-work.ts`): a number whose key,
 * derived from it with the challenge as the salt, begins with so many zero bits. The browser's own PBKDF2 does it, a few at a
 * time, while the user types. A form that is sent too early waits for it.
 */
export const workScript = inlineScript(`(() => {
  const field = document.getElementById('work')
  const status = document.getElementById('working')
  if (!crypto.subtle) return
  document.getElementById('cannot-work').hidden = true
  const utf8 = (text) => new TextEncoder().encode(text)
  const challenge = field.value
  const bits = parseInt(challenge, 10)
  const how = { name: 'PBKDF2', hash: 'SHA-256', salt: utf8(challenge), iterations: 1000 }
  let next = 0
  let done = false
  let waiting
  const work = async () => {
    while (!done) {
      const candidate = String(next++)
      const key = await crypto.subtle.importKey('raw', utf8(candidate), 'PBKDF2', false, ['deriveBits'])
      const derived = new DataView(await crypto.subtle.deriveBits(how, key, 32))
      if (done || derived.getUint32(0) >>> (32 - bits) !== 0) continue
      done = true
      field.value = challenge + '.' + candidate
      status.hidden = true
      if (waiting) field.form.requestSubmit(waiting)
    }
  }
  document.addEventListener('submit', (event) => {
    if (done || event.submitter?.value !== 'default') return
    event.preventDefault()
    event.stopPropagation()
    waiting = event.submitter
    status.hidden = false
  }, true)
  for (let lane = 0; lane < 4; lane++) work()
})()`)
