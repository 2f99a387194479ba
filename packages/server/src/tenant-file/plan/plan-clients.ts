import { type Client, isPublic, type RefreshTokenSettings } from '#clients/client.ts'
import { whyTooWeak } from '#clients/client-secret.ts'
import { randomAlphanumeric, randomToken } from '#crypto/random-id.ts'
import type { ClientEntry } from '../schema/client-schema.ts'
import type { Entry } from '../tenant-file.ts'
import { defaultRefreshToken, newClient } from './client-defaults.ts'
import { withUsableUrls } from './plan-urls.ts'
import { mentioned, type Planning, refuseTwice, type Step, stepOf } from './planning.ts'

export interface ClientStep extends Step<Client> {
  /** To be stored; undefined leaves the stored one. */
  secret?: string
  /** We made the secret up, so it must be shown, once. */
  generated: boolean
}

const howToMakeOne = 'Leave it out, and one is made; or make one with: openssl rand -base64 48'

/** A client is found again by its id if the file gives one, else by its name. */
export function planClients(entries: readonly Entry<ClientEntry>[], planning: Planning): ClientStep[] {
  refuseTwice(entries, (wanted) => wanted.client_id, 'the client', planning.problems)
  return firstOfName(entries, planning).map((entry) => planClient(entry, planning))
}

/** Auth0 lets clients share a name, and exports them without their ids: the later ones could not be found again. */
function firstOfName(entries: readonly Entry<ClientEntry>[], { notes }: Planning): Entry<ClientEntry>[] {
  const first = new Map<string, Entry<ClientEntry>>()
  return entries.filter((entry) => {
    const { client_id: id, name } = entry.wanted
    const earlier = id === undefined ? first.get(name) : undefined
    if (!earlier) {
      first.set(id ?? name, entry)
      return true
    }
    const what = `the client ${JSON.stringify(name)} is described twice; first at ${earlier.at()}`
    notes.push(`${entry.at('name')}: ${what}: left out; with a client_id it could be told apart`)
    return false
  })
}

function planClient(entry: Entry<ClientEntry>, planning: Planning): ClientStep {
  const { wanted } = entry
  const before = findClient(entry, planning)
  const appType = wanted.app_type ?? before?.appType ?? 'regular_web'
  const clientId = wanted.client_id ?? before?.clientId ?? randomAlphanumeric(planning.random, 32)
  const base = before ?? newClient(clientId, wanted.name, appType)
  const client = withUsableUrls(entry, planning, {
    ...base,
    ...fieldsOf(wanted),
    appType,
    jwtConfiguration: { ...base.jwtConfiguration, ...jwtConfigurationOf(wanted) },
    refreshToken: refreshTokenOf(entry, base, appType, planning),
  })
  if (isPublic(client) && wanted.require_pkce === false) {
    planning.problems.push(
      `${entry.at('require_pkce')}: require_pkce is false: a client without a secret always needs PKCE`,
    )
  }
  const step = stepOf(`client ${client.name}`, before, client)
  return withSecret(step, entry, planning)
}

function findClient({ wanted, at }: Entry<ClientEntry>, { state, problems }: Planning): Client | undefined {
  if (wanted.client_id !== undefined) return state.clients.find(({ clientId }) => clientId === wanted.client_id)
  const found = state.clients.filter(({ name }) => name === wanted.name)
  if (found.length > 1)
    problems.push(`${at('name')}: ${found.length} clients have the name ${wanted.name}; add client_id`)
  return found[0]
}

function fieldsOf(wanted: ClientEntry): Partial<Client> {
  const { ios, android } = wanted.mobile ?? {}
  return mentioned<Partial<Client>>({
    name: wanted.name,
    description: wanted.description,
    logoUri: wanted.logo_uri,
    isFirstParty: wanted.is_first_party,
    tokenEndpointAuthMethod: wanted.token_endpoint_auth_method,
    callbacks: wanted.callbacks,
    allowedLogoutUrls: wanted.allowed_logout_urls,
    webOrigins: wanted.web_origins,
    allowedOrigins: wanted.allowed_origins,
    grantTypes: wanted.grant_types,
    mobile: wanted.mobile && {
      ...(ios && { ios: { teamId: ios.team_id, appBundleIdentifier: ios.app_bundle_identifier } }),
      ...(android && {
        android: {
          appPackageName: android.app_package_name,
          sha256CertFingerprints: android.sha256_cert_fingerprints.map((fingerprint) => fingerprint.toUpperCase()),
        },
      }),
    },
    skipNonVerifiableCallbackUriConfirmationPrompt:
      wanted.skip_non_verifiable_callback_uri_confirmation_prompt ?? undefined,
    organizationUsage: wanted.organization_usage,
    requirePkce: wanted.require_pkce,
    standardClaims: wanted.standard_claims,
    initiateLoginUri: wanted.initiate_login_uri,
    clientMetadata: wanted.client_metadata,
  })
}

const jwtConfigurationOf = ({ jwt_configuration: jwt = {} }: ClientEntry) =>
  mentioned({ lifetimeInSeconds: jwt.lifetime_in_seconds, alg: jwt.alg })

function refreshTokenOf(
  entry: Entry<ClientEntry>,
  base: Client,
  appType: Client['appType'],
  planning: Planning,
): RefreshTokenSettings {
  const wanted = entry.wanted.refresh_token ?? {}
  const rotationType = wanted.rotation_type ?? base.refreshToken.rotationType
  const start =
    rotationType === base.refreshToken.rotationType ? base.refreshToken : defaultRefreshToken(appType, rotationType)
  const settings: RefreshTokenSettings = {
    ...start,
    // Who says that it expires has not said that it lasts for ever.
    ...(wanted.expiration_type === 'expiring' &&
      start.expirationType !== 'expiring' && { infiniteTokenLifetime: false, infiniteIdleTokenLifetime: false }),
    ...mentioned<Partial<RefreshTokenSettings>>({
      expirationType: wanted.expiration_type,
      leeway: wanted.leeway,
      tokenLifetime: wanted.token_lifetime,
      infiniteTokenLifetime: wanted.infinite_token_lifetime,
      idleTokenLifetime: wanted.idle_token_lifetime,
      infiniteIdleTokenLifetime: wanted.infinite_idle_token_lifetime,
    }),
  }
  if (rotationType === 'rotating' && settings.expirationType !== 'expiring') {
    planning.problems.push(
      `${entry.at('refresh_token')}: refresh_token.expiration_type is "non-expiring": rotating tokens must be "expiring"`,
    )
  }
  return settings
}

function withSecret(
  step: Step<Client>,
  entry: Entry<ClientEntry>,
  { random, isSecretOf, problems }: Planning,
): ClientStep {
  const given = entry.wanted.client_secret
  const { secretDigests } = step.value
  const weakness = given === undefined ? undefined : whyTooWeak(given)
  if (weakness !== undefined)
    problems.push(`${entry.at('client_secret')}: client_secret of ${step.value.name} ${weakness}. ${howToMakeOne}`)
  if (given !== undefined && !isSecretOf(step.value, given)) return changed(step, given, false)
  if (given === undefined && !isPublic(step.value) && secretDigests.length === 0) {
    return changed(step, randomToken(random, 48), true)
  }
  return { ...step, generated: false }
}

function changed(step: Step<Client>, secret: string, generated: boolean): ClientStep {
  if (step.verb === 'create') return { ...step, secret, generated }
  return { ...step, verb: 'update', differences: [...step.differences, 'clientSecret (changed)'], secret, generated }
}
