// The comments are the manual, so they are run: every @example and every `ts` block of the README.
import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { AuthorizationServer } from '../testing/authorization-server.ts'

const server = await AuthorizationServer.start()
const directory = await mkdtemp(join(tmpdir(), 'keywright-examples-'))
after(async () => {
  await server.stop()
  await rm(directory, { recursive: true })
})

const url = (path: string) => new URL(path, import.meta.url)
const index = url('./index.ts').href
const names = (await readdir(url('.'))).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
// All is read before the first test: node:test runs `after` as soon as the tests it knows of are done.
const sources = await Promise.all(names.map(async (name) => ({ name, text: await readFile(url(name), 'utf8') })))

/** `console.log(x) // this` must print this; `…` stands for anything, and words after a colon are for the reader. */
function expectLogged(comment: string, ...values: unknown[]): void {
  const printed = values.map(String).join(' ').replaceAll(server.origin, 'http://localhost:3000')
  const [start = ''] = comment.split('…')
  assert.ok(
    comment.includes('…') ? printed.startsWith(start) : comment === printed || comment.startsWith(`${printed}: `),
    printed,
  )
}
Object.assign(globalThis, { browser: server.browser, expectLogged })

async function run(name: string, example: string): Promise<void> {
  const program = example
    .replaceAll("'@keywright/client'", JSON.stringify(index))
    .replaceAll('http://localhost:3000', server.origin)
    .replaceAll(/console\.log\((.*) \/\/ (.*)$/gm, (_, rest: string, comment: string) => {
      return `expectLogged(${JSON.stringify(comment.replaceAll(server.origin, 'http://localhost:3000'))}, ${rest}`
    })
    .replaceAll('console.log(', 'void (')
  const file = join(directory, `${name}.ts`)
  await writeFile(file, `${program}\nexport {}\n`)
  await import(pathToFileURL(file).href)
}

function examplesOf(source: string): { name: string; code: string }[] {
  const comments = source.matchAll(/@example\n(?<code>(?: *\*(?: .*)?\n)+?) *\*\/\n(?<declaration>.*)/g)
  return Array.from(comments, ({ groups }) => ({
    name: /^ *(?:export )?(?:async )?(?:function |class )?(\w+)/.exec(groups?.declaration ?? '')?.[1] ?? '',
    code: groups?.code?.replaceAll(/^ *\* ?/gm, '') ?? '',
  }))
}

let clientExample = ''
for (const { name: file, text } of sources) {
  const examples = examplesOf(text)
  for (const [number, { name, code }] of examples.entries()) {
    if (file === 'keywright-client.ts' && number === 0) clientExample = code
    const isMethod = file === 'keywright-client.ts' && number > 0
    test(`the example of ${file}, ${name}`, () => run(`${file}-${number}`, isMethod ? clientExample + code : code))
  }
}

test('every exported function and every public method has an example', async () => {
  for (const { name: file, text: source } of sources) {
    const exported = await readFile(url('index.ts'), 'utf8')
    const functions = [...source.matchAll(/^export (?:async )?function (\w+)/gm)].map(([, name = '']) => name)
    const published = functions.filter((name) => new RegExp(`\\b${name}\\b`).test(exported))
    const methods = file === 'keywright-client.ts' ? [...source.matchAll(/^ {2}(?:async )?([a-z]\w+)\(.*\{$/gm)] : []
    const needed = [...published, ...methods.map(([, name = '']) => name).filter((name) => name !== 'constructor')]
    const comments = source.split('/**').filter((comment) => comment.includes('@example'))
    for (const name of needed) {
      const isDocumented = comments.some((comment) =>
        new RegExp(`\\*/\\n *(?:export )?(?:async )?(?:function )?${name}\\b`).test(comment),
      )
      assert.ok(isDocumented, `${file}: ${name} has no example`)
    }
  }
})

test('the README', async () => {
  const readme = await readFile(url('../README.md'), 'utf8')
  const blocks = [...readme.matchAll(/```ts\n([^`]+)```/g)].map(([, code = '']) => code)
  assert.equal(blocks.length, 2)
  await run('readme', blocks.join(''))
})
