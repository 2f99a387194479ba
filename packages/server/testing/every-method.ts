import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { StorageConflict } from '#storage/database.ts'
import type { Store } from '#storage/store.ts'
import type { SigningKey } from '#tokens/signing-key.ts'
import { aClient, aConnection, anApi, aUser, sample } from './builders.ts'
import { aCode, aFamily, anInteraction, anOpaqueToken, aSession, minute, noon } from './issued.ts'

const pem = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString()

/** Ids and digests are the same wherever this is used: only the tenant tells one from the other. */
export function everything() {
  const upstream = {
    stateDigest: 'upstream',
    connection: 'idp',
    nonce: 'n',
    codeVerifier: 'v',
    ownState: 's',
    startedAt: noon,
  }
  const user = aUser({ username: 'ada' })
  return {
    client: aClient(),
    api: anApi(),
    grant: { id: 'cgr', clientId: sample.clientId, audience: sample.audience, scope: [] },
    connection: aConnection(),
    key: { kid: 'kid', algorithm: 'ES256', status: 'current', publicJwk: {}, createdAt: noon } as unknown as SigningKey,
    nextKey: {
      kid: 'next',
      algorithm: 'ES256',
      status: 'next',
      publicJwk: {},
      createdAt: noon,
    } as unknown as SigningKey,
    user,
    session: aSession({ sid: 'sid' }),
    cookies: { main: 'main', silent: 'silent' },
    consent: { userId: user.userId, clientId: sample.clientId, audience: '', scope: ['profile'] },
    interaction: anInteraction({ idDigest: 'interaction', upstream }),
    code: aCode({ codeDigest: 'code', grantId: 'grant' }),
    spent: aCode({ codeDigest: 'spent', grantId: 'grant' }),
    family: aFamily({ familyId: 'family', currentDigest: 'current', grantId: 'grant' }),
    token: anOpaqueToken({ tokenDigest: 'token', grantId: 'grant' }),
    event: { logId: 'log', date: noon, type: 's' },
  }
}
export type Everything = ReturnType<typeof everything>

/** Everything that a tenant can hold. */
export async function fill(store: Store, it: Everything) {
  await store.clients.save(it.client, 'secret')
  await store.resourceServers.save(it.api)
  await store.clientGrants.save(it.grant)
  await store.connections.save(it.connection)
  await store.signingKeys.add(it.key, pem)
  await store.signingKeys.add(it.nextKey, pem)
  await store.users.create(it.user, 'hash')
  await store.sessions.open(it.session, it.cookies)
  await store.consents.add(it.consent, noon)
  await store.interactions.create(it.interaction)
  await store.codes.create(it.code)
  await store.codes.create(it.spent)
  await store.codes.redeem(it.spent.codeDigest, { family: it.family, accessToken: it.token }, noon)
  await store.attempts.count('key', noon, minute)
  store.logs.append(it.event)
  await store.logs.flush()
}

export type Calls = {
  [Room in keyof Store]: Store[Room] extends (...args: never) => unknown ? unknown : Record<keyof Store[Room], unknown>
}

/** What another tenant gets that asks for all of it: every method, with what it resolves to. */
export async function askForAll(store: Store, it: Everything): Promise<Calls> {
  const { userId } = it.user
  const refused = async (promise: Promise<unknown>) => {
    await assert.rejects(promise, StorageConflict)
    return 'refused'
  }
  return {
    clients: {
      find: await store.clients.find(it.client.clientId),
      list: await store.clients.list({ limit: 10 }),
      listsOrigin: await store.clients.listsOrigin('https://app.example'),
      listApps: await store.clients.listApps(),
      readSecret: await store.clients.readSecret(it.client.clientId),
      delete: await store.clients.delete(it.client.clientId),
      save: undefined, // below, for all that creates
    },
    resourceServers: {
      findByIdentifier: await store.resourceServers.findByIdentifier(it.api.identifier),
      list: await store.resourceServers.list(),
      delete: await store.resourceServers.delete(it.api.id),
      save: undefined,
    },
    clientGrants: {
      find: await store.clientGrants.find(it.client.clientId, it.api.identifier),
      list: await store.clientGrants.list(),
      delete: await store.clientGrants.delete(it.grant.id),
      save: await refused(store.clientGrants.save(it.grant)),
    },
    connections: {
      findByName: await store.connections.findByName(it.connection.name),
      list: await store.connections.list(),
      listFor: await store.connections.listFor(it.client.clientId),
      delete: await store.connections.delete(it.connection.id),
      save: undefined,
    },
    signingKeys: {
      list: await store.signingKeys.list(),
      rotate: await store.signingKeys.rotate(it.key.kid, { ...it.nextKey, kid: 'new' }, pem, noon),
      revoke: await store.signingKeys.revoke(it.key.kid, noon),
      replaceAll: await store.signingKeys.replaceAll([{ key: it.nextKey, privateKeyPem: pem }], noon),
      add: undefined,
    },
    users: {
      find: await store.users.find(userId),
      findByIdentifier: await store.users.findByIdentifier(it.user.connection, 'ada'),
      findByIdentity: await store.users.findByIdentity(it.user.connection, userId.slice(6)),
      list: await store.users.list({ limit: 10 }),
      update: await store.users.update({ ...it.user, blocked: true }),
      delete: await store.users.delete(userId),
      findPasswordHash: await store.users.findPasswordHash(userId),
      setPasswordHash: await store.users.setPasswordHash(userId, 'other', { samePassword: false, now: noon }),
      findMarkedPassword: await store.users.findMarkedPassword(userId),
      markPassword: await store.users.markPassword(userId, 'a hash', 'a mark'),
      create: undefined,
    },
    sessions: {
      findByCookie: await store.sessions.findByCookie('main', 'main', noon),
      find: await store.sessions.find('sid'),
      listForUser: await store.sessions.listForUser(userId),
      touch: await store.sessions.touch('sid', noon + 1, noon + 2),
      end: await store.sessions.end('sid'),
      endForUser: await store.sessions.endForUser(userId),
      open: await refused(store.sessions.open(it.session, it.cookies, 'sid')),
    },
    consents: {
      find: await store.consents.find(userId, it.client.clientId, ''),
      revoke: await store.consents.revoke(userId, it.client.clientId, ''),
      add: await refused(store.consents.add(it.consent, noon)),
    },
    interactions: {
      find: await store.interactions.find('interaction', noon),
      findByUpstreamState: await store.interactions.findByUpstreamState('upstream', noon),
      update: await store.interactions.update(it.interaction),
      create: undefined,
    },
    codes: {
      find: await store.codes.find('code'),
      redeem: await store.codes.redeem('code', { family: aFamily() }, noon),
      create: await refused(store.codes.create(it.code)),
    },
    refreshFamilies: {
      find: await store.refreshFamilies.find('family'),
      rotate: await store.refreshFamilies.rotate(it.family, { digest: 'stolen' }, noon, anOpaqueToken()),
      use: await store.refreshFamilies.use(it.family, noon, noon, anOpaqueToken()),
      revoke: await store.refreshFamilies.revoke('family', noon),
      listForUser: await store.refreshFamilies.listForUser(userId),
    },
    accessTokens: {
      findWithUser: await store.accessTokens.findWithUser('token', noon),
      findUserUnlessRevoked: await store.accessTokens.findUserUnlessRevoked(userId, { grantId: 'grant', tokenId: 'x' }),
      revoke: await store.accessTokens.revoke('token', it.client.clientId),
      revokeById: await store.accessTokens.revokeById('x', noon),
    },
    revokeGrant: await store.revokeGrant('grant', noon),
    attempts: {
      read: await store.attempts.read('key', noon),
      takeBack: await store.attempts.takeBack(['key'], 'key'),
      clear: await store.attempts.clear('key'),
      count: (await store.attempts.count('key', noon, minute)) - 1,
      countAll: (await store.attempts.countAll([{ key: 'key', windowMs: minute }], noon)).filter((count) => count > 2),
    },
    logs: {
      list: await store.logs.list({ limit: 10 }),
      find: await store.logs.find('log'),
      append: undefined,
      flush: await store.logs.flush(),
    },
    settings: { update: undefined },
  }
}
