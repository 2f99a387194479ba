import { parseArgs } from 'node:util'
import type { Config } from '#config.ts'
import { StartError } from '#errors.ts'
import type { LogEvent } from '#logs/log-event.ts'
import { findOtherClient } from '#oauth/authorize/redirect-doctor.ts'
import { printableJson } from '#printable.ts'
import type { World } from '#server.ts'
import type { Store } from '#storage/store.ts'
import { chooseTenant } from './choose-tenant.ts'
import { openExisting } from './existing-database.ts'
import { logTable } from './log-table.ts'

const most = 10_000

/** `keywright logs`: the tenant's log, newest first: a table on a terminal, else one JSON object a line. */
export async function logsCommand(words: readonly string[], config: Config, world: World): Promise<number> {
  const { values, positionals } = parse(words)
  const limit = Number(values.limit)
  if (!Number.isInteger(limit) || limit < 1 || limit > most) throw new StartError(`--limit must be 1 to ${most}.`)
  const [reference] = positionals
  const { storage } = await openExisting(config, world)
  try {
    const tenant = chooseTenant(values.tenant, config, await storage.tenants.list())
    const events = await read(storage.tenants.storeFor(tenant), { reference, type: values.type, limit })
    const asTable = process.stdout.isTTY && !values.json && reference === undefined
    if (asTable) process.stdout.write(logTable(events, process.stdout.columns ?? 80))
    else for (const event of events) process.stdout.write(`${lineOf(event)}\n`)
    return 0
  } finally {
    await storage.close()
  }
}

async function read(store: Store, { reference, type, limit }: { reference?: string; type?: string; limit: number }) {
  if (reference === undefined) return store.logs.list({ limit, type })
  const event = await store.logs.find(reference)
  if (!event) throw new StartError(`There is no log entry "${reference}". Entries are kept for 30 days.`)
  return [await withOtherClient(event, store)]
}

/** A callback may be right for another client. Nobody but the log's reader waits for all of them to be read. */
async function withOtherClient(event: LogEvent, store: Store): Promise<LogEvent> {
  const { kind, requested } = (event.details?.asked ?? {}) as { kind?: unknown; requested?: unknown }
  if (kind !== 'callback-mismatch' || typeof requested !== 'string') return event
  for (let after = ''; ; ) {
    const page = await store.clients.list({ after, limit: 500 })
    const otherClient = findOtherClient(
      requested,
      page.filter((client) => client.clientId !== event.clientId),
    )
    if (otherClient) return { ...event, details: { ...event.details, otherClient } }
    if (page.length < 500) return event
    after = page.at(-1)?.clientId ?? after
  }
}

/** The date as people read it. What strangers had logged must not reach the terminal raw (SEC-304). */
const lineOf = ({ date, ...rest }: LogEvent) =>
  printableJson(JSON.stringify({ date: new Date(date).toISOString(), ...rest }))

function parse(words: readonly string[]) {
  try {
    const options = {
      tenant: { type: 'string' },
      type: { type: 'string' },
      limit: { type: 'string', default: '50' },
      json: { type: 'boolean', default: false },
    } as const
    return parseArgs({ args: [...words], options, allowPositionals: true })
  } catch (error) {
    throw new StartError(error instanceof Error ? error.message : 'The arguments make no sense.')
  }
}
