import { inlineScript } from './inline.ts'

/*
 * Everything here is a comfort: each page does its work with scripts off. The texts are constant, so that their hashes
 * are, too; what they need to know stands in the markup.
 */

/** How long a redirect may take before we believe that it has left the browser. */
const leavingTakesMs = 1500

/**
 * A double tap sends a form once: the second sending would cancel the first answer. And when the answer leaves for a
 * native app, the browser stays on this page: then say so, instead of showing a form that is done with.
 */
export const formScript = inlineScript(`(() => {
  const here = document.getElementById('here')
  const left = document.getElementById('left')
  let sent = -Infinity
  let timer
  const show = (gone) => { here.hidden = gone; left.hidden = !gone }
  for (const form of document.forms) form.addEventListener('submit', (event) => {
    if (event.timeStamp - sent < 4000) return event.preventDefault()
    sent = event.timeStamp
    form.setAttribute('aria-busy', 'true')
    clearTimeout(timer)
    timer = setTimeout(() => {
      form.removeAttribute('aria-busy')
      if (!left || event.submitter?.value === 'switch') return
      show(true)
      left.querySelector('h2').focus()
    }, left ? ${leavingTakesMs} : 4000)
  })
  addEventListener('pagehide', () => clearTimeout(timer))
  addEventListener('pageshow', (event) => {
    if (!event.persisted) return
    sent = -Infinity
    for (const form of document.forms) form.removeAttribute('aria-busy')
    if (left) show(false)
  })
})()`)

/** Show and hide the password; hidden again before it is sent, so that password managers recognise the field. */
export const passwordScript = inlineScript(`(() => {
  const field = document.getElementById('password')
  const button = document.getElementById('reveal')
  const show = (visible) => {
    field.type = visible ? 'text' : 'password'
    button.setAttribute('aria-pressed', String(visible))
  }
  button.hidden = false
  button.addEventListener('click', () => { show(field.type === 'password'); field.focus() })
  field.form.addEventListener('submit', () => show(false))
})()`)

/** Not `form.submit()`: a field may be called so. */
export const autoSubmitScript = inlineScript(`HTMLFormElement.prototype.submit.call(document.forms[0])`)

/** To a frame's parent, else to a popup's opener; the browser drops the message if that window shows another origin. */
export const postMessageScript = inlineScript(`(() => {
  const { message, origin } = document.body.dataset
  const receiver = window.parent !== window ? window.parent : window.opener
  if (receiver) receiver.postMessage(JSON.parse(message), origin)
})()`)

/**
 * Takes the code out of the address and the history, once an app that watches for the address has had time to read it or
 * the user has gone back to the app.
 */
export const forgetAddressScript = inlineScript(`(() => {
  const forget = () => history.replaceState(null, '', location.pathname)
  setTimeout(forget, 5000)
  document.addEventListener('visibilitychange', forget)
})()`)
