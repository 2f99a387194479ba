const oldest = 26
if (Number.parseInt(process.versions.node, 10) < oldest) {
  process.stderr.write(
    `keywright: this is Node.js ${process.versions.node}, and Keywright needs ${oldest} or newer. The pinned one comes with "npm ci"; ` +
      'start with "npm start". If npm left it out (--omit=optional), install Node.js from nodejs.org.\n',
  )
  process.exit(1)
}

// Whoever reads along may go away; that is no reason for those who sign in to be left alone.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})

// Settings from a file in the folder that we are started in. What the environment says wins.
try {
  process.loadEnvFile()
} catch (error) {
  if (error.code !== 'ENOENT') {
    process.stderr.write(`keywright: the file .env cannot be read: ${error.message}\n`)
    process.exit(1)
  }
}

// Stripping types and compiling is most of a start, and the same at every start. Kept beside the packages, where nobody can
// leave code for us who could not change ours; where we may not write, every start is a first one.
// (Imported here and not above: an old Node.js has no such function, and would say so instead of the sentence.)
const [{ enableCompileCache }, { fileURLToPath }] = await Promise.all([import('node:module'), import('node:url')])
enableCompileCache(fileURLToPath(new URL('../../../node_modules/.cache/keywright', import.meta.url)))

// The one file that is not TypeScript: it is read before the cache is open, would have the type stripper, 14 MB of it,
// loaded for itself alone, and has a sentence for those whose Node.js can read no other.
const { run } = await import('#cli/run.ts')

process.exitCode = await run(process.argv.slice(2), process.env)
