import { createHash } from 'node:crypto'
import type { Context } from '#context.ts'
import { endpoint } from '#http/endpoint.ts'
import { empty, json } from '#http/reply.ts'
import type { SigningKey } from '#tokens/signing-key.ts'
import { jwksMaxAge, publishedKeys } from '#tokens/signing-keys.ts'

/** The next key is published long before it signs, so nobody is ever behind (SEC-112). */
const cacheControl = `public, max-age=${jwksMaxAge}, stale-while-revalidate=${jwksMaxAge}, stale-if-error=86400`

/** RFC 7517 §5. */
export const jwksEndpoint = endpoint({
  methods: ['GET'],
  path: '/.well-known/jwks.json',
  summary: 'The public keys that verify our tokens',
  errors: 'json',
  cors: 'any',
  async handle({ headers }, ctx) {
    ctx.limits.take('wellKnown', '')
    const { body, etag } = await document(ctx)
    const caching = { 'cache-control': cacheControl, etag }
    // Proxies make it weak and clients send several (RFC 9110 §13.1.2).
    if (headers['if-none-match']?.includes(etag)) return empty(304, caching)
    return json(body, { headers: caching })
  },
})

interface Document {
  body: string
  etag: string
}

/** Made once for each set of keys. */
const made = new WeakMap<readonly SigningKey[], Document>()

async function document(ctx: Context): Promise<Document> {
  const keys = await publishedKeys(ctx)
  const known = made.get(keys)
  if (known) return known
  const fresh = describe(JSON.stringify({ keys: keys.map((key) => key.publicJwk) }))
  made.set(keys, fresh)
  return fresh
}

const describe = (body: string): Document => ({
  body,
  etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
})
