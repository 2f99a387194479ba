import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http'
import type { Socket } from 'node:net'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { noParameters, parseParameters } from '#parameters.ts'
import { parseBody } from './body.ts'
import { buildContext, type Platform } from './build-context.ts'
import { cannotListen } from './cannot-listen.ts'
import { closeCalmly } from './close-calmly.ts'
import { capConnections, tlsOptions } from './connections.ts'
import { parseCookies } from './cookies.ts'
import { corsHeaders, preflight } from './cors.ts'
import type { Endpoint, HttpRequest, Method } from './endpoint.ts'
import { errorReply, plainErrorReply } from './error-reply.ts'
import { healthDoors } from './health.ts'
import { defaultLimits, type Limits } from './limits.ts'
import { notFound, notFoundLine, wantsPage } from './not-found.ts'
import { isPlainPath } from './plain-path.ts'
import { type Reply, text } from './reply.ts'
import { refuseUnreadable } from './unreadable-request.ts'

export type { FastifyInstance }

export interface Server {
  fastify: FastifyInstance
  /** Stops accepting, finishes what is in flight. */
  close(): Promise<void>
}

/** Binds the doors to the network. The only file that knows the HTTP framework. */
export async function listen(
  endpoints: readonly Endpoint[],
  platform: Platform,
  where: { host: string; port: number; tls?: { key: string; cert: string } },
  limits: Limits = defaultLimits,
): Promise<Server & { port: number }> {
  const app = createServer(endpoints, platform, limits, where.tls)
  await app.listen({ host: where.host, port: where.port }).catch((error: unknown) => {
    throw cannotListen(error, where)
  })
  const address = app.server.address()
  const port = typeof address === 'object' && address ? address.port : where.port
  return { fastify: app, port, close: () => closeCalmly(app, limits.requestTimeout) }
}

function createServer(
  endpoints: readonly Endpoint[],
  platform: Platform,
  limits: Limits,
  tls?: { key: string; cert: string },
) {
  const options = {
    bodyLimit: limits.bodyBytes,
    requestTimeout: limits.requestTimeout,
    keepAliveTimeout: limits.keepAliveTimeout,
    connectionTimeout: limits.inactivityTimeout,
    forceCloseConnections: 'idle' as const,
    exposeHeadRoutes: false,
    routerOptions: {
      caseSensitive: true,
      ignoreTrailingSlash: false,
      maxParamLength: 500,
      // Fastify would parse the query with a parser of its own: ours sees the bytes.
      querystringParser: () => ({}),
    },
    http: {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.headersTimeout,
      connectionsCheckingInterval: limits.checkInterval,
    },
    logger: false as const,
    // Doors judge their own input and write their own bodies: the hundred modules that compile JSON schemas stay unloaded.
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
    clientErrorHandler: (error: Error, socket: Socket) => refuseUnreadable(error, socket, platform.secure),
    frameworkErrors: (_error: unknown, _request: unknown, reply: unknown) => {
      send(reply as FastifyReply, text('Bad request', { status: 400 }), platform)
    },
  }
  const app = (
    tls ? fastify({ ...options, https: { ...tls, ...options.http, ...tlsOptions } }) : fastify(options)
  ) as FastifyInstance
  const { proxies, logger } = platform
  capConnections(app.server, limits, { isProxy: (peer) => proxies.isProxy(peer), logger, isTls: tls !== undefined })
  // Node drops the headers beyond its limit in silence; one more than ours, and we see that there were too many.
  app.server.maxHeadersCount = limits.headersCount + 1
  app.addHook('onRequest', (request, reply, next) => {
    if (request.raw.rawHeaders.length > 2 * limits.headersCount)
      return send(reply, text('Too many headers', { status: 431 }), platform)
    if (!isPlainPath(pathOf(request.raw))) return send(reply, text('Not found', { status: 404 }), platform)
    next()
  })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))

  const methodsByPath = new Map<string, Set<string>>()
  for (const endpoint of endpoints) {
    const methods = methodsByPath.get(endpoint.path) ?? new Set()
    methodsByPath.set(endpoint.path, methods)
    const answered = withHead(endpoint.methods)
    for (const method of answered) methods.add(method)
    app.route({
      method: answered,
      url: endpoint.path,
      handler: (request, reply) => answer(endpoint, request, reply, platform),
    })
    if (endpoint.cors !== 'none' && !app.hasRoute({ method: 'OPTIONS', url: endpoint.path }))
      app.options(endpoint.path, (request, reply) => answerPreflight(endpoint, request, reply, platform))
  }
  for (const [path, look] of Object.entries(healthDoors(() => platform.storage.check())))
    app.route({
      method: ['GET', 'HEAD'],
      url: path,
      handler: async (_request, reply) => {
        send(reply, await look(), platform)
        return reply
      },
    })
  app.setNotFoundHandler((request, reply) => {
    const path = pathOf(request.raw)
    const allowed = methodsByPath.get(path)
    if (allowed)
      return send(
        reply,
        text('Method not allowed', { status: 405, headers: { allow: [...allowed].join(', ') } }),
        platform,
      )
    if (request.method === 'GET' && wantsPage(request.headers.accept)) return answer(notFound, request, reply, platform)
    send(reply, notFoundLine(), platform)
  })
  app.setErrorHandler((error: { statusCode?: number }, _request, reply) => {
    // Errors of the framework itself (body too large, unfinished body): ours never get here.
    const status = error.statusCode && error.statusCode < 500 ? error.statusCode : 500
    if (status === 500) platform.logger.error({ err: error }, 'request failed before it reached a door')
    send(reply, plainErrorReply(status), platform)
  })
  return app
}

/** HEAD is GET without the body, which Node.js keeps back (RFC 9110 §9.3.2). */
const withHead = (methods: readonly Method[]): string[] =>
  methods.includes('GET') ? [...methods, 'HEAD'] : [...methods]

const noSchemas = () => () => {
  throw new Error('no route has a schema')
}

async function answer(endpoint: Endpoint, raw: FastifyRequest, reply: FastifyReply, platform: Platform) {
  const outcome = await walk(endpoint, raw, platform)
  send(reply, outcome, platform)
  return reply
}

/** tenant → parse → door; whatever is thrown on the way is told in the way the door's callers understand. */
async function walk(endpoint: Endpoint, raw: FastifyRequest, platform: Platform): Promise<Reply> {
  const started = await buildContext(raw.raw, platform).catch((error: unknown) => error)
  if (!isBuilt(started)) return errorReply(started, endpoint, undefined, undefined, platform)
  const { ctx } = started
  let request: HttpRequest | undefined
  let reply: Reply
  try {
    request = toRequest(raw)
    reply = await endpoint.handle(request, ctx)
  } catch (error) {
    reply = errorReply(error, endpoint, request, ctx, platform)
  }
  reply = withHeaders(reply, ctx.limits.headers())
  return endpoint.cors === 'none' ? reply : await withCors(reply, endpoint, request ?? bare(raw), ctx)
}

type Built = Awaited<ReturnType<typeof buildContext>>
const isBuilt = (value: unknown): value is Built => typeof value === 'object' && value !== null && 'ctx' in value

async function withCors(reply: Reply, endpoint: Endpoint, request: HttpRequest, ctx: Built['ctx']): Promise<Reply> {
  if (endpoint.cors === 'client' && request.headers.origin === undefined) return reply
  return withHeaders(reply, await corsHeaders(endpoint, request, ctx))
}

const withHeaders = (reply: Reply, headers: Record<string, string> | undefined): Reply =>
  headers ? { ...reply, headers: { ...reply.headers, ...headers } } : reply

async function answerPreflight(endpoint: Endpoint, raw: FastifyRequest, reply: FastifyReply, platform: Platform) {
  try {
    const { ctx } = await buildContext(raw.raw, platform)
    send(reply, await preflight(endpoint, raw.headers.origin, ctx), platform)
  } catch (error) {
    send(reply, errorReply(error, endpoint, undefined, undefined, platform), platform)
  }
  return reply
}

function toRequest(raw: FastifyRequest): HttpRequest {
  const url = raw.raw.url ?? '/'
  const mark = url.indexOf('?')
  const query = mark < 0 ? noParameters : parseParameters(url.slice(mark + 1))
  const body =
    raw.method === 'POST' ? parseBody(raw.body as Buffer | undefined, raw.headers['content-type']) : noParameters
  return { ...bare(raw), query, body }
}

const bare = (raw: FastifyRequest): HttpRequest => ({
  method: raw.method === 'HEAD' ? 'GET' : (raw.method as Method),
  path: pathOf(raw.raw),
  query: noParameters,
  body: noParameters,
  headers: raw.headers,
  cookies: parseCookies(raw.headers.cookie),
})

function pathOf(message: IncomingMessage): string {
  const url = message.url ?? '/'
  const mark = url.indexOf('?')
  return mark < 0 ? url : url.slice(0, mark)
}

/**
 * Written to Node.js itself: the framework would look at each header, and through the hooks and serializers that we do not have.
 * Whatever it decided before (to close the connection after half a body, say) stays so.
 */
function send(reply: FastifyReply, answered: Reply, platform: Platform): void {
  if (reply.raw.headersSent) return
  const headers: OutgoingHttpHeaders = { 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' }
  if (!answered.headers['cache-control']) {
    headers['cache-control'] = 'no-store'
    headers.pragma = 'no-cache'
  }
  if (platform.secure) headers['strict-transport-security'] = 'max-age=31536000; includeSubDomains'
  for (const name in answered.headers) headers[name] = answered.headers[name]
  if (answered.cookies.length > 0) headers['set-cookie'] = answered.cookies
  if (reply.hasHeader('connection')) headers.connection = 'close'
  if (answered.status !== 204) headers['content-length'] = Buffer.byteLength(answered.body)
  reply.raw.writeHead(answered.status, headers)
  reply.hijack()
  reply.raw.end(answered.body)
}
