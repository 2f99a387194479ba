export { type AuthorizationRequest, authorizationUrl, type LoginHints } from './authorization-url.ts'
export { type CallbackParameters, checkCallback, parseCallback } from './callback.ts'
export { codeChallengeOf, createCodeVerifier } from './code-verifier.ts'
export { type Browser, type Environment, memoryStorage, type Storage } from './environment.ts'
export {
  AuthorizationError,
  CallbackError,
  IdTokenError,
  KeywrightError,
  LoginRequiredError,
  NetworkError,
  TokenError,
} from './errors.ts'
export { type IdTokenClaims, type IdTokenExpectations, verifyIdToken } from './id-token.ts'
export { issuerOf } from './issuer.ts'
export { type KeySource, remoteKeys } from './jwks.ts'
export { KeywrightClient } from './keywright-client.ts'
export type { KeywrightClientOptions, LoginOptions, LoginResult } from './login-options.ts'
export { type LogoutOptions, logoutUrl } from './logout-url.ts'
export type { SigningAlgorithm } from './signature.ts'
export { exchangeCode, fetchUser, refreshTokens, revokeToken, type TokenResponse } from './token-request.ts'
export type { Tokens } from './token-store.ts'
