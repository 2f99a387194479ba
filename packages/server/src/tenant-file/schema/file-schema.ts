import { z } from 'zod'
import { clientSchema } from './client-schema.ts'
import { connectionSchema, databaseSchema } from './connection-schema.ts'
import { clientGrantSchema, resourceServerSchema } from './resource-server-schema.ts'
import { attackProtectionSchema, brandingSchema, tenantSchema } from './tenant-schema.ts'
import { userSchema } from './user-schema.ts'

/** Everything of a tenant file that is applied. Strict at every level, so that what is not applied can be reported. */
export const fileSchema = z.strictObject({
  tenant: tenantSchema.optional(),
  branding: brandingSchema.optional(),
  attackProtection: attackProtectionSchema.optional(),
  clients: z.array(clientSchema).optional(),
  resourceServers: z.array(resourceServerSchema).optional(),
  clientGrants: z.array(clientGrantSchema).optional(),
  databases: z.array(databaseSchema).optional(),
  connections: z.array(connectionSchema).optional(),
  users: z.array(userSchema).optional(),
})

export type FileContent = z.infer<typeof fileSchema>

/** The names a file may use at a place, for "did you mean". Numbers in the path are positions in lists. */
export function namesAt(path: readonly PropertyKey[], schema: unknown = fileSchema): string[] {
  const inner = unwrap(schema)
  if (inner instanceof z.ZodDiscriminatedUnion) return inner.options.flatMap((option) => namesAt(path, option))
  if (inner instanceof z.ZodArray) return namesAt(path.slice(1), inner.element)
  if (!(inner instanceof z.ZodObject)) return []
  const [name, ...rest] = path
  return name === undefined ? Object.keys(inner.shape) : namesAt(rest, inner.shape[String(name)])
}

function unwrap(schema: unknown): unknown {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodNullable ? unwrap(schema.unwrap()) : schema
}
