import { StartError } from '#errors.ts'
import type { Database } from './database.ts'

export function openPostgres(_url: string, _now: () => number, _onError: (error: unknown) => void): Promise<Database> {
  throw new StartError('PostgreSQL comes in the next commit.')
}
