import type { PagePolicy } from './page.ts'

/** The header's value: nothing is allowed but what the page itself brought. */
export function contentSecurityPolicy(policy: PagePolicy): string {
  const open = `script-src ${list(policy.scriptHashes)}; style-src ${list(policy.styleHashes)}; img-src ${list(policy.imgSrc)}`
  const ways = `form-action ${list(policy.formAction)}; frame-ancestors ${list(policy.frameAncestors)}`
  return `${closed}; ${open}; ${ways}`
}

const closed = "default-src 'none'; base-uri 'none'; object-src 'none'; connect-src 'none'"

const list = (sources: readonly string[]): string => (sources.length > 0 ? sources.join(' ') : "'none'")
