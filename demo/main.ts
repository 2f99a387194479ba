import { Narrator, printable } from './narrator.ts'
import { nativeLogin } from './native-login.ts'
import { HELP, type Options, parseOptions } from './options.ts'
import { explain } from './trouble.ts'

async function main(): Promise<number> {
  let options: Options | undefined
  try {
    options = parseOptions(process.argv.slice(2), process.env)
    if (options.help) {
      process.stdout.write(HELP)
      return 0
    }
    await nativeLogin(options, new Narrator(process.stdout))
    process.stdout.write('\nDone: signed in, called, refreshed, signed out.\n')
    return 0
  } catch (error) {
    process.stderr.write(`\n${printable(explain(error, options?.url ?? ''))}\n`)
    return 1
  }
}

process.exitCode = await main()
