// npm does not honour `publishConfig.exports`. Run before packing, this puts them into package.json; run after, it brings the
// original back.
import { readFile, rename, writeFile } from 'node:fs/promises'

const ORIGINAL = 'package.json.original'

const original = await readFile(ORIGINAL, 'utf8').catch(() => undefined)
if (original === undefined) {
  const text = await readFile('package.json', 'utf8')
  const { publishConfig, scripts: _, ...manifest } = JSON.parse(text)
  await writeFile(ORIGINAL, text)
  await writeFile('package.json', `${JSON.stringify({ ...manifest, ...publishConfig }, null, 2)}\n`)
} else {
  await rename(ORIGINAL, 'package.json')
}
