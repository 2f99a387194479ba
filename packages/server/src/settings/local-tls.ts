import { X509Certificate } from 'node:crypto'
import { access, mkdir, readFile, writeFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { dirname, join, resolve } from 'node:path'
import type { Config } from '#config.ts'
import { createLocalAuthority, issueLocalCertificate } from '#crypto/certificates.ts'
import { readTlsFiles } from './tls-files.ts'

/** Milliseconds before its end at which the local certificate is made anew. */
const margin = 30 * 86_400_000

/**
 * The certificate to serve with, if we serve TLS at all.
 * @param hosts names that the local certificate must cover: browsers do not take `*.localhost` for them
 * @throws StartError for files that cannot be used
 */
export async function resolveTls(
  config: Config,
  hosts: readonly string[],
  now: number,
): Promise<{ key: string; cert: string } | undefined> {
  if (!config.tls) return undefined
  if (config.tls.kind === 'files') {
    return readTlsFiles(config.tls)
  }
  return localCertificate(localTlsFolder(config), [...new Set([...hosts, 'localhost', '127.0.0.1', '::1'])], now)
}

/** Where `KEYWRIGHT_TLS=dev` keeps its authority: `ca.pem` is the file to trust. */
export const localTlsFolder = (config: Pick<Config, 'databaseFile'>): string =>
  config.databaseFile ? join(dirname(config.databaseFile), 'tls') : resolve('data/tls')

async function localCertificate(folder: string, hosts: string[], now: number) {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const authority = await keep(folder, 'ca', () => createLocalAuthority({ now }))
  const usable = (pem: string) => {
    const certificate = new X509Certificate(pem)
    return Date.parse(certificate.validTo) - now > margin && hosts.every((host) => covers(certificate, host))
  }
  const pair = await keep(folder, 'server', () => issueLocalCertificate(authority, hosts, { now }), usable)
  return { key: pair.privateKey, cert: pair.certificate }
}

const covers = (certificate: X509Certificate, host: string) =>
  (isIP(host) ? certificate.checkIP(host) : certificate.checkHost(host)) !== undefined

type Pair = { certificate: string; privateKey: string }

/** Reads the pair, or makes and writes it; the private key for its owner's eyes only. */
async function keep(
  folder: string,
  name: string,
  make: () => Promise<Pair>,
  usable = (_pem: string) => true,
): Promise<Pair> {
  const paths = { certificate: join(folder, `${name}.pem`), privateKey: join(folder, `${name}-key.pem`) }
  const there = await access(paths.privateKey).then(
    () => true,
    () => false,
  )
  if (there) {
    const pair = {
      certificate: await readFile(paths.certificate, 'utf8'),
      privateKey: await readFile(paths.privateKey, 'utf8'),
    }
    if (usable(pair.certificate)) return pair
  }
  const made = await make()
  await writeFile(paths.certificate, made.certificate)
  await writeFile(paths.privateKey, made.privateKey, { mode: 0o600 })
  return made
}
