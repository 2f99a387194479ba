import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { StartError } from '#errors.ts'

export type TlsSetting = { kind: 'dev' } | { kind: 'files'; certificate: string; privateKey: string }

/** @throws Error that says what is wrong */
export function parseTls(text: string): TlsSetting {
  if (text === 'dev') return { kind: 'dev' }
  const [certificate, privateKey, ...more] = text.split(',').map((part) => part.trim())
  if (!certificate || !privateKey || more.length > 0) throw new Error('it is neither "dev" nor two files')
  return { kind: 'files', certificate, privateKey }
}

/** Reads both files and makes sure that they belong together, before a browser finds out. @throws StartError */
export async function readTlsFiles(
  tls: Extract<TlsSetting, { kind: 'files' }>,
): Promise<{ cert: string; key: string }> {
  const [cert, key] = await Promise.all([readPem(tls.certificate), readPem(tls.privateKey)])
  const certificate = parsePem(tls.certificate, 'certificate', () => new X509Certificate(cert))
  const privateKey = parsePem(tls.privateKey, 'private key without a passphrase', () => createPrivateKey(key))
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new StartError(
      `KEYWRIGHT_TLS: the key in ${tls.privateKey} does not belong to the certificate in ${tls.certificate}.`,
    )
  }
  return { cert, key }
}

async function readPem(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: Error) => {
    throw new StartError(`KEYWRIGHT_TLS: cannot read ${file}: ${error.message}`)
  })
}

function parsePem<Parsed>(file: string, what: string, parse: () => Parsed): Parsed {
  try {
    return parse()
  } catch {
    throw new StartError(`KEYWRIGHT_TLS: ${file} holds no ${what} in PEM form.`)
  }
}
