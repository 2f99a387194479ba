import type { Client } from '#clients/client.ts'
import { type UrlList, whyDoubtful, whyNotRegistrable } from '#clients/registered-url.ts'
import type { ClientEntry } from '../schema/client-schema.ts'
import type { Entry } from '../tenant-file.ts'
import type { Planning } from './planning.ts'

/**
 * The client without the URLs that we would never redirect to, each reported with its reason: the rest of it is of use. Looks at
 * the client as it will be, because another app_type can make a stored URL illegal (SEC-046, SEC-270).
 */
export function withUsableUrls(entry: Entry<ClientEntry>, planning: Planning, client: Client): Client {
  const usable = (list: UrlList, urls: readonly string[]) =>
    urls.filter((url) => isUsable(url, list, entry, client, planning))
  const { initiateLoginUri: loginUri } = client
  return {
    ...client,
    callbacks: usable('callbacks', client.callbacks),
    allowedLogoutUrls: usable('allowed_logout_urls', client.allowedLogoutUrls),
    webOrigins: usable('web_origins', client.webOrigins),
    allowedOrigins: usable('allowed_origins', client.allowedOrigins),
    initiateLoginUri: loginUri && usable('initiate_login_uri', [loginUri])[0],
  }
}

function isUsable(
  url: string,
  list: UrlList,
  { wanted, at }: Entry<ClientEntry>,
  { name, appType }: Client,
  { notes, settings }: Planning,
): boolean {
  const written = wanted[list]
  const index = Array.isArray(written) ? written.indexOf(url) : -1
  const where = `${index < 0 ? at(list) : at(list, index)}: ${list} of ${name} has ${JSON.stringify(url)}`
  // Auth0 fills these in per organization or custom domain, of which we have none yet.
  if (/\{(organization_name|custom_domain_url)\}/.test(url)) {
    notes.push(`${where}: not applied yet: it has a placeholder`)
    return false
  }
  const rules = { appType, list, strict: settings.flags.strict }
  const problem = whyNotRegistrable(url, rules)
  if (problem !== undefined) notes.push(`${where}: left out. ${problem}`)
  const doubt = problem === undefined && index >= 0 ? whyDoubtful(url, rules) : undefined
  if (doubt !== undefined) notes.push(`${where}: allowed, but: ${doubt}`)
  return problem === undefined
}
