import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import * as source from './index.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))

test('what is published compiles without the types of Node.js, and exports the same', async () => {
  const outDir = await mkdtemp(join(tmpdir(), 'keywright-client-'))
  try {
    const compiler = join(root, 'node_modules/typescript/bin/tsc')
    const project = join(root, 'packages/client/tsconfig.build.json')
    await promisify(execFile)(process.execPath, [compiler, '-p', project, '--outDir', outDir])
    const files = await readdir(outDir)
    assert.ok(files.includes('index.d.ts'))
    assert.ok(files.every((name) => !name.includes('.test.')))
    const compiled: object = await import(pathToFileURL(join(outDir, 'index.js')).href)
    assert.deepEqual(Object.keys(compiled), Object.keys(source))
  } finally {
    await rm(outDir, { recursive: true })
  }
})
