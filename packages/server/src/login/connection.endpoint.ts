import { invalidRequest } from '#errors.ts'
import { endpoint } from '#http/endpoint.ts'
import { parameter } from '#parameters.ts'
import { openScreen } from './screen.ts'
import { beginUpstreamLogin, findUpstream } from './upstream.ts'

/** A link and no form: it only leads away, and whoever follows it still has to come back as somebody. */
export const chooseConnection = endpoint({
  methods: ['GET'],
  path: '/u/connection',
  summary: 'Sends the user to the identity provider whose button they chose',
  errors: 'page',
  cors: 'none',
  async handle(http, ctx) {
    const screen = await openScreen(http, ctx)
    if ('instead' in screen) return screen.instead
    const { open, client } = screen
    const name = parameter(http.query, 'connection') ?? ''
    const connection = await findUpstream(name, open.interaction.request, client, ctx)
    if (!connection) throw invalidRequest('the connection is not enabled for the client')
    return beginUpstreamLogin(connection, open, http, ctx)
  },
})
