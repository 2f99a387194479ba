import { invalidRequest } from '#errors.ts'
import { parameter } from '#parameters.ts'
import { screenDoor } from './screen.ts'
import { beginUpstreamLogin, findUpstream } from './upstream.ts'

/** A link and no form: it only leads away, and whoever follows it still has to come back as somebody. */
export const chooseConnection = screenDoor({
  method: 'GET',
  path: '/u/connection',
  summary: 'Sends the user to the identity provider whose button they chose',
  async handle({ open, client }, http, ctx) {
    const name = parameter(http.query, 'connection') ?? ''
    const connection = await findUpstream(name, open.interaction.request, client, ctx)
    if (!connection) throw invalidRequest('the connection is not enabled for the client')
    return beginUpstreamLogin(connection, open, http, ctx, { chosen: true })
  },
})
