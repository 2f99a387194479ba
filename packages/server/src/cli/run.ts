import { readFile } from 'node:fs/promises'
import { readConfig } from '#config.ts'
import { systemRandom } from '#crypto/random-id.ts'
import { StartError } from '#errors.ts'
import { createLogger } from '#http/logger.ts'
import { didYouMean } from '#nearest-name.ts'
import { printable, printableLine } from '#printable.ts'
import { helpText } from '#settings/help.ts'
import { commands, findCommand, usageOf } from './commands.ts'

const more = `  keywright --help, keywright COMMAND --help
      this text and every setting; what is said about one command
  keywright --version
      which version this is
`

/** @returns the exit code */
export async function run(words: readonly string[], environment: NodeJS.ProcessEnv): Promise<number> {
  const [word, ...rest] = words
  if (word === '--version' || word === '-v') return say(await version())
  if (word === '--help' || word === '-h' || word === 'help') return say(`${usageOf(commands)}${more}\n${helpText()}`)
  const command = findCommand(word)
  if (!command) {
    const names = commands.map(({ name }) => name)
    process.stderr.write(
      `keywright: there is no command "${printableLine(word ?? '')}"${didYouMean(word ?? '', names)}.\n\n`,
    )
    process.stderr.write(usageOf(commands) + more)
    return 2
  }
  if (rest.includes('--help') || rest.includes('-h')) return say(usageOf([command]))
  try {
    const config = readConfig(environment, process.cwd())
    const world = { now: Date.now, random: systemRandom, logger: createLogger(config.logLevel) }
    return await command.run(rest, config, world)
  } catch (error) {
    const sentence = sentenceFor(error)
    if (sentence === undefined) throw error
    process.stderr.write(`keywright: ${printable(sentence)}\n`)
    return 1
  }
}

/** What an operator can mend; anything else is a bug, and is told whole. */
function sentenceFor(error: unknown): string | undefined {
  if (error instanceof StartError) return error.message
  if (!(error instanceof Error)) return undefined
  if (error.name === 'StorageUnavailable') return error.message
  if (error.name === 'SealError')
    return 'Something sealed in this database is damaged, or was put where it does not belong. The secret is the right one: restore the database from a backup.'
  if (error.name === 'UnknownSecret')
    return 'The secret is not the one with which this database was sealed. Set KEYWRIGHT_SECRET, or put keywright.secret back beside it.'
  return undefined
}

function say(text: string): number {
  process.stdout.write(text)
  return 0
}

async function version(): Promise<string> {
  const { version: ours } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  return `keywright ${ours} (Node.js ${process.versions.node})\n`
}
