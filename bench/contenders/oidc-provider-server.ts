import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { sample } from '../dialects.ts'
import { oidcProviderSettings } from './oidc-provider-settings.ts'
import { checkPassword, signInPage, users } from './sign-in.ts'

/** The little of its interface that we use: the package brings no types. */
interface Provider {
  callback(): (request: IncomingMessage, response: ServerResponse) => void
  interactionDetails(request: IncomingMessage, response: ServerResponse): Promise<{ params: { client_id: string } }>
  interactionFinished(request: IncomingMessage, response: ServerResponse, result: object): Promise<void>
  Grant: new (of: {
    accountId: string
    clientId: string
  }) => {
    addOIDCScope(scope: string): void
    addResourceScope(resource: string, scope: string): void
    save(): Promise<string>
  }
}

const library: string = 'oidc-provider'
const { default: Provider } = (await import(library)) as { default: new (issuer: string, settings: object) => Provider }

const port = Number(process.env.PORT)
const provider = new Provider(`http://127.0.0.1:${port}`, oidcProviderSettings())
const answer = provider.callback()

/** Its interaction, as its documentation builds one: a page, a password, a grant of all that was asked. */
async function interact(request: IncomingMessage, response: ServerResponse) {
  if (request.method === 'GET') {
    response.setHeader('content-type', 'text/html; charset=utf-8')
    response.end(signInPage(request.url ?? ''))
    return
  }
  const form = new URLSearchParams(await text(request))
  const { params } = await provider.interactionDetails(request, response)
  const accountId = form.get('username') ?? ''
  if (!users.has(accountId) || !(await checkPassword(form.get('password') ?? ''))) {
    response.writeHead(401).end()
    return
  }
  const grant = new provider.Grant({ accountId, clientId: params.client_id })
  grant.addOIDCScope('openid profile email')
  grant.addResourceScope(sample.resource, sample.apiScope)
  const result = { login: { accountId }, consent: { grantId: await grant.save() } }
  await provider.interactionFinished(request, response, result)
}

createServer((request, response) => {
  if (!request.url?.startsWith('/interaction/')) return answer(request, response)
  interact(request, response).catch((error: unknown) => {
    console.error(error)
    response.writeHead(500).end()
  })
}).listen(port, '127.0.0.1')

process.once('SIGTERM', () => process.exit(0))
