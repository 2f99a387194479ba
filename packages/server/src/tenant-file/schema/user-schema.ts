import { z } from 'zod'
import { parseArgon2 } from '#crypto/argon2.ts'
import { parseImportedHash } from '#crypto/imported-hashes.ts'
import { isEmailAddress, longestIdentifier, normalizeIdentifier } from '#users/identifier.ts'
import { name } from './one-line.ts'
import { webUrl } from './web-url.ts'

/** What we can check a password against; nothing so dear that checking it would be an attack. */
const isUsableHash = (hash: string) => (parseArgon2(hash) ?? parseImportedHash(hash)) !== undefined

/** What Auth0 forbids in app_metadata, because its own fields have these names. */
const reservedKeys = new Set(
  (
    '__tenant _id blocked clientID created_at email_verified email globalClientID global_client_id identities lastIP ' +
    'lastLogin loginsCount metadata multifactor_last_modified multifactor updated_at user_id'
  ).split(' '),
)

const metadata = z.record(z.string(), z.unknown())

/** Core §5.1.1. */
const address = z.strictObject({
  formatted: z.string().max(500).optional(),
  street_address: z.string().max(500).optional(),
  locality: name(150).optional(),
  region: name(150).optional(),
  postal_code: name(32).optional(),
  country: name(150).optional(),
})

/** Our extension of Auth0's format: a person, as `POST /api/v2/users` and the bulk import take them. */
export const userSchema = z
  .strictObject({
    connection: z.string().min(1),
    email: z.string().refine(isEmailAddress, 'expected an e-mail address').optional(),
    email_verified: z.boolean().optional(),
    username: z
      .string()
      .min(1)
      .max(128)
      .regex(/^[\p{L}\p{N}_+\-.!#$'^~@`]+$/u, "expected letters, digits and _ + - . ! # $ ' ^ ~ @ `")
      .refine((name) => normalizeIdentifier(name).length <= longestIdentifier, 'expected a shorter name')
      // SEC-209: nobody may sign in under a name that is another's address.
      .refine((name) => !isEmailAddress(name), 'expected a name that does not look like an e-mail address')
      .optional(),
    user_id: z
      .string()
      .min(1)
      .max(255)
      .regex(/^(auth0\|)?[^\s|]+$/, 'expected an id without spaces and "|", with or without "auth0|" before it')
      .optional(),
    password: z.string().min(1).max(1024).optional(),
    password_hash: z
      .string()
      .max(1024)
      .refine(isUsableHash, 'expected a bcrypt hash, or an argon2, pbkdf2 or scrypt hash in PHC form')
      .optional(),
    phone_number: z
      .string()
      .regex(/^\+[0-9]{1,15}$/, 'expected + and up to 15 digits')
      .optional(),
    phone_verified: z.boolean().optional(),
    name: name(300).optional(),
    given_name: name(150).optional(),
    family_name: name(150).optional(),
    nickname: name(300).optional(),
    picture: webUrl.optional(),
    middle_name: name(150).optional(),
    preferred_username: name(128).optional(),
    profile: webUrl.optional(),
    website: webUrl.optional(),
    gender: name(64).optional(),
    birthdate: z
      .string()
      .regex(/^(\d{4}|0000-\d{2}-\d{2}|\d{4}-\d{2}-\d{2})$/, 'expected YYYY-MM-DD, or YYYY (Core §5.1)')
      .optional(),
    zoneinfo: name(64).optional(),
    locale: z
      .string()
      .regex(/^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$/, 'expected a language tag such as en-US')
      .optional(),
    address: address.optional(),
    user_metadata: metadata.optional(),
    app_metadata: metadata
      .refine(
        (data) => !Object.keys(data).some((key) => reservedKeys.has(key)),
        `these keys are not allowed: ${[...reservedKeys].join(', ')}`,
      )
      .optional(),
    blocked: z.boolean().optional(),
  })
  .refine(({ email, username }) => email !== undefined || username !== undefined, 'expected email or username')
  .refine(({ password, password_hash }) => password === undefined || password_hash === undefined, {
    path: ['password_hash'],
    message: 'expected either password or password_hash, not both',
  })

export type UserEntry = z.infer<typeof userSchema>
