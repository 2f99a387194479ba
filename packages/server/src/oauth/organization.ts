import type { Client } from '#clients/client.ts'
import { invalidRequest } from '#errors.ts'

/**
 * An organization keeps its members' logins apart from everybody else's. There are none here yet, so whoever asks for one is refused
 * rather than signed in without it, and a client that insists on one lets nobody in. The words are Auth0's.
 * @throws OAuthError invalid_request
 */
export function refuseOrganization(
  asked: { organization?: string; invitation?: string },
  client: Pick<Client, 'organizationUsage'> | undefined,
): void {
  if (asked.organization !== undefined || asked.invitation !== undefined)
    throw invalidRequest('parameter organization is not allowed for this client')
  if (client?.organizationUsage === 'require')
    throw invalidRequest('parameter organization is required for this client')
}
