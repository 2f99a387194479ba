/** A certificate and its private key, both PEM. */
export type CertificatePair = { certificate: string; privateKey: string }

export function createLocalAuthority(_options: { now: number }): Promise<CertificatePair> {
  throw new Error('not written yet')
}

/** @param hosts DNS names and IP addresses */
export function issueLocalCertificate(
  _authority: CertificatePair,
  _hosts: readonly string[],
  _options: { now: number },
): Promise<CertificatePair> {
  throw new Error('not written yet')
}
