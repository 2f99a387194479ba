import { randomBytes } from 'node:crypto'
import type { Interaction } from '#login/interaction.ts'
import type { AuthorizationCode } from '#tokens/authorization-code.ts'
import type { OpaqueAccessToken, RefreshFamily } from '#tokens/refresh-family.ts'
import type { Session } from '#users/session.ts'
import { sample } from './builders.ts'

/** When everything below was made. */
export const noon = Date.UTC(2026, 5, 1, 12)
export const minute = 60_000
export const hour = 60 * minute
export const day = 24 * hour

export const unique = (): string => randomBytes(12).toString('base64url')

export const aSession = (over: Partial<Session> = {}): Session => ({
  sid: unique(),
  userId: sample.userId,
  connection: sample.connection,
  authenticatedAt: noon,
  amr: ['pwd'],
  activeAt: noon,
  idleExpiresAt: noon + hour,
  expiresAt: noon + day,
  ...over,
})

export const aCode = (over: Partial<AuthorizationCode> = {}): AuthorizationCode => ({
  codeDigest: unique(),
  grantId: unique(),
  clientId: sample.clientId,
  userId: sample.userId,
  sid: 'a-session',
  redirectUri: sample.customScheme,
  redirectUriSent: true,
  codeChallenge: sample.challenge,
  scope: ['openid', 'profile'],
  scopeReduced: false,
  authenticatedAt: noon,
  createdAt: noon,
  expiresAt: noon + minute,
  ...over,
})

export const aFamily = (over: Partial<RefreshFamily> = {}): RefreshFamily => ({
  familyId: unique(),
  grantId: unique(),
  clientId: sample.clientId,
  userId: sample.userId,
  sid: 'a-session',
  scope: ['openid', 'offline_access'],
  audience: sample.audience,
  authenticatedAt: noon,
  generation: 0,
  currentDigest: unique(),
  createdAt: noon,
  expiresAt: noon + 30 * day,
  idleExpiresAt: noon + 15 * day,
  ...over,
})

export const anOpaqueToken = (over: Partial<OpaqueAccessToken> = {}): OpaqueAccessToken => ({
  tokenDigest: unique(),
  grantId: unique(),
  clientId: sample.clientId,
  userId: sample.userId,
  scope: ['openid', 'profile'],
  expiresAt: noon + day,
  ...over,
})

export const anInteraction = (over: Partial<Interaction> = {}): Interaction => ({
  idDigest: unique(),
  version: 0,
  browserDigest: unique(),
  request: {
    returnAddress: {
      clientId: sample.clientId,
      redirectUri: sample.customScheme,
      redirectUriSent: true,
      responseMode: 'query',
    },
    scope: ['openid'],
    scopeReduced: false,
    prompt: [],
  },
  createdAt: noon,
  expiresAt: noon + hour,
  ...over,
})
