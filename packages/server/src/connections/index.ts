import { oidc } from './oidc.ts'
import type { RedirectStrategy } from './strategy.ts'

/** To add a provider: a file, and a line here. */
export const redirectStrategies: readonly RedirectStrategy[] = [oidc]

export const findRedirectStrategy = (strategy: string): RedirectStrategy | undefined =>
  redirectStrategies.find((known) => known.strategy === strategy)
