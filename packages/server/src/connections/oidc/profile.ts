import { isEmailAddress, normalizeIdentifier } from '#users/identifier.ts'
import type { Profile } from '../strategy.ts'
import type { JsonObject } from './fetch-json.ts'
import type { IdTokenClaims } from './id-token.ts'
import type { OidcOptions } from './options.ts'

/**
 * The claims of a user in our words, as the connection's `attribute_map` wants them. Values of the wrong form are left out. Userinfo
 * is not signed: it adds to the ID token, and overrides nothing that is written there, neither in part nor by another spelling.
 */
export function toProfile(
  claims: IdTokenClaims,
  userinfo: JsonObject,
  { attribute_map, trust_email_verified }: OidcOptions,
): Profile {
  const { mapping_mode: mode, attributes: map } = attribute_map
  const mapped = mode === 'basic_profile' ? {} : applyMap(map, { tokenset: claims, userinfo })
  // In the order of their weight.
  const words: JsonObject[] = mode === 'use_map' ? [mapped] : [mapped, claims, userinfo]
  const said = (name: string) => words.find((word) => Object.hasOwn(word, name))?.[name]
  const email = address(said('email'))
  return {
    subject: claims.sub,
    email,
    emailVerified: trust_email_verified && email !== undefined && isVerified(email, words),
    username: text(words.map((word) => word.username ?? word.preferred_username).find((name) => name !== undefined)),
    name: text(said('name')),
    givenName: text(said('given_name')),
    familyName: text(said('family_name')),
    middleName: text(said('middle_name')),
    nickname: text(said('nickname')),
    picture: imageUrl(said('picture')),
    locale: text(said('locale')),
    zoneinfo: text(said('zoneinfo')),
    phoneNumber: text(said('phone_number')),
    signedInAt: typeof claims.auth_time === 'number' ? claims.auth_time * 1000 : undefined,
  }
}

/**
 * A provider that does not own an address could give it to anybody; and "true" is not true (SEC-233). Whoever says it must mean this
 * address: what userinfo says of another one proves nothing about that of the ID token.
 */
function isVerified(email: string, [mapped = {}, ...others]: readonly JsonObject[]): boolean {
  if (Object.hasOwn(mapped, 'email_verified')) return mapped.email_verified === true
  const word = others.find((said) => Object.hasOwn(said, 'email_verified') && address(said.email) === email)
  return word?.email_verified === true
}

type Sources = { tokenset: JsonObject; userinfo: JsonObject }

/** `{ "name": "${context.tokenset.display_name}" }`, or just `{ "name": "display_name" }`. */
function applyMap(map: Record<string, unknown>, sources: Sources): JsonObject {
  const mapped: JsonObject = {}
  for (const [attribute, wanted] of Object.entries(map)) {
    if (typeof wanted !== 'string') continue
    mapped[attribute] = wanted.includes('${') ? evaluate(wanted, sources) : inTokenset(wanted, sources)
  }
  return mapped
}

const expression = /\$\{context\.(tokenset|userinfo)\.([^{}]+)\}/g

/** One expression alone keeps its type: `email_verified` stays a boolean. Several become a text. */
function evaluate(template: string, sources: Sources): unknown {
  const found = [...template.matchAll(expression)]
  const look = (source: string, path: string) =>
    source === 'userinfo' ? claimAt(path, sources.userinfo) : inTokenset(path, sources)
  const [only] = found
  if (found.length === 1 && only?.[0] === template) return look(only[1] ?? '', only[2] ?? '')
  return template.replace(expression, (_all, source: string, path: string) => text(look(source, path)) ?? '').trim()
}

/** What the ID token knows anything of, it knows alone. */
function inTokenset(path: string, { tokenset, userinfo }: Sources): unknown {
  const [root = ''] = path.split('.', 1)
  return claimAt(path, Object.hasOwn(tokenset, path) || Object.hasOwn(tokenset, root) ? tokenset : userinfo)
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
