import { sample } from '../dialects.ts'
import { postToken } from '../flow.ts'
import type { Question } from './question.ts'

export const clientCredentials: Question<void> = {
  name: 'client-credentials',
  asks: 'a machine gets an access token for an API',
  targets: [{ against: 'oidc-provider', most: 0.75 }],
  async prepare() {},
  async operation(visitor) {
    await postToken(visitor, {
      grant_type: 'client_credentials',
      client_id: sample.machineId,
      client_secret: sample.machineSecret,
      scope: sample.apiScope,
      ...visitor.dialect.api.authorize,
    })
  },
}
