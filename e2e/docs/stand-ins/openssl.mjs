// The three uses the tutorial makes of openssl, for machines without it.
import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'

const [command, ...words] = process.argv.slice(2)
const input = () => readFileSync(0)
const uses = {
  rand: () => randomBytes(Number(words[0])),
  dgst: () => createHash('sha256').update(input()).digest(),
  base64: () => input().toString('base64'),
}
process.stdout.write(uses[command]())
