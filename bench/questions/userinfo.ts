import { authorize, exchange, getDocument, type Login } from '../flow.ts'
import type { Question } from './question.ts'

const login: Login = { scope: 'openid profile email', api: false }

export const userinfo: Question<{ authorization: string }> = {
  name: 'userinfo',
  asks: 'an opaque access token opens the profile',
  targets: [{ against: 'oidc-provider', most: 0.6 }],
  async prepare(visitor) {
    const { access_token } = await exchange(visitor, await authorize(visitor, login), login)
    return { authorization: `Bearer ${access_token}` }
  },
  operation: (visitor, headers) => getDocument(visitor, visitor.dialect.userinfo, headers),
}
