import { setFlagsFromString } from 'node:v8'
import { constants, createContext } from 'node:vm'

/** Milliseconds after the start: the first answer should not wait for this. */
const delay = 500

/**
 * A start leaves garbage behind, parsed files above all, and an idle engine never looks for it: collecting it once, and
 * thoroughly, hands 15 MB back to the system. It takes some 50 ms. Nobody but tests of the engine is given the collector,
 * so it is taken from a context that is made, and thrown away, for this.
 */
export function handBackMemory(): void {
  setTimeout(() => {
    setFlagsFromString('--expose-gc')
    const { gc } = createContext(constants.DONT_CONTEXTIFY) as { gc?: typeof globalThis.gc }
    setFlagsFromString('--no-expose-gc')
    gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' })
  }, delay).unref()
}
