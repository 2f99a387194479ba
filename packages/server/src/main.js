import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

// Stripping types and compiling is most of a start, and the same at every start. Kept beside the packages, where nobody can
// leave code for us who could not change ours; where we may not write, every start is a first one.
enableCompileCache(fileURLToPath(new URL('../../../node_modules/.cache/keywright', import.meta.url)))

// The one file that is not TypeScript: it is read before the cache is open, and would have the type stripper, 14 MB of it,
// loaded for itself alone.
const { run } = await import('#cli/run.ts')

process.exitCode = await run(process.argv.slice(2), process.env)
