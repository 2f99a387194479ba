import { endpoint } from '#http/endpoint.ts'
import { json } from '#http/reply.ts'
import { requireNoQuery } from './query-credentials.ts'
import { token } from './token.ts'

/** RFC 6749 §3.2. */
export const tokenEndpoint = endpoint({
  methods: ['POST'],
  path: '/oauth/token',
  summary: 'Exchanges a code, a refresh token or client credentials for tokens',
  errors: 'json',
  cors: 'client',
  async handle({ body, query, headers }, ctx) {
    requireNoQuery(query)
    return json(await token(body, headers.authorization, ctx))
  },
})
