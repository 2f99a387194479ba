import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { loadX509 } from '#crypto/x509.ts'
import { StartError } from '#errors.ts'
import { readTlsFiles } from './tls-files.ts'

let folder = ''
const files = () => ({
  kind: 'files' as const,
  certificate: join(folder, 'cert.pem'),
  privateKey: join(folder, 'key.pem'),
})

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keywright-tls-'))
  const { X509CertificateGenerator } = await loadX509()
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const keys = (await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=localhost',
    keys,
    signingAlgorithm: algorithm,
  })
  const key = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64')
  await writeFile(files().certificate, certificate.toString('pem'))
  await writeFile(files().privateKey, `-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----\n`)
  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' })
  await writeFile(join(folder, 'other.pem'), other)
  await writeFile(join(folder, 'text.pem'), 'hello')
})
after(() => rm(folder, { recursive: true }))

test('reads a certificate and its key', async () => {
  const { cert, key } = await readTlsFiles(files())
  assert.match(cert, /BEGIN CERTIFICATE/)
  assert.match(key, /BEGIN PRIVATE KEY/)
})

const refused: [string, Partial<ReturnType<typeof files>>, RegExp][] = [
  ['a missing file', { certificate: '/nowhere.pem' }, /cannot read \/nowhere\.pem/],
  ['a key of another certificate', { privateKey: 'other.pem' }, /does not belong/],
  ['no certificate', { certificate: 'text.pem' }, /holds no certificate/],
  ['no key', { privateKey: 'text.pem' }, /holds no private key/],
]
for (const [what, changed, message] of refused)
  test(`refuses ${what}`, async () => {
    const absolute = Object.entries(changed).map(([name, file]) => [
      name,
      file.startsWith('/') ? file : join(folder, file),
    ])
    await assert.rejects(
      readTlsFiles({ ...files(), ...Object.fromEntries(absolute) }),
      (error: unknown) => error instanceof StartError && message.test(error.message),
    )
  })
