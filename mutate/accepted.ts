import type { Mutant } from './mutants.ts'
import { sources } from './named.ts'
import { oneLine } from './report.ts'

/** A break that no test can notice, or need not, with the reason. It counts as not killed all the same. */
export interface Accepted {
  /** From `packages/server/src/`. */
  readonly file: string
  /** What is broken, with single spaces. */
  readonly before: string
  /** What it is broken into; left out for whatever it may be. */
  readonly after?: string
  readonly why: string
}

const placeholder = 'of the user who is made up for the names of claims: what they hold is never looked at'

export const accepted: readonly Accepted[] = [
  {
    file: 'connections/database/verify-password.ts',
    before: '!user || !hash',
    after: '(!user)',
    why: 'for the type checker: without a hash nothing is verified',
  },
  { file: 'connections/strategy.ts', before: "'UpstreamError'", why: 'the name that a stack trace shows' },
  {
    file: 'connections/oidc/profile.ts',
    before: '1',
    after: '2',
    why: 'the first part is the first of two as well',
  },
  {
    file: 'connections/oidc/exchange-code.ts',
    before: 'headers: {},',
    why: 'nothing is spread as well as no headers are',
  },
  { file: 'connections/oidc/exchange-code.ts', before: 'form: {}', why: 'nothing is spread as well as no fields are' },
  {
    file: 'connections/oidc/metadata.ts',
    before: "''",
    why: 'never used: options without an issuer have a discovery_url, or are refused',
  },
  {
    file: 'connections/oidc/options.ts',
    before: "'bind_all'",
    why: 'the default is not judged again, and every mode but the other two binds all',
  },
  {
    file: 'connections/oidc/profile.ts',
    before: "only[1] ?? ''",
    after: '(only[1])',
    why: 'for the type checker: a match has both groups',
  },
  {
    file: 'connections/oidc/profile.ts',
    before: "only[2] ?? ''",
    after: '(only[2])',
    why: 'for the type checker: a match has both groups',
  },
  {
    file: 'connections/database/attack-protection.ts',
    before: 'if (done < price - bargain) return mustWork(guess, price, ctx)',
    why: 'an early look that spares the counting: the same is asked of the counts themselves',
  },
  {
    file: 'connections/database/attack-protection.ts',
    before: 'if (own === undefined) return',
    why: 'with nothing counted there is nothing to take back',
  },
  { file: 'tokens/claims.ts', before: 'userMetadata: {},', why: placeholder },
  { file: 'tokens/claims.ts', before: 'appMetadata: {},', why: placeholder },
  { file: 'tokens/claims.ts', before: 'identities: [],', why: placeholder },
  { file: 'tokens/claims.ts', before: "'auth0|a'", why: placeholder },
  { file: 'tokens/claims.ts', before: "'a'", why: placeholder },
  { file: 'tokens/claims.ts', before: "'a@a.example'", why: placeholder },
  { file: 'tokens/claims.ts', before: "'+1'", why: placeholder },
  {
    file: 'oauth/client-authentication/credentials.ts',
    before: '1',
    after: '2',
    why: '-1 or -2: below 1 either way',
  },
  {
    file: 'oauth/client-authentication/credentials.ts',
    before: '!decoded || colon < 1',
    after: '(colon < 1)',
    why: 'for the type checker: without a text the colon is at -1',
  },
]

export const reasonFor = ({ file, before, after }: Mutant): string | undefined =>
  accepted.find(
    (one) =>
      file === `${sources}/${one.file}` &&
      one.before === oneLine(before) &&
      (one.after === undefined || one.after === oneLine(after)),
  )?.why
