import type { PagePolicy } from './page.ts'

/** The header's value: nothing is allowed but what the page itself brought. */
export function contentSecurityPolicy(policy: PagePolicy): string {
  const open = `script-src ${list(policy.scriptHashes)}; style-src ${list(policy.styleHashes)}; img-src ${list(policy.imgSrc)}`
  // No list says "anywhere": `*` stands for the schemes of the web, and leaves out those of the apps (CSP3 §6.7.2.8).
  const forms = policy.formAction ? `form-action ${list(policy.formAction)}; ` : ''
  return `${closed}; ${open}; ${forms}frame-ancestors ${list(policy.frameAncestors)}`
}

const closed = "default-src 'none'; base-uri 'none'; object-src 'none'; connect-src 'none'"

const list = (sources: readonly string[]): string => (sources.length > 0 ? sources.join(' ') : "'none'")
