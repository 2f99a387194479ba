import { readFile } from 'node:fs/promises'
import type { z } from 'zod'
import { StartError } from '#errors.ts'
import { checkEntry, type Findings, labelOf, noteKey } from './check-entry.ts'
import { type Path, parseDocumentText, type TenantDocument } from './document.ts'
import { type Keywords, leftOvers, replaceKeywords, unneededNote } from './keywords.ts'
import { clientSchema } from './schema/client-schema.ts'
import { connectionSchema, strategies } from './schema/connection-schema.ts'
import { namesAt } from './schema/file-schema.ts'
import { clientGrantSchema, resourceServerSchema } from './schema/resource-server-schema.ts'
import { attackProtectionSchema, brandingSchema, tenantSchema } from './schema/tenant-schema.ts'
import { userSchema } from './schema/user-schema.ts'
import type { Entry, ParsedTenantFile } from './tenant-file.ts'

type Raw = Record<string, unknown>
const isRaw = (value: unknown): value is Raw => typeof value === 'object' && value !== null && !Array.isArray(value)

/** @throws StartError that names file, line and field */
export async function readTenantFile(path: string, keywords: Keywords = {}): Promise<ParsedTenantFile> {
  const bytes = await readFile(path).catch((error: Error) => {
    throw new StartError(`KEYWRIGHT_TENANT_FILE: cannot read ${path}: ${error.message}`)
  })
  try {
    return parseTenantFile(new TextDecoder('utf-8', { fatal: true }).decode(bytes), path, keywords)
  } catch (error) {
    if (error instanceof TypeError) throw new StartError(`${path} is not UTF-8 text.`)
    throw error
  }
}

/**
 * @param file how messages name it
 * @throws StartError
 */
export function parseTenantFile(text: string, file: string, keywords: Keywords = {}): ParsedTenantFile {
  const document = parseDocumentText(replaceKeywords(text, keywords), file)
  const findings: Findings = { problems: [], notes: [], notYet: new Map() }
  const reader = sectionReader(document, findings)
  for (const key of Object.keys(document.content).filter((key) => !namesAt([]).includes(key))) {
    const value = document.content[key]
    noteKey([], key, document, findings, sizeOf(value))
  }
  const skipped: ParsedTenantFile['skipped'] = { clients: [], audiences: [], connections: [] }
  const connection = (name: string) =>
    reader.list(
      name,
      connectionSchema,
      (raw) => skipConnection(raw, skipped),
      (raw) => ({ ...raw, ...strategyOf(raw, name) }),
    )
  const parsed: ParsedTenantFile = {
    file,
    tenant: reader.one('tenant', tenantSchema),
    branding: reader.one('branding', brandingSchema),
    attackProtection: reader.one('attackProtection', attackProtectionSchema),
    clients: reader.list('clients', clientSchema, (raw) => skipClient(raw, skipped)),
    resourceServers: reader.list('resourceServers', resourceServerSchema, (raw) => skipResourceServer(raw, skipped)),
    clientGrants: reader.list('clientGrants', clientGrantSchema, skipClientGrant),
    connections: [...connection('databases'), ...connection('connections')],
    users: reader.list('users', userSchema),
    skipped,
    notes: findings.notes,
  }
  if (findings.problems.length > 0) throw refusal(findings.problems)
  // Where one would have been applied, it was a problem.
  const unneeded = leftOvers(document.content).map(({ keyword }) => keyword)
  if (unneeded.length > 0) findings.notes.push(unneededNote(file, unneeded))
  if (findings.notYet.size > 0) {
    const list = [...findings.notYet].map(([name, count]) => `${name} (${count})`)
    findings.notes.push(`${file}: not applied yet: ${list.join(', ')}`)
  }
  return parsed
}

/** All that is wrong at once, so that nobody fixes a file line by line. */
export function refusal(problems: readonly string[]): StartError {
  const most = 20
  const more = problems.length > most ? [`… and ${problems.length - most} more`] : []
  const lines = [...problems.slice(0, most), ...more].map((line) => `  ${line}`)
  return new StartError(['The tenant file cannot be applied, and nothing was changed:', ...lines].join('\n'))
}

function sectionReader(document: TenantDocument, findings: Findings) {
  const wrong = (path: Path, expected: string) =>
    findings.problems.push(`${document.at(path)}: ${labelOf(path)} is wrong: expected ${expected}`)
  return {
    one<Wanted>(name: string, schema: z.ZodType<Wanted>): Entry<Wanted> | undefined {
      const raw = document.content[name] ?? undefined
      if (raw === undefined) return undefined
      if (isRaw(raw)) return checkEntry(schema, raw, [name], document, findings)
      wrong([name], 'a map')
      return undefined
    },

    /** @param skip names what the item is, if it is not applied yet */
    list<Wanted>(
      name: string,
      schema: z.ZodType<Wanted>,
      skip: (raw: Raw) => string | undefined = () => undefined,
      prepare: (raw: Raw) => Raw = (raw) => raw,
    ): Entry<Wanted>[] {
      const raw = document.content[name] ?? []
      if (!Array.isArray(raw)) {
        wrong([name], 'a list')
        return []
      }
      return raw.flatMap((item: unknown, index) => {
        if (!isRaw(item)) {
          wrong([name, index], 'a map')
          return []
        }
        const prepared = prepare(item)
        const reason = skip(prepared)
        if (reason) findings.notYet.set(reason, (findings.notYet.get(reason) ?? 0) + 1)
        return reason ? [] : (checkEntry(schema, prepared, [name, index], document, findings) ?? [])
      })
    },
  }
}

/** An export names every section that there is, most of them empty. */
const sizeOf = (section: unknown): number => {
  if (Array.isArray(section)) return section.length
  return section === null || (isRaw(section) && Object.keys(section).length === 0) ? 0 : 1
}

const texts = (...values: unknown[]) => values.filter((value) => typeof value === 'string')

const strategyOf = (raw: Raw, section: string) => (section === 'databases' ? { strategy: raw.strategy ?? 'auth0' } : {})

function skipConnection({ strategy, name, options }: Raw, skipped: ParsedTenantFile['skipped']): string | undefined {
  const method = isRaw(options) ? options.token_endpoint_auth_method : undefined
  const reason =
    typeof strategy === 'string' && !strategies.includes(strategy)
      ? `connections with strategy ${strategy}`
      : method === 'private_key_jwt' && 'connections with token_endpoint_auth_method private_key_jwt'
  if (!reason) return undefined
  skipped.connections.push(...texts(name))
  return reason
}

/** Auth0's types for other vendors' protocols, and for clients that are an API. */
const otherAppTypes =
  /^(resource_server|express_configuration|rms|box|cloudbees|concur|dropbox|mscrm|echosign|egnyte|newrelic|office365|salesforce|sentry|sharepoint|slack|springcm|zendesk|zoom|sso_integration|oag)$/

function skipClient(raw: Raw, skipped: ParsedTenantFile['skipped']): string | undefined {
  const reason =
    typeof raw.app_type === 'string' && otherAppTypes.test(raw.app_type)
      ? `clients with app_type ${raw.app_type}`
      : raw.global === true && 'global client'
  if (!reason) return undefined
  skipped.clients.push(...texts(raw.name, raw.client_id))
  return reason
}

/** Every Auth0 tenant has it; here it comes with the Management API. */
function skipResourceServer(raw: Raw, skipped: ParsedTenantFile['skipped']): string | undefined {
  if (raw.is_system !== true && raw.name !== 'Auth0 Management API') return undefined
  skipped.audiences.push(...texts(raw.identifier))
  return 'system APIs'
}

function skipClientGrant(raw: Raw): string | undefined {
  if (raw.organization_usage === 'require') return 'client grants with organization_usage require'
  if (raw.default_for !== undefined && raw.default_for !== null) return 'client grants for all third-party clients'
  if (raw.subject_type === 'user') return 'client grants with subject_type user'
  return raw.allow_all_scopes === true ? 'client grants with allow_all_scopes' : undefined
}
