import { apiLogin, authorize, exchange } from '../flow.ts'
import { cookieOf } from '../population.ts'
import type { Question } from './question.ts'

/** A login with the session of somebody chosen at random, so that no page of the database is warmer than others. */
export const loginOfAnybody: Question<void> = {
  name: 'login-of-anybody',
  asks: 'a login by any of those who have a session',
  targets: [],
  async prepare() {},
  async operation(visitor) {
    const anybody = Math.floor(Math.random() * (visitor.population ?? 1))
    visitor.cookies.set('keywright', cookieOf(anybody))
    await exchange(visitor, await authorize(visitor, apiLogin), apiLogin)
  },
}
