import { digest } from '#crypto/digest.ts'
import type { User } from './user.ts'

/**
 * The picture of a user who has none: their initials on a colour of their own. Auth0 links to Gravatar, which tells a third party who
 * signs in, and when. What is painted is all that the address holds, so it names nobody and nothing has to be looked up for it.
 */
export interface Avatar {
  /** One or two letters or digits. */
  initials: string
  /** Of the colour circle, in degrees. */
  hue: number
}

export function avatarOf({ userId, name, nickname, email, username }: User): Avatar {
  const initials = initialsOf(name) || initialsOf(nickname) || initialsOf(email) || initialsOf(username) || '?'
  return { initials, hue: Number.parseInt(hashOf(userId), 36) % 360 }
}

/** `avatars/…`: the address below the issuer, the same for the same picture, so that browsers keep it. */
export const avatarPath = ({ initials, hue }: Avatar): string =>
  `avatars/${Buffer.from(`${hue} ${initials}`).toString('base64url')}.svg`

/** @param path as `avatarPath` made it; undefined for anything else */
export function readAvatarPath(path: string): Avatar | undefined {
  const encoded = /^avatars\/([A-Za-z0-9_-]{1,24})\.svg$/.exec(path)?.[1]
  const [, hue = '', initials = ''] =
    /^(\d{1,3}) ([\p{L}\p{N}]{1,2}|\?)$/u.exec(Buffer.from(encoded ?? '', 'base64url').toString()) ?? []
  const avatar = { initials, hue: Number(hue) }
  return initials !== '' && avatar.hue < 360 && avatarPath(avatar) === path ? avatar : undefined
}

/** Dark enough on every hue for white letters. */
export const paintAvatar = ({ initials, hue }: Avatar): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96" width="480" height="480" role="img" aria-label="${initials}">` +
  `<rect width="96" height="96" fill="hsl(${hue},45%,32%)"/>` +
  '<text x="48" y="48" fill="#fff" font-family="system-ui,-apple-system,Segoe UI,Roboto,sans-serif" font-size="38"' +
  ` font-weight="600" text-anchor="middle" dominant-baseline="central">${initials}</text></svg>`

/** First letters of the first and the last word; of an address, of what stands before the `@`. One alone where letters join. */
function initialsOf(text: string | undefined): string {
  if (!text) return ''
  const words = (text.includes('@') ? text.slice(0, text.indexOf('@')) : text).match(/[\p{L}\p{N}]+/gu) ?? []
  const [first, last] = [firstLetter(words[0]), words.length > 1 ? firstLetter(words.at(-1)) : '']
  return hasCase(first) && hasCase(last) ? first + last : first
}

const firstLetter = (word = ''): string => firstOf(firstOf(word).toUpperCase())
const firstOf = (text: string): string => String.fromCodePoint(text.codePointAt(0) ?? 0).replace('\0', '')
const hasCase = (letter: string): boolean => letter.toLowerCase() !== letter.toUpperCase()

const hashOf = (userId: string): string =>
  digest(userId)
    .replace(/[^0-9a-z]/g, '')
    .slice(0, 8)
