import { generateKeyPairSync, sign } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { DatabaseSync } from 'node:sqlite'
import { sample } from '../dialects.ts'
import { checkPassword, signInPage } from './sign-in.ts'

const db = new DatabaseSync(process.env.FLOOR_DATABASE ?? ':memory:')
db.exec(
  'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE IF NOT EXISTS facts (id INTEGER PRIMARY KEY, fact TEXT)',
)
const insert = db.prepare('INSERT INTO facts (fact) VALUES (?)')
const fact = 'x'.repeat(400)

/** Writes one row, durable when it settles. The rows of one turn of the event loop share a commit. */
function commit(): Promise<void> {
  return new Promise((resolve) => {
    if (waiting.push(resolve) > 1) return
    setImmediate(() => {
      const settled = waiting.splice(0)
      db.exec('BEGIN IMMEDIATE')
      for (const _ of settled) insert.run(fact)
      db.exec('COMMIT')
      for (const settle of settled) settle()
    })
  })
}
const waiting: (() => void)[] = []

const { privateKey: key } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const claims = Buffer.alloc(600, 'x')

function signature(): Promise<string> {
  return new Promise((resolve, reject) => {
    sign('sha256', claims, key, (error, made) => (error ? reject(error) : resolve(made.toString('base64url'))))
  })
}

const tokens = (signatures: string[]) =>
  JSON.stringify({ tokens: signatures, token_type: 'Bearer', expires_in: 86_400 })
/** As long as Keywright's documents are. */
const documents: Record<string, string> = {
  '/.well-known/jwks.json': JSON.stringify({ keys: 'x'.repeat(2853) }),
  '/.well-known/openid-configuration': JSON.stringify({ issuer: 'x'.repeat(1850) }),
  '/userinfo': JSON.stringify({ sub: 'x'.repeat(250) }),
}
const toTheApp = { location: `${sample.redirectUri}?code=floor&state=s` }

async function answer(request: IncomingMessage, response: ServerResponse) {
  const url = request.url ?? '/'
  const document = documents[url]
  if (document) return void response.writeHead(200, { 'content-type': 'application/json' }).end(document)
  if (request.method === 'GET') return authorize(url, request, response)
  const body = await read(request)
  if (url === '/login') {
    await checkPassword(sample.password)
    await Promise.all([commit(), commit()]) // session and code
    response.writeHead(302, { ...toTheApp, 'set-cookie': 'session=floor' }).end()
    return
  }
  // A code or a refresh token is spent; a machine leaves no trace.
  const machine = body.includes('client_credentials')
  if (!machine) await commit()
  const made = await Promise.all(machine ? [signature()] : [signature(), signature()])
  response.writeHead(200, { 'content-type': 'application/json' }).end(tokens(made))
}

async function authorize(url: string, request: IncomingMessage, response: ServerResponse) {
  if (url === '/login') return void response.writeHead(200, { 'content-type': 'text/html' }).end(signInPage('/login'))
  if (request.headers.cookie === undefined) return void response.writeHead(302, { location: '/login' }).end()
  await commit()
  response.writeHead(302, toTheApp).end()
}

function read(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => resolve(Buffer.concat(chunks).toString()))
    request.on('error', reject)
  })
}

createServer((request, response) => {
  answer(request, response).catch((error: unknown) => {
    console.error(error)
    response.writeHead(500).end()
  })
}).listen(Number(process.env.PORT), '127.0.0.1')

process.once('SIGTERM', () => process.exit(0))
