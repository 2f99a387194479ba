import type { NamedBreak } from './named.ts'

/** Once, each of these stayed unnoticed by the tests of the requirement it breaks. */
export const namedBreaks: readonly NamedBreak[] = [
  {
    id: 'SEC-190',
    file: 'connections/database/verify-password.ts',
    before: ': await passwords.verifyNothing(password, tenant.id)',
    after: ': undefined',
    test: 'packages/server/src/connections/database/verify-password.test.ts',
  },
  {
    id: 'SEC-190',
    file: 'connections/database/verify-password.ts',
    before: 'if (!user || !hash || !verdict?.ok) {',
    after: 'if (!user || !hash || !verdict?.ok) { await passwords.verifyNothing(password, tenant.id)',
    test: 'packages/server/src/connections/database/verify-password.test.ts',
  },
  {
    id: 'SEC-129',
    file: 'storage/tables/issued.ts',
    before: `        grant.revokeFamilies({ tenantId, grantId, now }),
        grant.deleteTokens({ tenantId, grantId }),`,
    after: `        grant.deleteTokens({ tenantId, grantId }),
        grant.revokeFamilies({ tenantId, grantId, now }),`,
    test: 'packages/server/src/storage/issued.test.ts',
  },
  {
    id: 'SEC-129',
    file: 'storage/tables/issued.ts',
    before: '        grant.deleteTokens({ tenantId, grantId }),',
    after: '',
    test: 'packages/server/src/storage/issued.test.ts',
  },
  {
    id: 'SEC-129',
    file: 'storage/tables/issued.ts',
    before: '        grant.deleteTokens({ tenantId, grantId }),',
    after: '',
    test: 'packages/server/src/oauth/grants/refresh-token-ends.test.ts',
  },
  {
    id: 'SEC-129',
    file: 'storage/tables/issued.ts',
    before: '        grant.revokeFamilies({ tenantId, grantId, now }),',
    after: '',
    test: 'packages/server/src/oauth/grants/refresh-token-ends.test.ts',
  },
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
]
