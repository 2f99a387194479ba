import { createPrivateKey, generateKeyPair, type KeyObject, X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import { promisify } from 'node:util'
import { type Random, systemRandom } from './random-id.ts'
import { commonName, loadX509, serialNumber, toCryptoKey } from './x509.ts'

/** A certificate and its private key, both PEM. */
export type CertificatePair = { certificate: string; privateKey: string }

export type CertificateWishes = {
  /** Epoch milliseconds: the certificate is valid from an hour before, for clocks that are slow. */
  now: number
  random?: Random
}

const hour = 60 * 60 * 1000
const day = 24 * hour
const authorityDays = 3652
const leafDays = 396 // with the hour before, below the 397 days that browsers allow (CA/Browser Forum BR §6.3.2)
const ecdsa = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const generate = promisify(generateKeyPair)

/** A certificate authority of this machine's own, for `KEYWRIGHT_TLS=dev`: who trusts it, trusts what it issues. */
export async function createLocalAuthority({
  now,
  random = systemRandom,
}: CertificateWishes): Promise<CertificatePair> {
  const x509 = await loadX509()
  const { privateKey, publicKey } = await generate('ec', { namedCurve: 'P-256' })
  const keys = { privateKey: toCryptoKey(privateKey, ecdsa), publicKey: toCryptoKey(publicKey, ecdsa) }
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(random(16)),
    name: new x509.Name(commonName('Keywright local development CA')),
    notBefore: new Date(now - hour),
    notAfter: new Date(now + authorityDays * day),
    signingAlgorithm: ecdsa,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true), // may issue certificates, but no further authorities
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return { certificate: certificate.toString('pem'), privateKey: toPem(privateKey) }
}

/**
 * A server certificate for these hosts, with the authority's behind it so that the chain is whole.
 * @param hosts DNS names and IP addresses, at least one; clients ignore `*.localhost`, so name each tenant's host
 */
export async function issueLocalCertificate(
  authority: CertificatePair,
  hosts: readonly string[],
  { now, random = systemRandom }: CertificateWishes,
): Promise<CertificatePair> {
  const [host] = hosts
  if (host === undefined) throw new RangeError('a certificate needs a host')
  const x509 = await loadX509()
  const issuer = new x509.X509Certificate(authority.certificate)
  const { privateKey, publicKey } = await generate('ec', { namedCurve: 'P-256' })
  const publicCryptoKey = toCryptoKey(publicKey, ecdsa)
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(random(16)),
    subject: new x509.Name(commonName(host)),
    issuer: issuer.subjectName,
    notBefore: new Date(now - hour),
    notAfter: new Date(now + leafDays * day),
    signingAlgorithm: ecdsa,
    publicKey: publicCryptoKey,
    signingKey: toCryptoKey(createPrivateKey(authority.privateKey), ecdsa),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(hosts.map(toAlternativeName)),
      await x509.SubjectKeyIdentifierExtension.create(publicCryptoKey),
      await x509.AuthorityKeyIdentifierExtension.create(
        toCryptoKey(new X509Certificate(authority.certificate).publicKey, ecdsa),
      ),
    ],
  })
  return { certificate: `${certificate.toString('pem')}\n${authority.certificate}`, privateKey: toPem(privateKey) }
}

/** Clients look up addresses among the addresses and names among the names, never crosswise (RFC 9525 §6). */
function toAlternativeName(host: string): { type: 'ip' | 'dns'; value: string } {
  const address = host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host
  return isIP(address) ? { type: 'ip', value: address } : { type: 'dns', value: host }
}

function toPem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString()
}
