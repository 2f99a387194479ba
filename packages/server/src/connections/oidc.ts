import type { RedirectStrategy } from './strategy.ts'
/** Stub: helper 8 replaces this file. */
export const oidc: RedirectStrategy = {
  strategy: 'oidc',
  begin: () => {
    throw new Error('x')
  },
  finish: () => {
    throw new Error('x')
  },
}
