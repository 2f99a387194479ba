import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'

// Loaded into every Node process of a test, by NODE_OPTIONS: one module of the server has another text. The work tree stays as
// it is, so nothing is left broken when a run is killed.
const { MUTATED_MODULE, MUTATED_CODE } = process.env

if (MUTATED_MODULE && MUTATED_CODE)
  registerHooks({
    load(url, context, nextLoad) {
      if (url !== MUTATED_MODULE) return nextLoad(url, context)
      return { format: 'module', source: readFileSync(MUTATED_CODE, 'utf8'), shortCircuit: true }
    },
  })
