import { isIP } from 'node:net'
import { resolve } from 'node:path'
import { z } from 'zod'
import { requireLongSecret } from '#crypto/long-secret.ts'
import { StartError } from '#errors.ts'
import { didYouMean } from '#nearest-name.ts'
import { type DatabaseSetting, parseDatabaseUrl, withoutPassword } from '#settings/database-url.ts'
import { parseNetworks } from '#settings/networks.ts'
import { parsePrivateNetworks } from '#settings/private-networks.ts'
import { parsePublicUrl } from '#settings/public-url.ts'
import { parsedBy, readSetting, type Setting, wrongSetting } from '#settings/setting.ts'
import { parseTls, type TlsSetting } from '#settings/tls-files.ts'
import { isLocal } from '#tenants/domain.ts'

export { loadSecret } from '#settings/secret.ts'

export type LogLevel = (typeof logLevels)[number]

export interface Config {
  port: number
  host: string
  /** Origin of the first tenant, without a trailing slash. */
  url: string
  /** `sqlite::memory:`, `sqlite:` and an absolute path, or a PostgreSQL URL. May hold a password. */
  database: string
  /** Absolute path of the SQLite file, if there is one. */
  databaseFile?: string
  /** Nobody has said where. */
  databaseIsDefault: boolean
  /** Absolute paths, in the order they are applied. */
  tenantFiles: string[]
  /** What keywords in them stand for: JSON, or the absolute path of a file with it. May hold secrets. */
  keywordMappings?: string
  /** Whatever of a tenant file would be reported stops the start instead. */
  strictImport: boolean
  /** As set; see `loadSecret`. */
  secret?: string
  tls?: TlsSetting
  /** Addresses and networks in CIDR form. */
  trustedProxies: string[]
  /** Addresses and networks in CIDR form that the server may call, though they are not public. */
  privateNetworks: string[]
  logLevel: LogLevel
  /** What is allowed but probably not meant: to be printed. */
  warnings: string[]
}

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const

const setting = <Value>(row: Setting<Value>): Setting<Value> => row

/** Every setting there is. Help, the reference and the warnings about unknown names are written from this table. */
export const settings = {
  PORT: setting({
    group: 'listening',
    fallback: '3000',
    meaning: 'The TCP port to listen on.',
    why: 'It needs no privileges, and it is the port that tutorials use.',
    allowed: 'a whole number from 0 to 65535; 0, which takes a free port, needs KEYWRIGHT_URL',
    schema: parsedBy(parsePort),
  }),
  HOST: setting({
    group: 'listening',
    fallback: '127.0.0.1',
    meaning: 'The address to listen on.',
    why: 'A server that was just tried out on a laptop must not be open to the network it happens to be in.',
    allowed: 'an IP address of this machine or a host name, such as 127.0.0.1, or 0.0.0.0 for all IPv4 interfaces',
    schema: parsedBy(parseHost),
  }),
  KEYWRIGHT_URL: setting({
    group: 'listening',
    fallback: 'http://localhost:$PORT, or https://localhost:$PORT with KEYWRIGHT_TLS',
    meaning: 'The public URL of the first tenant, as browsers and apps see it. The issuer is this and a slash.',
    why: 'It is where a browser on the same machine finds the server.',
    allowed: 'a scheme, a host and, if it is not the usual one, a port, such as https://login.example.com',
    schema: parsedBy(parsePublicUrl),
    show: (text) => text.replace(/\/\/[^/]*@/, '//***@'),
  }),
  KEYWRIGHT_DATABASE: setting({
    group: 'database',
    fallback: 'sqlite:./data/keywright.db',
    meaning: 'Where everything is stored.',
    why: 'A file needs no other server, and survives restarts.',
    allowed:
      'sqlite: and the path of a file, sqlite::memory: for a throw-away server, or postgres://user:password@host/database',
    schema: parsedBy(parseDatabaseUrl),
    show: withoutPassword,
  }),
  KEYWRIGHT_SECRET: setting({
    group: 'database',
    fallback:
      'with SQLite a generated file, keywright.secret, beside the database; with PostgreSQL none, it is required',
    meaning: 'Encrypts private keys and other secrets in the database. Whoever has both has everything.',
    why: 'Several processes on one PostgreSQL must agree on it, so it cannot be made up by one of them.',
    allowed: 'a random text of at least 32 characters',
    schema: parsedBy(requireLongSecret),
    show: () => '***',
  }),
  KEYWRIGHT_TENANT_FILE: setting({
    group: 'tenant-file',
    fallback: 'none: an empty database gets a sample tenant',
    meaning:
      'Tenant files to apply at every start, in this order. What they say becomes so; what they do not mention stays.',
    why: 'A first look needs something to sign in to, and nothing else does.',
    allowed: 'the path of a YAML or JSON file, or several separated by commas',
    schema: parsedBy(parseList),
  }),
  KEYWRIGHT_STRICT_IMPORT: setting({
    group: 'tenant-file',
    fallback: 'false',
    meaning: 'Whether everything in a tenant file that would only be reported stops the start instead.',
    why: 'An export of an Auth0 tenant has much that is not applied here, and the rest of it should start.',
    allowed: 'true or false',
    schema: parsedBy(parseSwitch),
  }),
  AUTH0_KEYWORD_REPLACE_MAPPINGS: setting({
    group: 'tenant-file',
    fallback: 'none: keywords stay as they are, and stop the start where they would be applied',
    meaning: 'What ##NAME## and @@NAME@@ in tenant files stand for, as auth0-deploy-cli replaces them.',
    why: 'What a name stands for, only its owner knows.',
    allowed:
      'a JSON object such as {"NAME": "value"}, or the path of a JSON file that is one or has one under this name',
    schema: parsedBy((text) => text),
    show: () => '***',
  }),
  KEYWRIGHT_TLS: setting({
    group: 'tls-and-proxies',
    fallback: 'none: plain http',
    meaning: 'Serves https directly: "dev" makes a certificate authority and a certificate for this machine.',
    why: 'In production a proxy usually ends TLS, and on localhost nobody listens in between.',
    allowed: 'dev, or the paths of a certificate chain and its private key in PEM form, separated by a comma',
    schema: parsedBy(parseTls),
  }),
  KEYWRIGHT_TRUSTED_PROXIES: setting({
    group: 'tls-and-proxies',
    fallback: 'none: the caller is who the socket says',
    meaning: 'Peers whose X-Forwarded-For (or Forwarded) and X-Forwarded-Host are believed.',
    why: 'Whoever may write these headers chooses the address that rate limits and logs see.',
    allowed: 'IP addresses and networks, such as 10.0.0.0/8, separated by commas',
    schema: parsedBy(parseNetworks),
  }),
  KEYWRIGHT_PRIVATE_NETWORKS: setting({
    group: 'outgoing',
    fallback: 'none: only public addresses; a server whose public URL is on this machine calls private ones, too',
    meaning: 'Where the server may call although it is not public: on any port, and without https.',
    why: 'An address in a configuration, or a name that leads elsewhere tomorrow, must not reach what firewalls protect.',
    allowed: 'IP addresses and networks, such as 10.20.0.0/16, separated by commas',
    schema: parsedBy(parsePrivateNetworks),
  }),
  KEYWRIGHT_LOG_LEVEL: setting({
    group: 'logging',
    fallback: 'info',
    meaning: 'The least important messages that are written to stdout.',
    why: 'It says what the server does, and is quiet about single requests that went well.',
    allowed: logLevels.join(', '),
    schema: parsedBy(parseLogLevel),
  }),
}

type Environment = Record<string, string | undefined>

/**
 * @param cwd what relative paths are relative to
 * @throws StartError that names the variable, the value and what is allowed
 */
export function readConfig(environment: Environment, cwd: string): Config {
  const read = <Value>(name: keyof typeof settings, row: Setting<Value>) => readSetting(name, row, environment[name])
  const port = read('PORT', settings.PORT) ?? 3000
  const tls = inFolder(read('KEYWRIGHT_TLS', settings.KEYWRIGHT_TLS), cwd)
  const url = read('KEYWRIGHT_URL', settings.KEYWRIGHT_URL) ?? defaultUrl(port, tls !== undefined)
  const database = read('KEYWRIGHT_DATABASE', settings.KEYWRIGHT_DATABASE) ?? {
    kind: 'sqlite',
    path: './data/keywright.db',
  }
  if (tls && url.startsWith('http:')) {
    const problem = 'KEYWRIGHT_TLS makes this server speak https only'
    throw wrongSetting('KEYWRIGHT_URL', url, problem, 'an https URL here')
  }
  return {
    port,
    host: read('HOST', settings.HOST) ?? '127.0.0.1',
    url,
    ...placeOf(database, cwd),
    databaseIsDefault: !environment.KEYWRIGHT_DATABASE?.trim(),
    tenantFiles: (read('KEYWRIGHT_TENANT_FILE', settings.KEYWRIGHT_TENANT_FILE) ?? []).map((file) =>
      resolve(cwd, file),
    ),
    keywordMappings: inlineOrPath(read('AUTH0_KEYWORD_REPLACE_MAPPINGS', settings.AUTH0_KEYWORD_REPLACE_MAPPINGS), cwd),
    strictImport: read('KEYWRIGHT_STRICT_IMPORT', settings.KEYWRIGHT_STRICT_IMPORT) ?? false,
    secret: readSecret(environment.KEYWRIGHT_SECRET, database),
    tls,
    trustedProxies: read('KEYWRIGHT_TRUSTED_PROXIES', settings.KEYWRIGHT_TRUSTED_PROXIES) ?? [],
    privateNetworks: read('KEYWRIGHT_PRIVATE_NETWORKS', settings.KEYWRIGHT_PRIVATE_NETWORKS) ?? [],
    logLevel: read('KEYWRIGHT_LOG_LEVEL', settings.KEYWRIGHT_LOG_LEVEL) ?? 'info',
    warnings: [...warningsAbout(url), ...unknownNames(environment)],
  }
}

/** An empty secret is no unset one: a template was not filled in, and what it protects would stay open (SEC-300). */
function readSecret(text: string | undefined, database: DatabaseSetting): string | undefined {
  const { allowed } = settings.KEYWRIGHT_SECRET
  const advice = `It may be ${allowed}; make one with: openssl rand -base64 48`
  if (text !== undefined && text.trim() === '') throw new StartError(`KEYWRIGHT_SECRET is empty. ${advice}`)
  const secret = readSetting('KEYWRIGHT_SECRET', settings.KEYWRIGHT_SECRET, text)
  if (secret === undefined && database.kind === 'postgres') {
    throw new StartError(`KEYWRIGHT_SECRET is not set, and PostgreSQL needs it: all processes share it. ${advice}`)
  }
  return secret
}

function placeOf(database: DatabaseSetting, cwd: string): { database: string; databaseFile?: string } {
  if (database.kind === 'postgres') return { database: database.url }
  if (database.path === undefined) return { database: 'sqlite::memory:' }
  const databaseFile = resolve(cwd, database.path)
  return { database: `sqlite:${databaseFile}`, databaseFile }
}

function inFolder(tls: TlsSetting | undefined, cwd: string): TlsSetting | undefined {
  if (tls?.kind !== 'files') return tls
  return { kind: 'files', certificate: resolve(cwd, tls.certificate), privateKey: resolve(cwd, tls.privateKey) }
}

const inlineOrPath = (said: string | undefined, cwd: string): string | undefined =>
  said === undefined || said.startsWith('{') ? said : resolve(cwd, said)

function defaultUrl(port: number, secure: boolean): string {
  if (port === 0) throw wrongSetting('PORT', '0', 'a free port needs KEYWRIGHT_URL to be set', settings.PORT.allowed)
  return parsePublicUrl(`${secure ? 'https' : 'http'}://localhost:${port}`)
}

function warningsAbout(url: string): string[] {
  if (url.startsWith('https:') || isLocal(url)) return []
  return [
    `KEYWRIGHT_URL is ${url}: passwords and tokens cross the network unencrypted, and browsers refuse secure cookies. ` +
      'Use https, with KEYWRIGHT_TLS or a proxy that ends TLS.',
  ]
}

/** A misspelt setting would silently be its default. */
function unknownNames(environment: Environment): string[] {
  const known = Object.keys(settings)
  return Object.keys(environment)
    .filter((name) => name.startsWith('KEYWRIGHT_') && !known.includes(name))
    .map((name) => `${name} is not a setting and was ignored${didYouMean(name, known)}.`)
}

function parsePort(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65535) throw new Error('it is not a port number')
  return Number(text)
}

function parseHost(text: string): string {
  const bare = text.replace(/^\[(.*)\]$/, '$1')
  const name = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i
  // Digits and dots that are not an address are a mistyped address, not a name.
  if (isIP(bare) || (name.test(bare) && !/^[\d.]+$/.test(bare))) return bare
  throw new Error('it is neither an IP address nor a host name')
}

function parseList(text: string): string[] {
  const parts = text.split(',').map((part) => part.trim())
  if (parts.includes('')) throw new Error('one of its paths is empty')
  return parts
}

function parseSwitch(text: string): boolean {
  if (text === 'true' || text === 'false') return text === 'true'
  throw new Error('it is neither true nor false')
}

function parseLogLevel(text: string): LogLevel {
  const level = z.enum(logLevels).safeParse(text.toLowerCase())
  if (!level.success) throw new Error('there is no such level')
  return level.data
}
