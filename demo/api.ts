import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createRemoteJWKSet, errors, type JWTVerifyGetKey, jwtVerify } from 'jose'

export interface Api {
  url: string
  close(): void
}

interface ApiOptions {
  issuer: string
  audience: string
  /** The scope that `GET /appointments` needs. */
  scope: string
}

const APPOINTMENTS = [
  { at: '2027-03-01T09:00:00Z', with: 'Charles Babbage' },
  { at: '2027-03-02T14:30:00Z', with: 'Mary Somerville' },
]

/** The protected API of the demo: it trusts the authorization server's keys and nothing else (RFC 6750, RFC 9068 §4). */
export async function startApi(options: ApiOptions): Promise<Api> {
  const keys = createRemoteJWKSet(new URL('.well-known/jwks.json', options.issuer))
  const server = createServer((request, response) => {
    answer(request, response, options, keys).catch(() => response.writeHead(503).end())
  })
  await new Promise<void>((resolve, fail) => {
    server.once('error', fail).listen(0, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/appointments`,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { issuer, audience, scope }: ApiOptions,
  keys: JWTVerifyGetKey,
): Promise<void> {
  request.resume()
  if (request.method !== 'GET' || request.url !== '/appointments') return json(response, 404, { error: 'not_found' })
  const [, token] = /^Bearer ([\w.~+/-]+=*)$/i.exec(request.headers.authorization ?? '') ?? []
  if (!token) return json(response, 401, { error: 'unauthorized' }, 'Bearer realm="appointments"')
  try {
    const algorithms = ['RS256', 'PS256', 'ES256']
    const { payload } = await jwtVerify(token, keys, { issuer, audience, algorithms, requiredClaims: ['exp', 'sub'] })
    const granted = typeof payload.scope === 'string' ? payload.scope.split(' ') : []
    if (granted.includes(scope)) return json(response, 200, { user: payload.sub, appointments: APPOINTMENTS })
    return json(response, 403, { error: 'insufficient_scope' }, `Bearer error="insufficient_scope", scope="${scope}"`)
  } catch (error) {
    if (!(error instanceof errors.JOSEError)) throw error
    return json(response, 401, { error: 'invalid_token', reason: error.code }, 'Bearer error="invalid_token"')
  }
}

function json(response: ServerResponse, status: number, body: unknown, challenge?: string): void {
  const headers = { 'content-type': 'application/json', ...(challenge && { 'www-authenticate': challenge }) }
  response.writeHead(status, headers).end(JSON.stringify(body))
}
