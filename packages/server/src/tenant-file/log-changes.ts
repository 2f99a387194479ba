import { logIdAt } from '#logs/write-log.ts'
import type { TenantFilePlatform } from './apply-tenant-file.ts'
import type { Plan } from './plan/plan-tenant-file.ts'
import { changesOf } from './report.ts'

/** So many lines are stored before more are written: the queue of the log is bounded. */
const batch = 1000

/**
 * Every change is an event of the tenant's log (SEC-280), in the words of the terminal's report, which has no secrets. Auth0 says
 * `sapi` for what its Management API did.
 */
export async function logChanges(plan: Plan, platform: TenantFilePlatform): Promise<void> {
  for (const [index, change] of changesOf(plan).entries()) {
    logChange(plan, change, platform)
    if (index % batch === batch - 1) await platform.tenants.storeFor(plan.tenant.value).logs.flush()
  }
}

/** @param change `~ api Appointments: tokenLifetime 86400 → 3600` */
export function logChange({ tenant }: Plan, change: string, { tenants, now, random }: TenantFilePlatform): void {
  const date = now()
  tenants.storeFor(tenant.value).logs.append({
    logId: logIdAt(date, random),
    date,
    type: 'sapi',
    description: `Tenant file: ${change}`,
    hostname: tenant.value.domain,
  })
}
