import type { Config } from '#config.ts'
import type { World } from '#server.ts'
import { keysCommand } from './keys.ts'
import { logsCommand } from './logs.ts'
import { startCommand } from './start.ts'

/** A word after `keywright`, and all that is said about it. */
export interface Command {
  name: string
  /** Each way to write it, without `keywright`, and what that does. */
  forms: readonly (readonly [form: string, meaning: string])[]
  /** @returns the exit code */
  run(words: readonly string[], config: Config, world: World): Promise<number>
}

export const commands: readonly Command[] = [
  {
    name: 'serve',
    forms: [['serve', 'start the server; so does no command at all']],
    run: (_words, config, world) => startCommand(config, world),
  },
  {
    name: 'keys',
    forms: [
      ['keys list [--tenant DOMAIN]', 'show the signing keys'],
      [
        'keys rotate [--tenant DOMAIN] [--algorithm RS256|PS256|ES256] [--force]',
        'the next key signs from now on; live tokens stay valid',
      ],
      ['keys revoke KID [--tenant DOMAIN]', 'stop trusting a key at once, and every token that it signed'],
      ['keys replace [--tenant DOMAIN]', 'after a leak: new keys for every algorithm, and no trust in any old one'],
    ],
    run: keysCommand,
  },
  {
    name: 'logs',
    forms: [
      ['logs [--tenant DOMAIN] [--type CODE] [--limit N] [--json]', "the tenant's log, newest first"],
      ['logs REFERENCE [--tenant DOMAIN]', 'the entry that an error page named'],
    ],
    run: logsCommand,
  },
]

/** `start` was the word before `serve`. */
export const findCommand = (word = 'serve'): Command | undefined =>
  commands.find(({ name }) => name === (word === 'start' ? 'serve' : word))

export function usageOf(some: readonly Command[]): string {
  const lines = some.flatMap(({ forms }) => forms.map(([form, meaning]) => `  keywright ${form}\n      ${meaning}`))
  return ['Usage:', ...lines, ''].join('\n')
}
