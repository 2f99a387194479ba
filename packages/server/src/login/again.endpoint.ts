import { endpoint } from '#http/endpoint.ts'
import { resume } from '#oauth/authorize/authorize.ts'
import { start } from './continue.ts'
import { currentSession } from './current-session.ts'
import { findInteraction } from './interactions.ts'

/**
 * Where the page that says "already completed" leads on to: the same request once more, from its beginning. All that the app asked
 * for, such as a fresh sign-in or a certain user, is asked for again, and nothing that was done for the first one counts (SEC-013).
 * That is the back button after the app has its answer, or a second tap whose first answer the browser threw away.
 */
export const askAgain = endpoint({
  methods: ['GET'],
  path: '/u/again',
  summary: 'Asks once more for what an app asked in this browser before',
  errors: 'page',
  cors: 'none',
  async handle(http, ctx) {
    const { interaction } = await findInteraction(http, ctx)
    const session = await currentSession(http, ctx)
    return start(await resume(interaction.request, session, {}, ctx), http, ctx)
  },
})
