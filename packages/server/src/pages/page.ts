import type { Locale } from './locale.ts'

/** A rendered page, and what its Content-Security-Policy must allow beyond nothing (see csp.ts). */
export interface Page {
  html: string
  csp: PagePolicy
}

/** Source expressions, ready for the header: `'sha256-…'`, `'self'`, `https://app.example`, `com.app:`, `data:`. Empty: nothing. */
export interface PagePolicy {
  scriptHashes: string[]
  styleHashes: string[]
  /** Undefined: wherever the form and what follows it may lead. */
  formAction: string[] | undefined
  imgSrc: string[]
  frameAncestors: string[]
}

/** What surrounds every screen: the tenant's branding and the reader's language. Colours and URLs may be hostile. */
export interface Surroundings {
  tenantName: string
  logoUrl?: string
  /** `#rrggbb`; anything else falls back to our own. */
  primaryColor?: string
  backgroundColor?: string
  /** Of the words on the primary button; the tenant's wish, which counts where it can be read. */
  labelColor?: string
  supportUrl?: string
  supportEmail?: string
  locale: Locale
}

/** Where a screen's form goes and what it carries unseen (the interaction's handle, the anti-CSRF token). */
export interface FormTarget {
  /** A path of our own. */
  action: string
  hidden: Readonly<Record<string, string>>
}

/**
 * What the answer to a form may lead to beyond our own pages: the addresses, if it ends there, or anywhere. Chromium and WebKit hold every
 * redirect that follows to the form's policy (Firefox none), and where a web address redirects to, its owner alone knows.
 */
export type ReturnTargets = readonly string[] | 'anywhere'

/** How this screen may end: in a redirect out of our origin, perhaps out of the browser. */
export interface WayBack {
  /** The application, in its own words. */
  clientName: string
  returnTargets: ReturnTargets
  /** True for custom schemes: the browser stays on this page when the answer leaves for the app. */
  leavesBrowser: boolean
}

/** Who asks for access, and how far we can vouch for them (RFC 8252 §8.6). */
export interface Requester {
  clientName: string
  clientLogoUrl?: string
  firstParty: boolean
  publisherVerified: boolean
  /** The host the answer goes to, or the scheme for a native app: `app.example`, `com.app`. */
  returnTarget: string
  /** The answer goes to an app that listens on this computer (RFC 8252 §7.3): its address says nothing to anybody. */
  onThisComputer?: boolean
}
