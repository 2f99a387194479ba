import { ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'

// Loaded into every Node process of a test, by NODE_OPTIONS: one module of the server has another text. The work tree stays as
// it is, so nothing is left broken when a run is killed.
const { MUTATED_MODULE, MUTATED_CODE, NODE_OPTIONS } = process.env

if (MUTATED_MODULE && MUTATED_CODE) {
  registerHooks({
    load(url, context, nextLoad) {
      if (url !== MUTATED_MODULE) return nextLoad(url, context)
      return { format: 'module', source: readFileSync(MUTATED_CODE, 'utf8'), shortCircuit: true }
    },
  })

  // A test that starts the server with nothing but its settings in the environment starts a broken one, too. What it measures
  // does likewise: Node passes NODE_V8_COVERAGE on to everybody.
  type Spawn = { spawn(options: { envPairs: string[] }): unknown }
  const prototype = ChildProcess.prototype as unknown as Spawn
  const { spawn } = prototype
  prototype.spawn = function (options) {
    const ours = [`MUTATED_MODULE=${MUTATED_MODULE}`, `MUTATED_CODE=${MUTATED_CODE}`, `NODE_OPTIONS=${NODE_OPTIONS}`]
    const theirs = options.envPairs.filter((pair) => !/^(MUTATED_MODULE|MUTATED_CODE|NODE_OPTIONS)=/.test(pair))
    return spawn.call(this, { ...options, envPairs: [...theirs, ...ours] })
  }
}
