import type { NamedBreak } from '../named.ts'

export const signIn: readonly NamedBreak[] = [
  {
    id: 'SEC-190',
    file: 'connections/database/verify-password.ts',
    before: ': passwords.verifyNothing(password, tenant.id)',
    after: ': Promise.resolve(undefined)',
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
    id: 'SEC-227',
    file: 'login/upstream-return.ts',
    before: 'if (http.path !== new URL(redirectUri).pathname)',
    after: 'if (false)',
    test: 'e2e/identity-provider/mix-up.test.ts',
  },
  {
    id: 'SEC-227',
    file: 'connections/oidc.ts',
    before: 'metadata.issInResponse || sharesRedirectUri',
    after: 'metadata.issInResponse',
    test: 'e2e/identity-provider/mix-up.test.ts',
  },
  {
    id: 'SEC-227',
    file: 'login/upstream-return.ts',
    before: '(upstream.connectionId ?? connection.id) !== connection.id',
    after: 'false',
    test: 'e2e/identity-provider/mix-up.test.ts',
  },
  {
    id: 'SEC-227',
    file: 'login/login-callback.endpoint.ts',
    before: 'await saveInteraction({ ...open.interaction, upstream: undefined }, ctx)',
    after: 'open.interaction',
    test: 'e2e/identity-provider/refused-answers.test.ts',
  },
  {
    id: 'SEC-227',
    file: 'login/upstream-return.ts',
    before: ' || !equalInConstantTime(digest(browser), interaction.browserDigest)',
    after: '',
    test: 'e2e/identity-provider/refused-answers.test.ts',
  },
  {
    id: 'SEC-227',
    file: 'login/upstream.ts',
    before: 'nonce: randomToken(ctx.random)',
    after: "nonce: 'n'.repeat(43)",
    test: 'e2e/identity-provider/round-trip.test.ts',
  },
  {
    id: 'SEC-227',
    file: 'login/upstream.ts',
    before: 'codeVerifier: randomToken(ctx.random)',
    after: "codeVerifier: 'v'.repeat(43)",
    test: 'e2e/identity-provider/round-trip.test.ts',
  },
  {
    id: 'SEC-045',
    file: 'oauth/grants/authorization-code.ts',
    before: `    if (!findRegisteredRedirectUri(code.redirectUri, { ...client, strict }))
      throw invalidGrant('The redirect URI is wrong.')
`,
    after: '',
    test: 'packages/server/src/oauth/grants/authorization-code.test.ts',
  },
  {
    id: 'SEC-045',
    file: 'oauth/grants/authorization-code.ts',
    before: '{ ...client, strict }',
    after: 'client',
    test: 'packages/server/src/oauth/grants/authorization-code.test.ts',
  },
  {
    id: 'SEC-045',
    file: 'oauth/authorize/return-address.ts',
    before: '!findRegisteredRedirectUri(params.redirect_uri, { ...client, strict })',
    after: '!findRegisteredRedirectUri(params.redirect_uri, client)',
    test: 'packages/server/src/oauth/grants/authorization-code.test.ts',
  },
  {
    id: 'SEC-013',
    file: 'oauth/authorize/next-step.ts',
    before: "if (request.prompt.includes('login')) return true",
    after: '',
    test: 'e2e/security/sign-in-walk.test.ts',
  },
  {
    id: 'SEC-013',
    file: 'login/again.endpoint.ts',
    before: 'resume(interaction.request, session, {}, ctx)',
    after: 'resume({ ...interaction.request, prompt: [], maxAge: undefined }, session, {}, ctx)',
    test: 'packages/server/src/login/again.test.ts',
  },
  {
    id: 'SEC-014',
    file: 'oauth/authorize/next-step.ts',
    before: 'if (request.subjectHint !== undefined',
    after: 'if (progress.authenticated?.sid === session.sid) return false; if (request.subjectHint !== undefined',
    test: 'packages/server/src/login/again.test.ts',
  },
  {
    id: 'SEC-014',
    file: 'login/again.endpoint.ts',
    before: 'resume(interaction.request, session, {}, ctx)',
    after: 'resume({ ...interaction.request, subjectHint: undefined }, session, {}, ctx)',
    test: 'packages/server/src/login/again.test.ts',
  },
  {
    id: 'SEC-038',
    file: 'oauth/authorize/next-step.ts',
    before: 'if (!agreed && mustConfirm(request, facts))',
    after: "if (!agreed && request.returnAddress.responseMode === 'query' && mustConfirm(request, facts))",
    test: 'packages/server/src/login/silent-provider.test.ts',
  },
  {
    id: 'SEC-038',
    file: 'login/finish-login.ts',
    before: 'proof.onOurPage ? { sid, chosen: true } : undefined',
    after: '{ sid, chosen: true }',
    test: 'packages/server/src/login/silent-provider.test.ts',
  },
  {
    id: 'SEC-045',
    file: 'oauth/authorize/authorize.ts',
    before: '  await stillTheClients(returnAddress, ctx)\n  return refuse',
    after: '  return refuse',
    test: 'packages/server/src/login/give-up.test.ts',
  },
  {
    id: 'SEC-091',
    file: 'oauth/authorize/next-step.ts',
    before: 'if (!session || facts.barred ||',
    after: 'if (!session ||',
    test: 'packages/server/src/oauth/may-use-client.test.ts',
  },
  {
    id: 'SEC-163',
    file: 'login/finish-login.ts',
    before: 'proof.onOurPage ? { sid, chosen: true } : undefined',
    after: 'proof.onOurPage ? { ...open.interaction.agreed, sid, chosen: true } : undefined',
    test: 'packages/server/src/login/page-orders.test.ts',
  },
  {
    id: 'SEC-013',
    file: 'oauth/authorize/next-step.ts',
    before: `  if (request.maxAge === undefined) return false
`,
    after: `  return false
`,
    test: 'e2e/security/sign-in-walk.test.ts',
  },
  {
    id: 'SEC-013',
    file: 'oauth/authorize/next-step.ts',
    before: `  if (progress.authenticated?.sid === session.sid) return false
`,
    after: `  if (progress.authenticated) return false
`,
    test: 'packages/server/src/oauth/authorize/next-step.test.ts',
  },
  {
    id: 'SEC-013',
    file: 'login/finish-login.ts',
    before: 'Math.floor(Math.max(0, Math.min(now, proof.authenticatedAt ?? now)))',
    after: 'now',
    test: 'packages/server/src/login/auth-time.test.ts',
  },
  {
    id: 'SEC-014',
    file: 'oauth/authorize/next-step.ts',
    before: `  if (request.subjectHint !== undefined && request.subjectHint !== session.userId) return true
`,
    after: '',
    test: 'e2e/security/sign-in-walk.test.ts',
  },
  {
    id: 'SEC-014',
    file: 'oauth/authorize/next-step.ts',
    before: `  if (request.subjectHint !== undefined && request.subjectHint !== session.userId) return true
`,
    after: '',
    test: 'packages/server/src/login/again.test.ts',
  },
  {
    id: 'SEC-045',
    file: 'oauth/authorize/authorize.ts',
    before: `  await stillTheClients(returnAddress, ctx)
  return refuse`,
    after: '  return refuse',
    test: 'packages/server/src/login/give-up.test.ts',
  },
  {
    id: 'SEC-045',
    file: 'oauth/authorize/authorize.ts',
    before: `  if (resolved.redirectUri !== redirectUri) throw invalidRequest('Missing required parameter: redirect_uri')
`,
    after: '',
    test: 'packages/server/src/login/give-up.test.ts',
  },
  {
    id: 'SEC-045',
    file: 'oauth/authorize/authorize.ts',
    before: `  const resolved = await resolveReturnAddress(params, client, ctx)
  if (resolved.redirectUri !== redirectUri)`,
    after: '  if (params === undefined)',
    test: 'packages/server/src/login/give-up.test.ts',
  },
  {
    id: 'SEC-163',
    file: 'oauth/authorize/next-step.ts',
    before: 'progress.agreed?.sid === session.sid ? progress.agreed : undefined',
    after: 'progress.agreed',
    test: 'packages/server/src/oauth/authorize/next-step.test.ts',
  },
  {
    id: 'SEC-009',
    file: 'oauth/authorize/authorize.endpoint.ts',
    before: 'return start(await authorize(parameters, session, ctx), http, ctx)',
    after:
      "return start(await authorize(http.query.values.size > 0 ? parameters : { ...parameters, values: new Map([...parameters.values].filter(([name]) => name !== 'code_challenge_method')) }, session, ctx), http, ctx)",
    test: 'packages/server/src/oauth/authorize/authorize-errors.test.ts',
  },
  {
    id: 'SEC-009',
    file: 'oauth/authorize/authorize.endpoint.ts',
    before: 'const parameters = merged(http.query, http.body)',
    after: 'const parameters = http.query',
    test: 'packages/server/src/oauth/authorize/authorize-errors.test.ts',
  },
  {
    id: 'SEC-014',
    file: 'tokens/id-token-hint.ts',
    before: `    if (aud === client.clientId) return sub
`,
    after: `    return sub
`,
    test: 'packages/server/src/tokens/id-token-hint.test.ts',
  },
  {
    id: 'SEC-014',
    file: 'tokens/id-token-hint.ts',
    before: `    issuer: ctx.tenant.issuer,
`,
    after: `    issuer: ['https://other.example/', ctx.tenant.issuer],
`,
    test: 'packages/server/src/tokens/id-token-hint.test.ts',
  },
  {
    id: 'SEC-014',
    file: 'tokens/id-token-hint.ts',
    before: " || 'scope' in payload || 'jti' in payload",
    after: '',
    test: 'packages/server/src/tokens/id-token-hint.test.ts',
  },
  {
    id: 'SEC-156',
    file: 'login/current-session.ts',
    before: 'silently && !cookies.has(names.session)',
    after: '!cookies.has(names.session)',
    test: 'e2e/browser/foreign-sites.test.ts',
  },
  {
    id: 'SEC-156',
    file: 'oauth/authorize/authorize.endpoint.ts',
    before: 'currentSession(http, ctx, silently)',
    after: 'currentSession(http, ctx, true)',
    test: 'e2e/browser/foreign-sites.test.ts',
  },
  {
    id: 'SEC-156',
    file: 'login/current-session.ts',
    before: 'findByCookie(kind, digest(value), ctx.now())',
    after:
      "findByCookie('silent', digest(value), ctx.now()).then(async (found) => found ?? ctx.store.sessions.findByCookie(kind, digest(value), ctx.now()))",
    test: 'e2e/browser/foreign-sites.test.ts',
  },
]
