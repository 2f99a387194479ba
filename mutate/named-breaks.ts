import { clocks } from './breaks/clocks.ts'
import { edge } from './breaks/edge.ts'
import { signIn } from './breaks/sign-in.ts'
import { tokens } from './breaks/tokens.ts'
import type { NamedBreak } from './named.ts'

/** Once, each of these stayed unnoticed by the tests of the requirement it breaks. */
export const namedBreaks: readonly NamedBreak[] = [...signIn, ...tokens, ...clocks, ...edge]
