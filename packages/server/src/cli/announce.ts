import type { Config } from '#config.ts'

/** What a newcomer needs next, once the server listens. The verifier is that of RFC 7636 Appendix B: good for a first look only. */
export function announce({ url }: Config, sample: { email: string; password: string } | undefined): void {
  const ready = `Keywright listens at ${url} (ready after ${process.uptime().toFixed(2)} s).`
  const lines = sample ? [ready, ...firstSteps(url, sample)] : [ready]
  process.stdout.write(`${lines.join('\n')}\n`)
}

function firstSteps(url: string, { email, password }: { email: string; password: string }): string[] {
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
    `A sample tenant is there to try. Sign in as ${email} with the password "${password}":`,
    '',
    `  ${url}/authorize?${query}`,
    '',
    'Or watch a whole native-app login in a second terminal: npm run demo',
  ]
}
