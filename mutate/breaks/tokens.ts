import type { NamedBreak } from '../named.ts'

export const tokens: readonly NamedBreak[] = [
  {
    id: 'SEC-129',
    file: 'storage/tables/issued.ts',
    before: `        grant.revokeFamilies({ tenantId, grantId, now }),
        grant.deleteTokens({ tenantId, grantId }),`,
    after: `        grant.deleteTokens({ tenantId, grantId }),
        grant.revokeFamilies({ tenantId, grantId, now }),`,
    test: 'packages/server/src/oauth/revoke-races.test.ts',
  },
  {
    id: 'SEC-129',
    file: 'storage/tables/issued.ts',
    before: `        user.deleteCodes(key),
        user.revokeFamilies({ ...key, now }),
        user.deleteTokens(key),`,
    after: `        user.revokeFamilies({ ...key, now }),
        user.deleteTokens(key),
        user.deleteCodes(key),`,
    test: 'packages/server/src/oauth/revoke-races.test.ts',
  },
  {
    id: 'SEC-129',
    file: 'storage/tables/refresh-families.ts',
    before: `      const steps: Step[] = [{ query, required: true }]
      if (accessToken) steps.push({ query: insertToken(tenantId, accessToken) })
      return (await db.transact(steps)) !== undefined
    },

    async revoke`,
    after: `      const steps: Step[] = accessToken ? [] : [{ query, required: true }]
      if (accessToken) steps.push({ query: insertToken(tenantId, accessToken) })
      return (await db.transact(steps)) !== undefined
    },

    async revoke`,
    test: 'packages/server/src/oauth/revoke-races.test.ts',
  },
  {
    id: 'SEC-129',
    file: 'storage/tables/issued.ts',
    before: '        revocations.one(tenantId, grantId, now + longestAccessToken),',
    after: '',
    test: 'packages/server/src/oauth/revoke-access-token.test.ts',
  },
  {
    id: 'SEC-127',
    file: 'tokens/grant-id.ts',
    before: `  return (dot < 0 ? '' : grantId.slice(dot)) === incarnations(client, resourceServer)`,
    after: '  return dot < 99',
    test: 'packages/server/src/oauth/revoke-access-token.test.ts',
  },
  {
    id: 'SEC-114',
    file: 'storage/tables/signing-keys.ts',
    before: `status: 'previous', private_key: null,`,
    after: `status: 'previous',`,
    test: 'packages/server/src/cli/keys-replace.test.ts',
  },
  {
    id: 'SEC-114',
    file: 'storage/sqlite-connection.ts',
    before: 'secure_delete = ON',
    after: 'secure_delete = OFF',
    test: 'packages/server/src/cli/keys-replace.test.ts',
  },
  {
    id: 'SEC-301',
    file: 'storage/tables/attempts.ts',
    before: `sealer.mac(key, 'attempt')`,
    after: 'key',
    test: 'packages/server/src/storage/key-client-digests.test.ts',
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
    id: 'SEC-119',
    file: 'oauth/grants/refresh-token.ts',
    before: `    await requireStanding(token, family, client, ctx)
`,
    after: '',
    test: 'packages/server/src/oauth/grants/reuse-comes-first.test.ts',
  },
  {
    id: 'SEC-119',
    file: 'tokens/refresh-token.ts',
    before: "rotationType === 'non-rotating' || ",
    after: '',
    test: 'packages/server/src/oauth/grants/reuse-comes-first.test.ts',
  },
  {
    id: 'SEC-053',
    file: 'oauth/grants/authorization-code.ts',
    before: 'isPublic(client) && !fitsChallenge(',
    after: '!fitsChallenge(',
    test: 'packages/server/src/oauth/grants/reuse-comes-first.test.ts',
  },
]
