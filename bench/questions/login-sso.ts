import { apiLogin, authorize, exchange, type TokenResponse } from '../flow.ts'
import type { Question } from './question.ts'

export const loginSso: Question<void> = {
  name: 'login-sso',
  asks: 'a login for an API with a live session: authorize, code, token; two RS256 signatures; code and redemption durable',
  targets: [
    { against: 'floor', most: 1.5 },
    { against: 'oidc-provider', most: 0.65 },
  ],
  async prepare(visitor) {
    const tokens = await exchange(visitor, await authorize(visitor, apiLogin), apiLogin)
    if (visitor.dialect.issues === 'tokens') requireTwoSignatures(tokens)
  },
  async operation(visitor) {
    await exchange(visitor, await authorize(visitor, apiLogin), apiLogin)
  },
}

function requireTwoSignatures({ access_token, id_token = '' }: TokenResponse): void {
  for (const token of [access_token, id_token])
    if (!/^eyJ[\w-]+\.[\w-]+\.[\w-]{342}$/.test(token)) throw new Error(`no JWT signed with 2048 bits: ${token}`)
}
