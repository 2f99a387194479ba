import type { Config } from '#config.ts'
import type { Report } from '#tenant-file/report.ts'

/** What a newcomer needs next, once the server listens. */
export function announce(config: Config, report: Report, seconds: number): void {
  const lines = [...report.lines, '', `Keywright listens at ${config.url} (ready after ${seconds.toFixed(2)} s).`]
  if (report.sample) lines.push(...sampleLines(config.url))
  process.stdout.write(`${lines.join('\n')}\n`)
}

/** The verifier is the one of RFC 7636 Appendix B: everybody knows it, so it is good for a first look and nothing else. */
function sampleLines(url: string): string[] {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: 'Nh8vTqNYjbsVfMTHy2cFTRUFgyqjAqnn',
    scope: 'openid profile',
    redirect_uri: `${url}/mobile`,
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
  })
  return [
    '',
    'A sample tenant is there to try: ada@example.com, password "correct horse battery staple".',
    '',
    `  Sign in:     ${url}/authorize?${query}`,
    '  Native app:  npm run demo',
  ]
}
