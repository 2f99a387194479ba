import { isEmailAddress, normalizeIdentifier } from '#users/identifier.ts'
import type { Profile } from '../strategy.ts'
import type { JsonObject } from './fetch-json.ts'
import type { IdTokenClaims } from './id-token.ts'
import type { OidcOptions } from './options.ts'

/** The claims of a user in our words, as the connection's `attribute_map` wants them. Values of the wrong form are left out. */
export function toProfile(
  claims: IdTokenClaims,
  userinfo: JsonObject,
  { attribute_map, trust_email_verified }: OidcOptions,
): Profile {
  const { mapping_mode: mode, attributes: map } = attribute_map
  const all = { ...userinfo, ...claims }
  const mapped = mode === 'basic_profile' ? {} : applyMap(map, { tokenset: all, userinfo })
  const attributes: JsonObject = mode === 'use_map' ? mapped : { ...all, ...mapped }
  const email = address(attributes.email)
  return {
    subject: claims.sub,
    email,
    // A provider that does not own an address could give it to anybody; and "true" is not true (SEC-233).
    emailVerified: trust_email_verified && email !== undefined && attributes.email_verified === true,
    username: text(attributes.username ?? attributes.preferred_username),
    name: text(attributes.name),
    givenName: text(attributes.given_name),
    familyName: text(attributes.family_name),
    middleName: text(attributes.middle_name),
    nickname: text(attributes.nickname),
    picture: imageUrl(attributes.picture),
    locale: text(attributes.locale),
    zoneinfo: text(attributes.zoneinfo),
    phoneNumber: text(attributes.phone_number),
  }
}

type Sources = { tokenset: JsonObject; userinfo: JsonObject }

/** `{ "name": "${context.tokenset.display_name}" }`, or just `{ "name": "display_name" }`. */
function applyMap(map: Record<string, unknown>, sources: Sources): JsonObject {
  const mapped: JsonObject = {}
  for (const [attribute, wanted] of Object.entries(map)) {
    if (typeof wanted !== 'string') continue
    mapped[attribute] = wanted.includes('${') ? evaluate(wanted, sources) : claimAt(wanted, sources.tokenset)
  }
  return mapped
}

const expression = /\$\{context\.(tokenset|userinfo)\.([^{}]+)\}/g

/** One expression alone keeps its type: `email_verified` stays a boolean. Several become a text. */
function evaluate(template: string, sources: Sources): unknown {
  const found = [...template.matchAll(expression)]
  const look = (source: string, path: string) =>
    claimAt(path, source === 'userinfo' ? sources.userinfo : sources.tokenset)
  const [only] = found
  if (found.length === 1 && only?.[0] === template) return look(only[1] ?? '', only[2] ?? '')
  return template.replace(expression, (_all, source: string, path: string) => text(look(source, path)) ?? '').trim()
}

/** The whole path may be the name of one claim: `https://example.com/role`. */
function claimAt(path: string, claims: JsonObject): unknown {
  if (Object.hasOwn(claims, path)) return claims[path]
  return path.split('.').reduce<unknown>((value, name) => {
    return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
      ? (value as JsonObject)[name]
      : undefined
  }, claims)
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value.length <= 512 && !/\p{Cc}/u.test(value) ? value.trim() || undefined : undefined

function address(value: unknown): string | undefined {
  const email = text(value)
  return email !== undefined && isEmailAddress(email) ? normalizeIdentifier(email) : undefined
}

/** Shown on pages and handed to apps: no scripts, no plain http. */
function imageUrl(value: unknown): string | undefined {
  const url = typeof value === 'string' && value.length <= 2048 ? URL.parse(value) : null
  return url?.protocol === 'https:' ? url.href : undefined
}
