import type { Client, RefreshTokenSettings } from '#clients/client.ts'
import type { AppType } from '#clients/registered-url.ts'

const day = 86_400
const isOnDevice = (appType: AppType) => appType === 'native' || appType === 'spa'

/**
 * A client as it is made when nothing but its name and type is said. Auth0: also allows `implicit`, and for confidential
 * clients `client_credentials`; here whoever wants them lists them.
 */
export function newClient(clientId: string, name: string, appType: AppType): Client {
  return {
    clientId,
    name,
    appType,
    isFirstParty: true,
    tokenEndpointAuthMethod: isOnDevice(appType) ? 'none' : 'client_secret_post',
    secretDigests: [],
    callbacks: [],
    allowedLogoutUrls: [],
    webOrigins: [],
    allowedOrigins: [],
    grantTypes: appType === 'non_interactive' ? ['client_credentials'] : ['authorization_code', 'refresh_token'],
    jwtConfiguration: { lifetimeInSeconds: 36_000, alg: 'RS256' },
    refreshToken: defaultRefreshToken(appType, isOnDevice(appType) ? 'rotating' : 'non-rotating'),
    // Auth0: its own clients with a secret send no challenge, and RFC 9700 §2.1.1 only recommends one. Public clients always need it.
    requirePkce: false,
    standardClaims: false,
    clientMetadata: {},
  }
}

/**
 * Tokens on a device rotate, because nothing else shows that one was copied (RFC 9700 §4.14.2). Five seconds of leeway
 * let a phone that lost an answer ask again; who writes 0 means it. The others are Auth0's.
 */
export function defaultRefreshToken(
  appType: AppType,
  rotationType: RefreshTokenSettings['rotationType'],
): RefreshTokenSettings {
  const rotating = rotationType === 'rotating'
  const lasting = rotating || isOnDevice(appType) ? [30 * day, 15 * day] : [31_557_600, 30 * day]
  return {
    rotationType,
    expirationType: rotating ? 'expiring' : 'non-expiring',
    leeway: rotating ? 5 : 0,
    tokenLifetime: lasting[0] ?? 0,
    infiniteTokenLifetime: !rotating,
    idleTokenLifetime: lasting[1] ?? 0,
    infiniteIdleTokenLifetime: !rotating,
  }
}
