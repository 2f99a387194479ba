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
]
