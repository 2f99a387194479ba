import { HttpError } from '#errors.ts'
import { endpoint } from '#http/endpoint.ts'
import { text } from '#http/reply.ts'
import { paintAvatar, readAvatarPath } from './avatar.ts'

/** The address says it all, so an answer is good for ever, for everybody. */
const headers = {
  'content-type': 'image/svg+xml',
  'cache-control': 'public, max-age=31536000, immutable',
  'content-security-policy': "default-src 'none'; sandbox",
  'cross-origin-resource-policy': 'cross-origin',
}

export const avatarEndpoint = endpoint({
  methods: ['GET'],
  path: '/avatars/:picture',
  summary: 'A picture for users who have none: their initials',
  errors: 'json',
  cors: 'any',
  handle({ path }) {
    const avatar = readAvatarPath(path.slice(1))
    if (!avatar) throw new HttpError(404, 'There is no such picture.')
    return text(paintAvatar(avatar), { headers })
  },
})
