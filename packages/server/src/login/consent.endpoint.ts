import type { Context } from '#context.ts'
import { OAuthError } from '#errors.ts'
import { type Reply, redirect } from '#http/reply.ts'
import { consentPage } from '#pages/consent-page.ts'
import { parameter } from '#parameters.ts'
import type { Session } from '#users/session.ts'
import { giveUp, proceed } from './continue.ts'
import { agreeing, formFields, requireOwnForm, saveInteraction } from './interactions.ts'
import { accountName, render, requester, type Screen, screenDoor, wayBackOrUpstream } from './screen.ts'

const path = '/u/consent'

export const showConsent = screenDoor({
  method: 'GET',
  path,
  summary: 'Asks the user whether the app may have what it asks for',
  async handle(screen, _http, ctx) {
    if (!screen.session) return redirect(`/u/login?state=${screen.open.state}`)
    return show(screen, screen.session, ctx)
  },
})

/** Only a form counts, never a URL: buttons cannot be pre-pressed (SEC-183). */
export const submitConsent = screenDoor({
  method: 'POST',
  path,
  summary: 'Remembers what the user has allowed',
  async handle(screen, http, ctx) {
    const { open, session } = screen
    requireOwnForm(http, open, session, ctx)
    if (!session) return redirect(`/u/login?state=${open.state}`)
    switch (parameter(http.body, 'action')) {
      case 'accept': {
        await remember(screen, session, ctx)
        const interaction = await saveInteraction(agreeing(open, { consented: true }, session), ctx)
        return proceed({ ...open, interaction }, session, http, ctx)
      }
      case 'switch':
        return redirect(`/u/login?state=${open.state}`)
      default:
        return giveUp(new OAuthError('access_denied', 'User did not authorize the request'), open, http, ctx)
    }
  },
})

async function remember({ open, client }: Screen, session: Session, ctx: Context): Promise<void> {
  const { audience = '', scope } = open.interaction.request
  const consent = { userId: session.userId, clientId: client.clientId, audience, scope }
  await ctx.store.consents.add(consent, ctx.now())
}

async function show(screen: Screen, session: Session, ctx: Context): Promise<Reply> {
  const { audience, scope } = screen.open.interaction.request
  const resourceServer = audience ? await ctx.store.resourceServers.findByIdentifier(audience) : undefined
  const describe = ctx.tenant.settings.flags.useScopeDescriptionsForConsent ?? true
  const descriptions = new Map(resourceServer?.scopes.map((declared) => [declared.value, declared.description]))
  const page = consentPage(
    {
      ...(await wayBackOrUpstream(screen, ctx)),
      ...requester(screen),
      action: path,
      hidden: formFields(screen.open, session, ctx),
      account: await accountName(session, ctx),
      scopes: scope.map((value) => ({ value, description: describe ? descriptions.get(value) : undefined })),
      audienceName: resourceServer?.name,
    },
    screen.around,
  )
  return render(screen, page)
}
