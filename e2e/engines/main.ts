// `npm run test:browsers`: the walks of walks.ts in Chromium, Firefox and WebKit. `npm run test:browsers -- webkit` takes one engine,
// and a second word only the walks with the word in their names.
import { startChromium } from './chromium.ts'
import type { Engine } from './engine.ts'
import { startFirefox } from './firefox.ts'
import { walks } from './walks.ts'
import { startWebKit } from './webkit.ts'
import { startWorld } from './world.ts'

const engines: Record<string, () => Promise<Engine>> = {
  chromium: startChromium,
  firefox: startFirefox,
  webkit: startWebKit,
}
const [oneEngine, word = ''] = process.argv.slice(2)
let passed = 0
let failed = 0

async function report(name: string, work: () => Promise<void>): Promise<void> {
  const start = performance.now()
  try {
    await work()
    passed++
    console.log(`✔ ${name} (${((performance.now() - start) / 1000).toFixed(1)} s)`)
  } catch (error) {
    failed++
    console.log(`✖ ${name}\n  ${error instanceof Error ? error.message : String(error)}`)
  }
}

async function walkAll(engine: Engine): Promise<void> {
  console.log(engine.name)
  for (const [name, walk] of Object.entries(walks).filter(([name]) => name.includes(word))) {
    await report(name, async () => {
      await using world = await startWorld()
      await using tab = await engine.open()
      await walk(tab, world)
      if (world.server.errors.length > 0) throw new Error(`the server has failed: ${world.server.errors.join('\n')}`)
    })
  }
}

// So that the browsers end with us.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

for (const [name, start] of Object.entries(engines)) {
  if (oneEngine && oneEngine !== name) continue
  const engine = await start().catch((error: Error) => {
    failed++
    console.log(`✖ ${name}: ${error.message}`)
  })
  if (!engine) continue
  try {
    await walkAll(engine)
  } finally {
    await engine.close()
  }
}

if (passed + failed === 0) console.log('no such engine, or no such walk')
console.log(`${passed} passed, ${failed} failed`)
process.exit(passed > 0 && failed === 0 ? 0 : 1)
