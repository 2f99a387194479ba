import type { NamedBreak } from './named.ts'

export const namedBreaks: readonly NamedBreak[] = []
