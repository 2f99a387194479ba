// Everything that docs/guide/native-login.md tells the reader to type, typed.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { freePort } from '../../packages/server/testing/start-server.ts'
import { aPerson, type Person } from '../testing/person.ts'
import { snippetsOf } from './snippets.ts'

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const root = at('../../')
const snippets = snippetsOf(at('../../docs/guide/native-login.md'))

let folder: string
let url: string
let adapt: (code: string) => string
const running: Array<() => Promise<unknown>> = []

function start(command: string, words: string[], env: Record<string, string> = {}, input?: string) {
  const child = spawn(command, words, { cwd: folder, env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'pipe'] })
  const ended = once(child, 'exit')
  running.push(() => {
    child.kill()
    return ended
  })
  child.stdin.end(input)
  return { child, ended }
}

/** The first line that matches; the rest flows on. */
async function lineOf(stream: Readable, pattern: RegExp): Promise<string> {
  const seen: string[] = []
  for await (const line of createInterface({ input: stream })) {
    seen.push(line)
    const found = pattern.exec(line)
    if (!found) continue
    stream.resume() // or the writer stops when the pipe is full
    return found[1] ?? found[0]
  }
  return assert.fail(`nothing matches ${pattern} in:\n${seen.join('\n')}`)
}

const fileNamed = (name: string) => {
  const snippet = snippets.find(({ file }) => file === name) ?? assert.fail(`the page has no ${name}`)
  return adapt(snippet.code)
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keywright-docs-'))
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
  const server = { PORT: `${await freePort()}`, KEYWRIGHT_DATABASE: 'sqlite::memory:' }
  url = await lineOf(
    start(process.execPath, [at('../../packages/server/src/main.js')], server).child.stdout,
    /listens at (\S+)/,
  )
  const ports = [await freePort(), await freePort()]
  adapt = (code) =>
    code.replaceAll('http://localhost:3000', url).replaceAll('8976', `${ports[0]}`).replaceAll('8977', `${ports[1]}`)
  await writeFile(join(folder, 'api.mjs'), fileNamed('api.mjs'))
  await writeFile(join(folder, 'app.mjs'), fileNamed('app.mjs'))
})
after(async () => {
  await Promise.all(running.map((stop) => stop()))
  await rm(folder, { recursive: true, force: true })
})

/** Not every machine has these two; the system's own are used where there are. */
const prelude = ['curl', 'openssl']
  .map((name) => `command -v ${name} >/dev/null || ${name}() { node '${at(`stand-ins/${name}.mjs`)}' "$@"; }\n`)
  .join('')

/** Does in the browser what the page asks for, up to whoever listens for it to come back. */
async function browse(printed: string, person: Person): Promise<void> {
  // Nobody is asked whether to sign out: `open` would say yes.
  const callback = printed.includes('/oidc/logout') ? await signedOut(printed, person) : await person.open(printed)
  assert.match(await (await fetch(callback)).text(), /window|terminal/)
}

async function signedOut(printed: string, { browser }: Person): Promise<string> {
  const { location, body } = await browser.get(printed)
  return location ?? assert.fail(`the sign-out led nowhere: ${body.slice(0, 300)}`)
}

/** Browses to every address that is printed, in one browser, until the stream ends. @returns all that was printed */
async function followAddresses(output: Readable): Promise<string> {
  const person = aPerson(url)
  const said: string[] = []
  for await (const line of createInterface({ input: output })) {
    said.push(line)
    if (line.startsWith(url)) await browse(line, person)
  }
  return said.join('\n')
}

test('every command of the tutorial, from the verifier to the sign-out', { timeout: 60_000 }, async () => {
  const api = start(process.execPath, ['api.mjs'])
  await lineOf(api.child.stdout, /The API listens/)
  const commands = snippets.filter(({ language }) => language === 'sh').map(({ code }) => adapt(code))
  const shell = start('sh', ['-eu'], {}, prelude + commands.join('\n'))
  const [out, errors, [code]] = await Promise.all([
    text(shell.child.stdout),
    followAddresses(shell.child.stderr),
    shell.ended,
  ])
  assert.equal(code, 0, out + errors)
  assert.match(out, /This answer is ours\./)
  assert.match(out, /access token for 86400 seconds, for: .*appointments/)
  assert.match(out, /Hello, Ada Lovelace \(auth0\|/)
  assert.match(out, /auth0\|\w+ has an appointment at nine/)
  assert.match(out, /"sub":"auth0\|/)
  assert.match(out, /Another 86400 seconds\./)
  assert.match(out, /"error":"invalid_grant"/)
  assert.match(out, /^\/logout$/m)
})

test('the same with the library', { timeout: 60_000 }, async () => {
  const app = start(process.execPath, ['app.mjs'])
  const [out, errors, [code]] = await Promise.all([
    followAddresses(app.child.stdout),
    text(app.child.stderr),
    app.ended,
  ])
  assert.equal(code, 0, out + errors)
  assert.match(out, /Hello, Ada Lovelace/)
  assert.match(out, /^For the API: eyJ/m)
})
