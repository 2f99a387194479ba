import { sample } from '../dialects.ts'
import { apiLogin, authorize, exchange, postToken } from '../flow.ts'
import type { Question } from './question.ts'

export const refresh: Question<{ token: string }> = {
  name: 'refresh',
  asks: 'a refresh for an API, with rotation: access token and ID token, the rotation durable',
  targets: [{ against: 'oidc-provider', most: 0.6 }],
  freshRounds: true,
  async prepare(visitor) {
    const login = { ...apiLogin, scope: `${apiLogin.scope} ${visitor.dialect.offline}`.trim() }
    const { refresh_token } = await exchange(visitor, await authorize(visitor, login), login)
    return { token: refresh_token ?? 'the floor has none' }
  },
  async operation(visitor, state) {
    const form = { grant_type: 'refresh_token', client_id: sample.clientId, refresh_token: state.token }
    const { refresh_token } = await postToken(visitor, form)
    state.token = refresh_token ?? state.token
  },
}
