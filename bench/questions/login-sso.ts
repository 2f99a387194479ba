import { apiLogin, authorize, exchange } from '../flow.ts'
import type { Question } from './question.ts'

export const loginSso: Question<void> = {
  name: 'login-sso',
  asks: 'a login for an API with a live session: authorize, code, token; two RS256 signatures; code and redemption durable',
  targets: [
    { against: 'floor', most: 1.5 },
    { against: 'oidc-provider', most: 0.65 },
  ],
  async prepare(visitor) {
    await authorize(visitor, apiLogin)
  },
  async operation(visitor) {
    await exchange(visitor, await authorize(visitor, apiLogin), apiLogin)
  },
}
