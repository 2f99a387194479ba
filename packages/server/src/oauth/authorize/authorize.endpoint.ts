import { endpoint } from '#http/endpoint.ts'
import { detourForeignForm } from '#http/foreign-form.ts'
import { start } from '#login/continue.ts'
import { currentSession } from '#login/current-session.ts'
import { merged, parameter } from '#parameters.ts'
import { authorize } from './authorize.ts'
import { parameterNames } from './parse-request.ts'

/** RFC 6749 §3.1. By GET, or by POST with a form (Core §3.1.2.1): the same walk. */
export const authorizeEndpoint = endpoint({
  methods: ['GET', 'POST'],
  path: '/authorize',
  summary: 'Signs the user in and answers the app with a code',
  errors: 'page',
  cors: 'none',
  async handle(http, ctx) {
    const detour = detourForeignForm(http, parameterNames, ctx)
    if (detour) return detour
    const parameters = merged(http.query, http.body)
    const silently = parameter(parameters, 'prompt') === 'none'
    const session = await currentSession(http, ctx, silently)
    return start(await authorize(parameters, session, ctx), http, ctx)
  },
})
