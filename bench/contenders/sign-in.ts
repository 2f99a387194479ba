import { argon2, argon2Sync, timingSafeEqual } from 'node:crypto'
import { passwordCost, sample, userName } from '../dialects.ts'

/** What the servers that are no whole product need to let somebody sign in. */
export const users: ReadonlySet<string> = new Set(Array.from({ length: sample.users }, (_, index) => userName(index)))

export const signInPage = (action: string): string =>
  `<!doctype html><title>Sign in</title><form method="post" action="${action}">` +
  '<input name="username"><input name="password" type="password"><button>Continue</button></form>'

const nonce = Buffer.alloc(16, 7)
const derivation = (password: string) => ({ message: password, nonce, tagLength: 32, ...passwordCost })
let known: Buffer | undefined

/** Costs what checking a password costs, in the thread pool. */
export function checkPassword(password: string): Promise<boolean> {
  known ??= argon2Sync('argon2id', derivation(sample.password))
  const expected = known
  return new Promise((resolve, reject) => {
    argon2('argon2id', derivation(password), (error, tag) =>
      error ? reject(error) : resolve(timingSafeEqual(tag, expected)),
    )
  })
}
