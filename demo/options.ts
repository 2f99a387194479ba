import { parseArgs } from 'node:util'
import { Trouble } from './trouble.ts'

export interface Options {
  url: string
  clientId: string
  /** Empty: no API, only the user. */
  audience: string
  scope: string
  headless: boolean
  username: string
  password: string
  help: boolean
}

const OPTIONS = {
  url: { type: 'string' },
  'client-id': { type: 'string', default: 'Nh8vTqNYjbsVfMTHy2cFTRUFgyqjAqnn' },
  audience: { type: 'string', default: 'appointments:api' },
  scope: { type: 'string', default: 'openid profile email offline_access appointments contacts' },
  headless: { type: 'boolean', default: false },
  username: { type: 'string', default: 'ada@example.com' },
  password: { type: 'string', default: 'correct horse battery staple' },
  help: { type: 'boolean', short: 'h', default: false },
} as const

export const HELP = `Usage: npm run demo -- [options]

A native app in your terminal: it signs a user in with the authorization code grant and PKCE, calls an API, refreshes and
signs out, and shows every request on the way. Secrets are shortened.

  --url <url>          the server            (KEYWRIGHT_URL, or http://localhost:3000)
  --client-id <id>     the native app        (${OPTIONS['client-id'].default})
  --audience <id>      the API; '' for none  (${OPTIONS.audience.default})
  --scope <scopes>     what to ask for       (${OPTIONS.scope.default})
  --headless           sign in without a browser, as the sample user
  --username <name>    for --headless        (${OPTIONS.username.default})
  --password <text>    for --headless        (${OPTIONS.password.default})
  --help               this text

The app must have http://127.0.0.1/callback among its callbacks and http://127.0.0.1/logout among its logout URLs; the port
is free (RFC 8252 §7.3).
A server with a development certificate (KEYWRIGHT_TLS=dev) is trusted when NODE_EXTRA_CA_CERTS names the file of its
certificate authority. The exit code is 0 when everything went well, else 1.
`

export function parseOptions(args: string[], environment: NodeJS.ProcessEnv): Options {
  const { 'client-id': clientId, url, ...values } = parse(args)
  return { ...values, clientId, url: url ?? (environment.KEYWRIGHT_URL || 'http://localhost:3000') }
}

function parse(args: string[]) {
  try {
    return parseArgs({ args, options: OPTIONS }).values
  } catch (error) {
    throw new Trouble(`${error instanceof Error ? error.message : String(error)}\nSee \`npm run demo -- --help\`.`)
  }
}
