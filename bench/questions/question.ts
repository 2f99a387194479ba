import type { DialectName } from '../dialects.ts'
import type { Visitor } from '../flow.ts'

/** A claim: at most this many times what another contender needs in the same run. */
export interface Target {
  against: DialectName
  most: number
}

/** Something that visitors do over and over, the same at every server. */
export interface Question<State = unknown> {
  name: string
  asks: string
  targets: readonly Target[]
  /** Once per visitor, not measured. */
  prepare(visitor: Visitor): Promise<State>
  operation(visitor: Visitor, state: State): Promise<void>
  /** Prepare again for every round: where doing it makes each server's data grow, all start each round alike. */
  freshRounds?: boolean
}
