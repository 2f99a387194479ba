/** The little of `oidc-provider` that we use; the package brings no types of its own. */
declare module 'oidc-provider' {
  import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'

  interface GrantInstance {
    addOIDCScope(scope: string): void
    addOIDCClaims(claims: string[]): void
    save(): Promise<string>
  }

  interface KoaContext {
    response: {
      body: string | Record<string, unknown> | null
      get(name: string): string
      set(name: string, value: string): void
    }
    oidc: { client?: { clientId: string }; session?: { accountId?: string } }
  }

  export default class Provider {
    constructor(issuer: string, configuration: Record<string, unknown>)
    callback(): RequestListener
    interactionDetails(request: IncomingMessage, response: ServerResponse): Promise<{ prompt: { name: string } }>
    interactionFinished(request: IncomingMessage, response: ServerResponse, result: object): Promise<void>
    readonly Grant: new (properties: {
      accountId?: string
      clientId?: string
    }) => GrantInstance
    use(middleware: (ctx: KoaContext, next: () => Promise<void>) => Promise<void>): this
    on(event: string, listener: (...what: unknown[]) => void): this
  }
  export type { KoaContext }
}
