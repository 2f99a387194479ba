import { argon2Sync } from 'node:crypto'
import { passwordCost, sample, userName } from '../dialects.ts'

/** The tenant that is measured: one app, one machine, one API, and users enough that no limit of one account is met. */
export function tenantFile(): object {
  const hash = passwordHash(sample.password)
  return {
    clients: [
      {
        name: 'App',
        client_id: sample.clientId,
        app_type: 'native',
        token_endpoint_auth_method: 'none',
        callbacks: [sample.redirectUri],
        grant_types: ['authorization_code', 'refresh_token'],
        refresh_token: { rotation_type: 'rotating', expiration_type: 'expiring', leeway: 3 },
      },
      {
        name: 'Machine',
        client_id: sample.machineId,
        client_secret: sample.machineSecret,
        app_type: 'non_interactive',
        token_endpoint_auth_method: 'client_secret_post',
        grant_types: ['client_credentials'],
      },
    ],
    resourceServers: [
      {
        name: 'Appointments',
        identifier: sample.audience,
        allow_offline_access: true,
        skip_consent_for_verifiable_first_party_clients: true,
        scopes: sample.apiScope.split(' ').map((value) => ({ value })),
      },
    ],
    clientGrants: [{ client_id: sample.machineId, audience: sample.audience, scope: sample.apiScope.split(' ') }],
    users: Array.from({ length: sample.users }, (_, index) => ({
      connection: 'Username-Password-Authentication',
      email: userName(index),
      email_verified: true,
      name: `User ${index}`,
      given_name: 'User',
      family_name: `${index}`,
      nickname: `user${index}`,
      picture: 'https://example.com/picture.png',
      password_hash: hash,
    })),
  }
}

/** In PHC form, at the server's own cost, so that signing in makes no stronger one. */
function passwordHash(password: string): string {
  const nonce = Buffer.from('one salt for all')
  const tag = argon2Sync('argon2id', { message: password, nonce, tagLength: 32, ...passwordCost })
  const { memory, passes, parallelism } = passwordCost
  const base64 = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${base64(nonce)}$${base64(tag)}`
}
