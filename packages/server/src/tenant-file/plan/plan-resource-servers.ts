import type { Client } from '#clients/client.ts'
import type { ClientGrant } from '#clients/client-grant.ts'
import type { ResourceServer } from '#clients/resource-server.ts'
import { randomAlphanumeric, randomHex } from '#crypto/random-id.ts'
import { didYouMean } from '#nearest-name.ts'
import type { ClientGrantEntry, ResourceServerEntry } from '../schema/resource-server-schema.ts'
import type { Entry } from '../tenant-file.ts'
import { mentioned, type Planning, refuseTwice, type Step, stepOf } from './planning.ts'

export function planResourceServers(
  entries: readonly Entry<ResourceServerEntry>[],
  planning: Planning,
): Step<ResourceServer>[] {
  refuseTwice(entries, (wanted) => wanted.identifier, 'the API', planning.problems)
  return entries.map((entry) => {
    const { wanted } = entry
    const before = planning.state.resourceServers.find(({ identifier }) => identifier === wanted.identifier)
    const base = before ?? newResourceServer(randomHex(planning.random, 12), wanted.identifier)
    const { user, client } = wanted.subject_type_authorization ?? {}
    const value: ResourceServer = {
      ...base,
      ...fieldsOf(wanted),
      subjectTypeAuthorization: { ...base.subjectTypeAuthorization, ...mentioned({ user, client }) },
    }
    if (value.tokenDialect.endsWith('_authz') && !value.enforcePolicies) {
      const what = `token_dialect is "${value.tokenDialect}": it needs enforce_policies: true`
      planning.problems.push(`${entry.at('token_dialect')}: ${what}`)
    }
    return stepOf(`api ${value.name}`, before, value)
  })
}

/** Auth0's defaults. */
const newResourceServer = (id: string, identifier: string): ResourceServer => ({
  id,
  identifier,
  name: identifier,
  scopes: [],
  signingAlg: 'RS256',
  allowOfflineAccess: false,
  tokenLifetime: 86_400,
  tokenDialect: 'access_token',
  enforcePolicies: false,
  skipConsentForVerifiableFirstPartyClients: false,
  subjectTypeAuthorization: { user: { policy: 'allow_all' }, client: { policy: 'require_client_grant' } },
})

const fieldsOf = (wanted: ResourceServerEntry) =>
  mentioned<Partial<ResourceServer>>({
    name: wanted.name,
    scopes: wanted.scopes?.map(({ value, description }) => ({ value, ...mentioned({ description }) })),
    signingAlg: wanted.signing_alg,
    allowOfflineAccess: wanted.allow_offline_access,
    tokenLifetime: wanted.token_lifetime,
    tokenDialect: wanted.token_dialect,
    enforcePolicies: wanted.enforce_policies,
    skipConsentForVerifiableFirstPartyClients: wanted.skip_consent_for_verifiable_first_party_clients,
  })

/** @param clients the tenant's clients and @param apis its APIs, as they will be */
export function planClientGrants(
  entries: readonly Entry<ClientGrantEntry>[],
  clients: readonly Client[],
  apis: readonly ResourceServer[],
  planning: Planning,
): Step<ClientGrant>[] {
  const steps = entries.flatMap((entry) => {
    const { client_id: reference, audience } = entry.wanted
    const { skipped, problems, notes, state, random } = planning
    if (
      skipped.clients.includes(reference) ||
      skipped.audiences.includes(audience) ||
      isManagementApi(audience, apis)
    ) {
      notes.push(`${entry.at()}: not applied yet: the client grant of ${reference} to ${audience}`)
      return []
    }
    const client = findClient(reference, clients)
    if (!client)
      problems.push(
        `${entry.at('client_id')}: client_id is ${JSON.stringify(reference)}: no client has this id or name${didYouMean(
          reference,
          clients.map(({ name }) => name),
        )}`,
      )
    const api = apis.find(({ identifier }) => identifier === audience)
    if (!api)
      problems.push(
        `${entry.at('audience')}: audience is ${JSON.stringify(audience)}: no API has this identifier${didYouMean(
          audience,
          apis.map(({ identifier }) => identifier),
        )}`,
      )
    if (!client || !api) return []
    const scope = knownScope(entry, api, notes)
    const before = state.clientGrants.find((grant) => grant.clientId === client.clientId && grant.audience === audience)
    const base = before ?? {
      id: `cgr_${randomAlphanumeric(random, 16)}`,
      clientId: client.clientId,
      audience,
      scope: [],
    }
    return {
      entry,
      step: stepOf(`client grant ${client.name} → ${api.name}`, before, { ...base, ...mentioned({ scope }) }),
    }
  })
  const resolved = steps.map(({ entry, step }) => ({ wanted: step.value, at: entry.at }))
  refuseTwice(resolved, ({ clientId, audience }) => `${clientId} → ${audience}`, 'the client grant', planning.problems)
  return steps.map(({ step }) => step)
}

/** Exports name clients, and ids are as good. */
export const findClient = (reference: string, clients: readonly Client[]): Client | undefined =>
  clients.find(({ clientId }) => clientId === reference) ?? clients.find(({ name }) => name === reference)

const isManagementApi = (audience: string, apis: readonly ResourceServer[]) =>
  audience.endsWith('/api/v2/') && !apis.some(({ identifier }) => identifier === audience)

/** Auth0 leaves a scope in its grants when the API drops it; it gives nobody anything. */
function knownScope({ wanted, at }: Entry<ClientGrantEntry>, api: ResourceServer, notes: string[]) {
  const known = api.scopes.map(({ value }) => value)
  return wanted.scope?.filter((scope, index) => {
    if (known.includes(scope)) return true
    const what = `scope has "${scope}": ${api.name} has no such scope${didYouMean(scope, known)}`
    notes.push(`${at('scope', index)}: ${what}: left out`)
    return false
  })
}
