import { apiLogin, authorize, exchange } from '../flow.ts'
import type { Question } from './question.ts'

export const loginPassword: Question<void> = {
  name: 'login-password',
  asks: 'a first login: authorize, page, password (Argon2id, 19 MiB), code, token',
  targets: [],
  async prepare() {},
  async operation(visitor) {
    visitor.cookies.clear()
    await exchange(visitor, await authorize(visitor, apiLogin), apiLogin)
  },
}
