import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Config } from '#config.ts'
import { StartError } from '#errors.ts'
import { type Foundation, openFoundation, type World } from '#server.ts'

/**
 * For commands that look at a server's data or change it: a mistyped path must not make a second, empty installation.
 * @throws StartError
 */
export async function openExisting(config: Config, world: World): Promise<Foundation> {
  if (config.databaseFile !== undefined && !(await isThere(config.databaseFile)))
    throw new StartError(
      `There is no database at ${config.databaseFile}. KEYWRIGHT_DATABASE says where it is; the server makes it at its first start.`,
    )
  return openFoundation(config, world)
}

/** The server makes its database, and the folder `./data`; any other folder is there, or mistyped. @throws StartError */
export async function requireFolder({ databaseFile, databaseIsDefault }: Config): Promise<void> {
  if (databaseFile === undefined || databaseIsDefault || (await isThere(dirname(databaseFile)))) return
  throw new StartError(
    `KEYWRIGHT_DATABASE is in the folder ${dirname(databaseFile)}, which does not exist. Make it first, or mend the path.`,
  )
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )
