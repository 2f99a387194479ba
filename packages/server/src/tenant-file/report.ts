import { printableLine } from '#printable.ts'
import type { Plan } from './plan/plan-tenant-file.ts'
import type { Step } from './plan/planning.ts'

/** What applying tenant files did. */
export interface Report {
  tenants: TenantReport[]
  /** What was not understood or not applied, with file and line. */
  notes: string[]
  /** The sample tenant was made just now, and everybody knows this password (SEC-281). */
  sampleCredentials?: { email: string; password: string }
  /**
   * Passwords of users who existed already. Comparing one may cost a slow hash, so it is done after the server listens.
   * `run` resolves to a line for each password that was not the file's and is now.
   */
  passwords: { count: number; run(signal?: AbortSignal): Promise<string[]> }
}

export interface TenantReport {
  domain: string
  created: boolean
  /** `+ client My native app`, `~ api Appointments: tokenLifetime 86400 → 3600`. */
  changes: string[]
  unchanged: number
  /** Made up by us, and shown this once. Never log them. */
  newSecrets: { name: string; clientId: string; secret: string }[]
}

export const stepsOf = (plan: Plan): Step<unknown>[] => [
  plan.tenant,
  ...plan.resourceServers,
  ...plan.clients,
  ...plan.connections,
  ...plan.clientGrants,
  ...plan.users,
]

export function reportOf(plan: Plan): TenantReport {
  const steps = stepsOf(plan)
  return {
    domain: plan.tenant.value.domain,
    created: plan.tenant.verb === 'create',
    changes: changesOf(plan),
    unchanged: steps.filter(({ verb }) => verb === 'keep').length,
    newSecrets: plan.clients.flatMap(({ generated, secret, value }) =>
      generated && secret !== undefined ? { name: value.name, clientId: value.clientId, secret } : [],
    ),
  }
}

/** A line for each thing that is not as it was, and nothing of a secret. */
export const changesOf = (plan: Plan): string[] =>
  stepsOf(plan)
    .filter(({ verb }) => verb !== 'keep')
    .map(lineOf)

const lineOf = ({ verb, label, differences }: Step<unknown>) =>
  verb === 'create' ? `+ ${label}` : `~ ${label}: ${differences.join(', ')}`

/** For the terminal, whose cursor a name from a file must not move. The only place that shows the secrets that were made up. */
export function formatReport(report: Report): string {
  const tenants = report.tenants.flatMap(({ domain, changes, unchanged, newSecrets }) => [
    ...(changes.length > 0 ? [`Tenant ${domain}:`, ...changes.map((line) => `  ${line}`)] : [`Tenant ${domain}:`]),
    ...(unchanged > 0 ? [`  = ${unchanged} unchanged`] : []),
    ...newSecrets.flatMap(({ name, clientId, secret }) => [
      `  The secret of ${name} (client_id ${clientId}), shown this once:`,
      `    ${secret}`,
    ]),
  ])
  return [...tenants, ...report.notes.map((note) => `! ${note}`)].map(printableLine).join('\n')
}
