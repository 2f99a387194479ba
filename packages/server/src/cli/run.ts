import { readConfig } from '#config.ts'
import { systemRandom } from '#crypto/random-id.ts'
import { StartError } from '#errors.ts'
import { createLogger } from '#http/logger.ts'
import { printable, printableLine } from '#printable.ts'
import { helpText } from '#settings/help.ts'
import { keysCommand } from './keys.ts'
import { logsCommand } from './logs.ts'
import { startCommand } from './start.ts'

const usage = `Usage:
  keywright                                  start the server
  keywright keys list   [--tenant DOMAIN]    show the signing keys
  keywright keys rotate [--tenant DOMAIN] [--algorithm RS256|PS256|ES256] [--force]
                                             the next key signs from now on; live tokens stay valid
  keywright keys revoke KID [--tenant DOMAIN]
                                             stop trusting a key at once, and every token that it signed
  keywright keys replace [--tenant DOMAIN]   after a leak: new keys for every algorithm, and no trust in any old one
  keywright logs [REFERENCE] [--tenant DOMAIN] [--type CODE] [--limit N]
                                             the tenant's log, newest first; or the entry an error page named
  keywright --help                           this text and every setting
`

/** @returns the exit code */
export async function run(words: readonly string[], environment: NodeJS.ProcessEnv): Promise<number> {
  const [command, ...rest] = words
  if (command === '--help' || command === '-h' || command === 'help') {
    process.stdout.write(`${usage}\n${helpText()}`)
    return 0
  }
  try {
    const config = readConfig(environment, process.cwd())
    const world = { now: Date.now, random: systemRandom, logger: createLogger(config.logLevel) }
    if (command === undefined || command === 'start') return await startCommand(config, world)
    if (command === 'keys') return await keysCommand(rest, config, world)
    if (command === 'logs') return await logsCommand(rest, config, world)
    process.stderr.write(`keywright: there is no command "${printableLine(command)}".\n\n${usage}`)
    return 2
  } catch (error) {
    if (!(error instanceof StartError) && !(error instanceof Error && error.name === 'StorageUnavailable')) throw error
    process.stderr.write(`keywright: ${printable(error.message)}\n`)
    return 1
  }
}
