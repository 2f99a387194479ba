import { type Html, html, named, nothing } from './html.ts'
import { alertIcon, eyeIcon, eyeOffIcon } from './icons.ts'
import { actionButton } from './layout.ts'
import type { FormTarget, Page, Surroundings, WayBack } from './page.ts'
import { safeImageUrl, safeUrl } from './safe-url.ts'
import { passwordScript } from './scripts.ts'
import { type Texts, texts } from './texts/index.ts'
import { formPage } from './way-back.ts'
import { workScript } from './work-script.ts'

export type LoginError =
  | 'wrong-credentials'
  | 'missing-fields'
  | 'too-many-attempts'
  | 'work-needed'
  | 'blocked'
  | 'overloaded'
  | 'expired'
  | 'account-not-enabled'
  | 'other-account'
  | 'connection-failed'
  | 'connection-denied'

/** A button that sends the user to an identity provider. */
export interface ConnectionButton {
  name: string
  displayName: string
  href: string
  iconUrl?: string
}

/** Posts `username`, `password`, the hidden fields and `action`: `default` to sign in, `cancel` to give up. */
export interface LoginPage extends FormTarget, WayBack {
  username?: string
  error?: LoginError
  /** What the browser must compute before this form counts; goes with the error `work-needed`. */
  work?: string
  connections: readonly ConnectionButton[]
  showPasswordForm: boolean
  /** People may have user names here, not only addresses. */
  withUsernames: boolean
  /** A link back to the application; without it, cancelling is a button of the form. */
  cancelHref?: string
}

export function loginPage(props: LoginPage, around: Surroundings): Page {
  const words = texts[around.locale].signIn
  const cancelHref = safeUrl(props.cancelHref)
  const cancel = cancelHref
    ? html`<a class="button quiet" href="${cancelHref}">${words.cancel}</a>`
    : actionButton('cancel', 'quiet', words.cancel)
  const providers = props.connections.map((connection) => providerLink(connection, words))
  const divider = props.showPasswordForm && providers.length > 0 && html`<p class="or">${words.or}</p>`
  return formPage(
    {
      title: props.error ? `${words.errorTitle}: ${words.title}` : words.title,
      top: html`<h1>${words.title}</h1><p class="lead">${words.toContinueTo(named(props.clientName))}</p>`,
      class: 'sign-in',
      form: html`
        ${problem(props, words)}
        ${props.showPasswordForm && passwordForm(props, words)}
        ${divider}
        <div class="buttons">${providers}${cancel}</div>`,
      scripts: props.showPasswordForm ? [passwordScript, ...(props.work ? [workScript] : [])] : [],
      images: props.connections.map((connection) => safeImageUrl(connection.iconUrl)),
    },
    props,
    around,
  )
}

/**
 * The page opens with the focus here, scripts or none, so that a screen reader begins with what went wrong – or in the field to mend,
 * which names this as its description: then that is read with it, behind the title, which begins with “Error”.
 */
const problem = (props: LoginPage, words: Texts['signIn']): Html => {
  const { error, work } = props
  const atField = wrongField(props) !== undefined
  return error
    ? html`
        <div class="problem" id="problem" role="alert"${!atField && html` tabindex="-1" autofocus`}>
          ${alertIcon}
          <div>
            <p>${sentence(error, props, words)}</p>
            ${work && html`<p id="cannot-work">${words.work.without}</p>`}
          </div>
        </div>
        ${work && html`<p id="working" role="status" hidden>${words.work.underWay}</p>`}`
    : nothing
}

function sentence(error: LoginError, { withUsernames }: LoginPage, { errors, emailErrors }: Texts['signIn']): string {
  const about: Partial<Record<LoginError, string>> = withUsernames ? {} : emailErrors
  return about[error] ?? errors[error]
}

/** Which field to mend: a name that is there is seldom what is wrong, and which it was, we must not say. */
function wrongField({ error, username }: LoginPage): 'username' | 'password' | undefined {
  if (error !== 'wrong-credentials' && error !== 'missing-fields') return undefined
  return username?.trim() ? 'password' : 'username'
}

/** Paste, autofill and password managers are welcome (WCAG 3.3.8). */
function passwordForm(props: LoginPage, words: Texts['signIn']): Html {
  const { username, error, work, withUsernames } = props
  const wrong = wrongField(props)
  const first = wrong ?? (error ? undefined : username ? 'password' : 'username')
  const state = (field: 'username' | 'password') => html`
    ${wrong === field && html` aria-invalid="true" aria-describedby="problem"`}${first === field && html` autofocus`}`
  return html`
    <div class="field">
      <label for="username">${withUsernames ? words.username : words.email}</label>
      <input id="username" name="username" type="text" inputmode="email" autocomplete="username" autocapitalize="none"
        autocorrect="off" spellcheck="false" enterkeyhint="next" maxlength="512" dir="auto" required value="${username}"${state('username')}>
    </div>
    <div class="field">
      <label for="password">${words.password}</label>
      <div class="box">
        <input id="password" name="password" type="password" autocomplete="current-password" autocapitalize="none"
          autocorrect="off" spellcheck="false" enterkeyhint="go" required${state('password')}>
        <button type="button" id="reveal" aria-label="${words.showPassword}" aria-pressed="false" aria-controls="password"
          hidden>${eyeIcon}${eyeOffIcon}</button>
      </div>
    </div>
    ${work && html`<input type="hidden" id="work" name="work" value="${work}">`}
    <button type="submit" name="action" value="default" class="primary">${words.submit}</button>`
}

function providerLink(connection: ConnectionButton, words: Texts['signIn']): Html {
  const href = safeUrl(connection.href)
  if (!href) return nothing
  const icon = safeImageUrl(connection.iconUrl)
  const picture = icon && html`<img src="${icon}" alt="" referrerpolicy="no-referrer">`
  return html`
    <a class="button outline" href="${href}" data-connection="${connection.name}">
      ${picture}
      <span>${words.continueWith(named(connection.displayName))}</span>
    </a>`
}
