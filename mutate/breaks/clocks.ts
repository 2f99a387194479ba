import type { NamedBreak } from '../named.ts'

export const clocks: readonly NamedBreak[] = [
  {
    id: 'SEC-331',
    file: 'http/rate-limit.ts',
    before: 'Math.max(0, now - bucket.filledAt)',
    after: 'now - bucket.filledAt',
    test: 'packages/server/src/http/rate-limit.test.ts',
  },
  {
    id: 'SEC-331',
    file: 'http/rate-limit.ts',
    before: `    bucket.filledAt = now
`,
    after: `    bucket.filledAt = Math.max(bucket.filledAt, now)
`,
    test: 'packages/server/src/http/rate-limit.test.ts',
  },
  {
    id: 'SEC-331',
    file: 'storage/tables/attempts.ts',
    before: `            .when('attempts.window_ends_at', '>', eb.ref('excluded.window_ends_at'))
            .then(eb.ref('excluded.window_ends_at'))
`,
    after: '',
    test: 'packages/server/src/storage/issued.test.ts',
  },
  {
    id: 'SEC-331',
    file: 'tokens/refresh-token.ts',
    before: 'age >= 0 && ',
    after: '',
    test: 'packages/server/src/oauth/grants/clock-jumps.test.ts',
  },
  {
    id: 'SEC-331',
    file: 'tokens/authorization-code.ts',
    before: 'createdAt - skew <= now && ',
    after: '',
    test: 'packages/server/src/oauth/grants/clock-jumps.test.ts',
  },
  {
    id: 'SEC-331',
    file: 'oauth/authorize/next-step.ts',
    before: 'age < -skew || ',
    after: '',
    test: 'packages/server/src/oauth/grants/clock-jumps.test.ts',
  },
  {
    id: 'SEC-331',
    file: 'connections/oidc/kept-document.ts',
    before: 'since <= now && ',
    after: '',
    test: 'packages/server/src/connections/oidc/kept-document.test.ts',
  },
  {
    id: 'SEC-331',
    file: 'storage/sweep-clock.ts',
    before: 'if (Math.abs(now - mark.believedAt) <= tolerance) return believed',
    after: 'return believed',
    test: 'packages/server/src/storage/sweep-clock.test.ts',
  },
  {
    id: 'SEC-331',
    file: 'storage/sweep-clock.ts',
    before: 'Math.min(step, ran)',
    after: 'step',
    test: 'packages/server/src/storage/sweep-clock.test.ts',
  },
  {
    id: 'SEC-331',
    file: 'storage/tables/refresh-families.ts',
    before: 'rotated_at: moment(param),',
    after: "rotated_at: param('now'),",
    test: 'packages/server/src/storage/postgres-clock.test.ts',
  },
  {
    id: 'SEC-107',
    file: 'crypto/jwt.ts',
    before: 'const ahead = 60',
    after: 'const ahead = 0',
    test: 'packages/server/src/crypto/jwt.test.ts',
  },
]
