/** Too many passwords are waiting to be checked: answer 429 or 503 and let the client come back (SEC-293). */
export class Overloaded extends Error {
  override readonly name = 'Overloaded'
  /** Seconds after which another attempt has a chance. */
  readonly retryAfter: number

  constructor(retryAfter: number) {
    super('too many passwords are waiting to be checked')
    this.retryAfter = retryAfter
  }
}

export type PasswordKdf = {
  hash(password: string): Promise<string>
  /** `upgrade`: the password is right, and its hash is of an older kind: store `hash(password)` instead (SEC-186). */
  verify(password: string, encoded: string): Promise<{ ok: boolean; upgrade: boolean }>
  /** Costs what `verify` costs, for a user who does not exist (SEC-190). */
  verifyNothing(password: string): Promise<void>
}

export function createPasswordKdf(_options: { concurrency?: number; queueLimit?: number } = {}): PasswordKdf {
  throw new Error('not written yet')
}
