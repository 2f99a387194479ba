import { appAssociationEndpoints } from '#clients/app-association.endpoint.ts'
import type { Endpoint } from '#http/endpoint.ts'
import { askAgain } from '#login/again.endpoint.ts'
import { accountEndpoints, confirmEndpoints } from '#login/confirm.endpoint.ts'
import { chooseConnection } from '#login/connection.endpoint.ts'
import { showConsent, submitConsent } from '#login/consent.endpoint.ts'
import { showLogin, submitLogin } from '#login/login.endpoint.ts'
import { loginCallbackEndpoints } from '#login/login-callback.endpoint.ts'
import { mobileEndpoints } from '#login/mobile.endpoint.ts'
import { welcomeEndpoint } from '#login/welcome.endpoint.ts'
import { authorizeEndpoint } from '#oauth/authorize/authorize.endpoint.ts'
import { discoveryEndpoints } from '#oauth/discovery.endpoint.ts'
import { jwksEndpoint } from '#oauth/jwks.endpoint.ts'
import { oidcLogoutEndpoint } from '#oauth/logout/oidc-logout.endpoint.ts'
import { v2LogoutEndpoint } from '#oauth/logout/v2-logout.endpoint.ts'
import { revokeEndpoint } from '#oauth/revoke.endpoint.ts'
import { tokenEndpoint } from '#oauth/token.endpoint.ts'
import { userinfoEndpoint } from '#oauth/userinfo.endpoint.ts'
import { avatarEndpoint } from '#users/avatar.endpoint.ts'

/** Every URL we answer. `/healthz` and `/readyz`, which belong to no tenant, are in `http/health.ts`. */
export const routes: readonly Endpoint[] = [
  welcomeEndpoint,
  authorizeEndpoint,
  tokenEndpoint,
  userinfoEndpoint,
  revokeEndpoint,
  jwksEndpoint,
  ...discoveryEndpoints,
  v2LogoutEndpoint,
  oidcLogoutEndpoint,
  showLogin,
  submitLogin,
  chooseConnection,
  ...loginCallbackEndpoints,
  showConsent,
  submitConsent,
  ...confirmEndpoints,
  ...accountEndpoints,
  askAgain,
  ...mobileEndpoints,
  ...appAssociationEndpoints,
  avatarEndpoint,
]
