import type { PagePolicy } from './page.ts'

/** The header's value: nothing is allowed but what the page itself brought. */
export function contentSecurityPolicy(policy: PagePolicy): string {
  const list = (sources: readonly string[]) => (sources.length > 0 ? sources.join(' ') : "'none'")
  return [
    "default-src 'none'",
    "base-uri 'none'",
    "object-src 'none'",
    "connect-src 'none'",
    `script-src ${list(policy.scriptHashes)}`,
    `style-src ${list(policy.styleHashes)}`,
    `img-src ${list(policy.imgSrc)}`,
    `form-action ${list(policy.formAction)}`,
    `frame-ancestors ${list(policy.frameAncestors)}`,
  ].join('; ')
}
