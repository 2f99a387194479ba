import { UpstreamError } from '#connections/strategy.ts'
import type { Context } from '#context.ts'
import { invalidRequest } from '#errors.ts'
import { type Endpoint, endpoint, type HttpRequest } from '#http/endpoint.ts'
import { type Reply, redirect } from '#http/reply.ts'
import { findOrCreateUser } from '#users/identity.ts'
import { finishLogin } from './finish-login.ts'
import { saveInteraction } from './interactions.ts'
import { findReturning, readAnswer } from './upstream-return.ts'
import { upstreamTrouble } from './upstream-trouble.ts'

/**
 * The redirect URIs to register at providers: one for each connection, so that the answer of one provider cannot be passed off as
 * another's (RFC 9700 §4.4.2.2); and Auth0's single one, where answers name their issuer. Which one a login must come back to
 * is fixed when it leaves, so the name in the path is only compared, as part of the whole.
 */
const doors = [
  { path: '/login/callback/:connection', where: 'at the address of its connection' },
  { path: '/login/callback', where: 'at the address that connections may share' },
]

export const loginCallbackEndpoints: readonly Endpoint[] = doors.flatMap(({ path, where }) => [
  endpoint({
    methods: ['GET'],
    path,
    summary: `Receives users back from an identity provider, ${where}`,
    errors: 'page',
    cors: 'none',
    handle: receive,
  }),
  endpoint({
    methods: ['POST'],
    path,
    summary: `Receives users back from an identity provider that answers with a form, ${where}`,
    errors: 'page',
    cors: 'none',
    handle: takeDetour,
  }),
])

async function receive(http: HttpRequest, ctx: Context): Promise<Reply> {
  const { upstream, ...open } = await findReturning(http, ctx)
  // Another tab has finished meanwhile; the sign-in page knows what to say then.
  if (open.interaction.completedAt !== undefined) return redirect(`/u/login?state=${open.state}`)
  // First of all, so that an answer that comes twice finds nothing, however fast it is (SEC-227).
  const interaction = await saveInteraction({ ...open.interaction, upstream: undefined }, ctx)
  const back = { ...open, interaction }
  try {
    const { profile, connection } = await readAnswer(http, interaction, upstream, ctx)
    for (let attempt = 0; attempt < 3; attempt++) {
      const user = await findOrCreateUser(profile, connection, ctx)
      const { signedInAt: authenticatedAt } = profile
      const onOurPage = upstream.chosen ?? false
      const proof = { connection: connection.name, amr: ['fed'], authenticatedAt, onOurPage }
      const reply = await finishLogin(user, proof, back, http, ctx)
      if (reply) return reply
    }
    throw new UpstreamError('failed', 'the user is changed all the time')
  } catch (error) {
    if (error instanceof UpstreamError) return upstreamTrouble(error, { name: upstream.connection }, back, http, ctx)
    throw error
  }
}

const expected = ['state', 'code', 'iss', 'error', 'error_description'] as const

/**
 * Some providers post their answer. Our cookies are SameSite=Lax and do not come with another site's form, but they do come with the
 * GET that follows, so the answer takes that detour.
 */
function takeDetour({ path, body }: HttpRequest): Reply {
  const query = new URLSearchParams()
  for (const name of expected) {
    const value = body.values.get(name)
    if (body.repeated.has(name) || (value?.length ?? 0) > 4096)
      throw invalidRequest(`The parameter ${name} came more than once, or is too long.`)
    if (value) query.set(name, value)
  }
  return redirect(`${path}?${query}`)
}
