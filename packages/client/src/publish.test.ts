import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import * as source from './index.ts'

const run = promisify(execFile)
const packageFolder = fileURLToPath(new URL('..', import.meta.url))
const compiler = join(packageFolder, '../../node_modules/typescript/bin/tsc')

test('what is published compiles without the types of Node.js, and exports the same under its name', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'keywright-client-'))
  t.after(() => rm(folder, { recursive: true }))
  const published = join(folder, 'node_modules/@keywright/client')
  const outDir = join(published, 'dist')
  await mkdir(published, { recursive: true })
  await cp(join(packageFolder, 'package.json'), join(published, 'package.json'))
  await run(process.execPath, [compiler, '-p', join(packageFolder, 'tsconfig.build.json'), '--outDir', outDir])
  await run(process.execPath, [join(packageFolder, 'swap-exports.ts')], { cwd: published })

  const files = await readdir(outDir)
  assert.ok(files.includes('index.d.ts'))
  assert.ok(files.every((name) => !name.includes('.test.')))

  const app = join(folder, 'app.mjs')
  await writeFile(app, "export * from '@keywright/client'\n")
  const found: object = await import(pathToFileURL(app).href)
  assert.deepEqual(Object.keys(found), Object.keys(source))

  await run(process.execPath, [join(packageFolder, 'swap-exports.ts')], { cwd: published })
  const [restored, original] = await Promise.all(
    [published, packageFolder].map((at) => readFile(join(at, 'package.json'), 'utf8')),
  )
  assert.equal(restored, original)
})
