import type { Answer } from '../connection.ts'
import { sample } from '../dialects.ts'
import type { Visitor } from '../flow.ts'
import type { Question } from './question.ts'

/** Where the server says that it is: on nobody's own machine, where strangers are. */
export const publicHost = 'id.example'
const host = publicHost

/** Different each time: nothing that is remembered of one is good for another. */
let asked = 0
const madeUp = (length: number) => `${asked++}`.padStart(length, 'x')

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
const madeUpToken = () =>
  `${part({ alg: 'RS256', typ: 'at+jwt', kid: madeUp(43) })}.${part({ iss: `https://${host}/`, sub: 'x', exp: 9_999_999_999 })}.${madeUp(342)}`

const question = (
  name: string,
  asks: string,
  status: number,
  ask: (visitor: Visitor) => Promise<Answer>,
): Question<void> => ({
  name,
  asks,
  targets: [],
  async prepare() {},
  async operation(visitor) {
    const answer = await ask(visitor)
    if (answer.status !== status) throw new Error(`${answer.status} to ${name}: ${answer.body.slice(0, 300)}`)
  },
})

/** What anybody can ask, without a secret and without being somebody. */
export const strangers = [
  question('preflight', 'a preflight from an origin that nobody lists', 204, ({ connection }) =>
    connection.options('/oauth/token', { host, origin: `https://${madeUp(12)}.example` }),
  ),
  question(
    'wrong-callback',
    'an authorization request with a callback that is not registered',
    403,
    ({ connection }) => {
      const query = new URLSearchParams({
        response_type: 'code',
        client_id: sample.clientId,
        redirect_uri: `https://${madeUp(12)}.example/callback`,
      })
      return connection.get(`/authorize?${query}`, { host })
    },
  ),
  question('made-up-code', 'a code that was never issued', 400, ({ connection }) => {
    const form = {
      grant_type: 'authorization_code',
      client_id: sample.clientId,
      redirect_uri: sample.redirectUri,
      code: madeUp(43),
      code_verifier: sample.verifier,
    }
    return connection.post('/oauth/token', form, undefined, { host })
  }),
  question('made-up-token', 'userinfo with a token that was never issued', 401, ({ connection }) =>
    connection.get('/userinfo', { host, authorization: `Bearer ${madeUpToken()}` }),
  ),
  question('userinfo-origin', 'userinfo without a token, from an origin that nobody lists', 401, ({ connection }) =>
    connection.get('/userinfo', { host, origin: `https://${madeUp(12)}.example` }),
  ),
  question('jwks-rotated', 'the public keys, after a rotation', 200, ({ connection }) =>
    connection.get('/.well-known/jwks.json', { host }),
  ),
  question('unknown-host', 'a host that belongs to no tenant', 404, ({ connection }) =>
    connection.get('/.well-known/jwks.json', { host: `${madeUp(12)}.example` }),
  ),
] as Question[]
