import { authorizationCode } from './authorization-code.ts'
import { clientCredentials } from './client-credentials.ts'
import type { Grant } from './grant.ts'
import { refreshToken } from './refresh-token.ts'

/** To add a grant: a file, and a line here. */
export const grants: readonly Grant[] = [authorizationCode, refreshToken, clientCredentials]
