import type { Context } from '#context.ts'
import { OAuthError } from '#errors.ts'
import type { Endpoint } from '#http/endpoint.ts'
import { type Reply, redirect } from '#http/reply.ts'
import { accountChooserPage } from '#pages/account-chooser-page.ts'
import { confirmationPage } from '#pages/confirmation-page.ts'
import { parameter } from '#parameters.ts'
import type { Session } from '#users/session.ts'
import { giveUp, proceed } from './continue.ts'
import type { Agreement } from './interaction.ts'
import { agreeing, formFields, requireOwnForm, saveInteraction } from './interactions.ts'
import { accountName, render, requester, type Screen, screenDoor, wayBackOrUpstream } from './screen.ts'

type Show = (screen: Screen, session: Session, ctx: Context) => Promise<Reply>

/** Two screens with one question behind them: go on with the session that is there? */
function question(
  path: string,
  summary: string,
  yes: Omit<Agreement, 'sid'>,
  show: (action: string) => Show,
): Endpoint[] {
  return [
    screenDoor({
      method: 'GET',
      path,
      summary,
      async handle(screen, _http, ctx) {
        if (!screen.session) return redirect(`/u/login?state=${screen.open.state}`)
        return show(path)(screen, screen.session, ctx)
      },
    }),
    screenDoor({
      method: 'POST',
      path,
      summary: `${summary}: the answer`,
      async handle(screen, http, ctx) {
        const { open, session } = screen
        requireOwnForm(http, open, session, ctx)
        if (!session) return redirect(`/u/login?state=${open.state}`)
        switch (parameter(http.body, 'action')) {
          case 'accept': {
            const interaction = await saveInteraction(agreeing(open, yes, session), ctx)
            return proceed({ ...open, interaction }, session, http, ctx)
          }
          case 'switch':
            return redirect(`/u/login?state=${open.state}`)
          default:
            return giveUp(new OAuthError('access_denied', 'User did not continue'), open, http, ctx)
        }
      },
    }),
  ]
}

/** After silent single sign-on, before a code leaves for an address that another app may own (SEC-038). */
export const confirmEndpoints = question(
  '/u/confirm',
  'Asks whether to go on to the app',
  {},
  (action) => async (screen, session, ctx) => {
    const hidden = formFields(screen.open, session, ctx)
    const account = await accountName(session, ctx)
    const page = confirmationPage(
      { ...(await wayBackOrUpstream(screen, ctx)), ...requester(screen), action, hidden, account },
      screen.around,
    )
    return render(screen, page)
  },
)

/** `prompt=select_account` with a live session (Core §3.1.2.1). */
export const accountEndpoints = question(
  '/u/account',
  'Asks which account to use',
  { chosen: true },
  (action) => async (screen, session, ctx) => {
    const hidden = formFields(screen.open, session, ctx)
    const account = await accountName(session, ctx)
    return render(
      screen,
      accountChooserPage({ ...(await wayBackOrUpstream(screen, ctx)), action, hidden, account }, screen.around),
    )
  },
)
