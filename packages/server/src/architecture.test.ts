import assert from 'node:assert/strict'
import { globSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { test } from 'node:test'
import { type Import, isDoor, readSourceFiles, type SourceFile, sourceFile, src } from '../testing/source-files.ts'

// docs/architecture.md, "Floors": a room may import from the floors below it, never from its own floor or above.
const floors: Record<string, number> = {
  login: 4,
  management: 4,
  'tenant-file': 4,
  oauth: 3,
  tokens: 2,
  connections: 2,
  factors: 2,
  actions: 2,
  mail: 2,
  tenants: 1,
  clients: 1,
  users: 1,
  logs: 1,
  crypto: 0,
}
/** Rooms in the outer wall: each has a rule of its own below. */
const outerWall = ['http', 'storage', 'pages', 'cli']
/** They put the house together, so they may enter where nobody else may. Every other file of `src/` itself is on floor 0. */
const builders = ['main.js', 'server.ts', 'routes.ts', 'config.ts', 'settings']
/** What several doors answer, said once: they stand outside like the doors they serve, and only doors may import them. */
const porches = [
  'oauth/authorize/response-modes.ts',
  'login/continue.ts',
  'login/current-session.ts',
  'login/known-browser.ts',
  'login/finish-login.ts',
  'login/interactions.ts',
  'login/screen.ts',
  'login/upstream.ts',
  'login/upstream-return.ts',
  'login/upstream-trouble.ts',
]
/** What storage must spell as the rooms do, or two spellings of one address would be two users, and one origin two. */
const spelledAlike = ['users/identifier.ts', 'clients/client-terms.ts']

/** Technique, and not what the server does. Code without a room is a noun that we have not found yet. */
const namelessFolders = ['utils', 'util', 'helpers', 'common', 'shared', 'lib', 'services', 'types']

const files = readSourceFiles()
const isFile = (room: string) => /\.[jt]s$/.test(room)
const isOutside = (path: string) => isDoor(path) || porches.includes(path)
const floorOf = (room: string) => floors[room] ?? (isFile(room) && !builders.includes(room) ? 0 : undefined)

/** What breaks a rule, as lines of `file → import: mend`. Doors go where they want, except where a rule says otherwise. */
function broken(list: SourceFile[], mend: (file: SourceFile, imported: Import) => string | false): string[] {
  return list.flatMap((file) =>
    file.imports.flatMap((imported) => {
      const advice = mend(file, imported)
      return advice ? [`${file.path} → ${imported.specifier}: ${advice}`] : []
    }),
  )
}

const none = (lines: string[]) => assert.equal(lines.length, 0, `\n${lines.join('\n')}\n`)

test('every room has its floor', () => {
  const rooms = new Set(files.map((file) => file.room).filter((room) => !isFile(room)))
  const homeless = [...rooms].filter(
    (room) => floors[room] === undefined && ![...outerWall, ...builders].includes(room),
  )
  none(
    homeless.map((room) => `${room}/: give it a floor here and in docs/architecture.md, or move its files into a room`),
  )
})

const throughFloors = (list: SourceFile[]) =>
  broken(list, (file, { room }) => {
    const from = floorOf(file.room)
    if (from === undefined || isOutside(file.path) || room === undefined || room === file.room) return false
    const to = floorOf(room)
    // Two files of src/ itself are one room.
    if (to === undefined || to < from || (isFile(room) && isFile(file.room))) return false
    return `floor ${from} may not import from floor ${to}: take it from ctx, use import type, or move it down`
  })
test('a room imports only from the floors below it', () => none(throughFloors(files)))

const throughDoors = (list: SourceFile[]) =>
  broken(list, (file, { path = '' }) => {
    if (isDoor(path) && file.path !== 'routes.ts')
      return 'only routes.ts imports doors: move what you need into a file beside the door'
    return porches.includes(path) && !isOutside(file.path) && 'it answers for doors: only doors import it'
  })
test('only routes.ts imports doors', () => none(throughDoors(files)))

const intoStorage = (list: SourceFile[]) =>
  broken(list, (file, { room }) => {
    const allowed = builders.includes(file.room) || file.room === 'cli' || file.room === 'storage'
    return (
      room === 'storage' &&
      !allowed &&
      'only server.ts and cli/ enter storage: use ctx.store, and import type for types'
    )
  })
test('only the start and the command line enter storage', () => none(intoStorage(files)))

const outOfStorage = (list: SourceFile[]) =>
  broken(list, (file, { room, path = '' }) => {
    if (file.room !== 'storage' || room === undefined || room === 'storage' || floorOf(room) === 0) return false
    if (spelledAlike.includes(path)) return false
    return 'storage knows SQL and floor 0, nothing else: hand the value in, or use import type'
  })
test('storage runs nothing of the rooms', () => none(outOfStorage(files)))

const intoPages = (list: SourceFile[]) =>
  broken(list, (file, { room }) => {
    const allowed = isOutside(file.path) || file.room === 'http' || file.room === 'pages'
    return (
      room === 'pages' && !allowed && 'only doors and http/ make pages: return the values, and let the door show them'
    )
  })
test('only doors and http make pages', () => none(intoPages(files)))

const outOfPages = (list: SourceFile[]) =>
  broken(list, (file, { room }) => {
    if (file.room !== 'pages' || room === undefined || room === 'pages' || floorOf(room) === 0) return false
    return 'pages turn values into HTML and know nothing else: take the value as an argument'
  })
test('pages know nothing but their values', () => none(outOfPages(files)))

const intoHttp = (list: SourceFile[]) =>
  broken(list, (file, { room }) => {
    const allowed = isOutside(file.path) || ['http', 'cli', ...builders].includes(file.room)
    return room === 'http' && !allowed && 'rooms know nothing of HTTP: let the door do it, or take it from ctx'
  })
test('only doors know HTTP', () => none(intoHttp(files)))

const intoBuilders = (list: SourceFile[]) =>
  broken(list, (file, { room }) => {
    const allowed = ['http', 'cli', ...builders].includes(file.room)
    return room !== undefined && builders.includes(room) && !allowed && 'what is set and built is handed in, by ctx'
  })
test('rooms do not reach for the settings, the routes or the start', () => none(intoBuilders(files)))

/** A package that only one place may know, so that it can be replaced there. */
const packages: Record<string, string> = {
  fastify: 'http/listen.ts',
  kysely: 'storage/',
  pg: 'storage/',
  'node:sqlite': 'storage/',
}
const ofPackages = (list: SourceFile[]) =>
  broken(list, (file, { specifier }) => {
    const place = packages[specifier]
    return place !== undefined && !file.path.startsWith(place) && `only ${place} knows ${specifier}: go through it`
  })
test('the framework and the databases are each known in one place', () => none(ofPackages(files)))

const acrossRooms = (list: SourceFile[]) =>
  broken(list, (file, { specifier, path = '', room = '' }) => {
    const inside = room === file.room || (isFile(file.room) && isFile(room))
    if (specifier.startsWith('.') && !inside) return `write #${path}, so that the step out of the room shows`
    const near = room === file.room && path.startsWith(`${dirname(file.path)}/`)
    return specifier.startsWith('#') && near && 'write ./…, because it is in the same folder'
  })
test('imports say # across rooms and ./ inside', () => none(acrossRooms(files)))

/** Where time and randomness come from, to be handed on in ctx. */
const wells = ['http/build-context.ts', 'crypto/', 'config.ts', 'settings/', 'main.js', 'cli/']
const withUncertainty = (list: SourceFile[]) =>
  list
    .filter((file) => !wells.some((well) => file.path.startsWith(well)))
    .flatMap((file) => {
      const pattern =
        /\bDate\.now\b|\bnew Date\(\s*\)|\bMath\.random\b|\b(?:randomBytes|randomUUID|randomInt|getRandomValues)\b/g
      const found = [...file.code.matchAll(pattern)].map(([what]) => what)
      // Two writers that wait for each other must not wait equally long; nothing that anybody sees depends on it.
      const jitter = (what: string) => what === 'Math.random' && file.room === 'storage'
      return found
        .filter((what) => !jitter(what))
        .map((what) => `${file.path}: ${what} – use ctx.now() or ctx.random()`)
    })
test('time and randomness come from the context', () => none(withUncertainty(files)))

const withEval = (list: SourceFile[]) =>
  list
    .filter((file) => /(?<![\w.$])eval\s*\(|\bnew Function\s*\(/.test(file.code))
    .map((file) => `${file.path}: makes code from text – write the code`)
test('no code is made from text', () => none(withEval(files)))

test('no file is over 400 lines', () => {
  const long = files.filter((file) => file.lines > 400 && !/(^|\/)(migrations|texts)\//.test(file.path))
  none(long.map((file) => `${file.path} has ${file.lines} lines – it holds two ideas: give each its file`))
})

test('no folder is named after technique', () => {
  const root = join(src, '../../..')
  const folders = globSync('{packages,demo,e2e,bench,examples}/**/', {
    cwd: root,
    exclude: ['**/node_modules', '**/dist'],
  })
  const nameless = folders.filter((folder) => namelessFolders.includes(basename(folder)))
  none(nameless.map((folder) => `${folder}: name it after what it does`))
})

// The rules themselves: each must see what it forbids, or a green run says nothing.
const offences: [rule: (list: SourceFile[]) => string[], path: string, code: string][] = [
  [throughFloors, 'tokens/a.ts', `import { a } from '#oauth/a.ts'`],
  [throughFloors, 'users/a.ts', `export { a } from '#clients/a.ts'`],
  [throughFloors, 'errors.ts', `import { a } from '#users/a.ts'`],
  [throughFloors, 'crypto/a.ts', `const { a } = await import('#logs/a.ts')`],
  [throughDoors, 'oauth/a.ts', `import { a } from './a.endpoint.ts'`],
  [throughDoors, 'oauth/authorize/a.ts', `import { a } from './response-modes.ts'`],
  [intoStorage, 'oauth/a.endpoint.ts', `import {\n  a,\n} from '#storage/store.ts'`],
  [outOfStorage, 'storage/a.ts', `import { a } from '#users/user.ts'`],
  [intoPages, 'login/a.ts', `import * as pages from '#pages/a.ts'`],
  [outOfPages, 'pages/a.ts', `import { a } from '#clients/client.ts'`],
  [intoHttp, 'oauth/a.ts', `import { a } from '#http/reply.ts'`],
  [intoBuilders, 'oauth/a.endpoint.ts', `import { config } from '#config.ts'`],
  [ofPackages, 'http/a.ts', `import fastify from 'fastify'`],
  [ofPackages, 'users/a.ts', `import 'node:sqlite'`],
  [acrossRooms, 'users/a.ts', `import { a } from '../crypto/a.ts'`],
  [acrossRooms, 'users/a.ts', `import { a } from '#users/b.ts'`],
  [withUncertainty, 'users/a.ts', 'const now = new Date()'],
  [withUncertainty, 'storage/a.ts', 'const id = randomUUID()'],
  [withEval, 'actions/a.ts', `const run = new Function('a', 'b')`],
]
for (const [rule, path, code] of offences)
  test(`sees ${code.replaceAll('\n', ' ')} in ${path}`, () => assert.equal(rule([sourceFile(path, code)]).length, 1))

for (const code of [
  `import type { a } from '#oauth/a.ts'`,
  `import type {\n  a,\n} from '#storage/store.ts'`,
  `// import { a } from '#oauth/a.ts'`,
  `const url = 'https://example.com' // Date.now()`,
  `import { a } from '#crypto/a.ts'`,
  `import { a } from './b.ts'`,
  `import { OAuthError } from '#errors.ts'`,
])
  test(`allows ${code.replaceAll('\n', ' ')} in tokens/`, () => {
    for (const [rule] of offences) none(rule([sourceFile('tokens/a.ts', code)]))
  })
