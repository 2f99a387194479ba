// Which tests prove which security requirements: `node packages/server/testing/security-coverage.ts` writes the third column of
// docs/security.md, and e2e/security/coverage.test.ts checks it.
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join, posix, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../../..')
export const securityPage = join(root, 'docs/security.md')

/** Requirements of the login path (M) and of the core (C); the others (F) come with features that are not built. */
const login = ids('1-6 8 10 17-18 23-38 42-43 47-48 50-66 69 74-75 78 118-125 154-155 166-167 169-170 172')
const core = ids(
  '7 9 11-16 19-22 39-41 44-46 49 67-68 70-73 76-77 79-81 86-93 96-117 126-131 156-165 168 171 173-220 226-237 ' +
    '245-281 290-313 318-344',
)
export const required: ReadonlySet<string> = new Set([...login, ...core])

export interface Row {
  id: string
  what: string
  /** Test files, from the root, as the page has them. */
  provenBy: string[]
  remark: string
}

const line = /^\| (SEC-\d{3}) \| (.*?) \| (.*?) \| ?(.*?) \|$/gm

export function rowsOf(page: string): Row[] {
  return [...page.matchAll(line)].map(([, id = '', what = '', proof = '', remark = '']) => ({
    id,
    what,
    provenBy: [...proof.matchAll(/\]\(\.\.\/([^)]+)\)/g)].map(([, path = '']) => path),
    remark,
  }))
}

/** Requirement → the test files with a test that names it. */
export function citations(): Map<string, string[]> {
  const found = new Map<string, string[]>()
  const files = globSync('{packages,demo,e2e}/**/*.test.ts', {
    cwd: root,
    exclude: ['**/node_modules/**', '**/dist/**'],
  })
  for (const path of files.map((file) => file.replaceAll('\\', '/')).sort())
    for (const id of cited(readFileSync(join(root, path), 'utf8'))) found.set(id, [...(found.get(id) ?? []), path])
  return found
}

/** In strings only: what a comment says proves nothing. */
function cited(source: string): Set<string> {
  const token = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\[\s\S]|[^`\\])*`/g
  const strings = [...source.matchAll(token)].map(([text]) => text).filter((text) => !text.startsWith('/'))
  return new Set(strings.flatMap((text) => text.match(/SEC-\d{3}/g) ?? []))
}

/** What a line without a test must begin with. */
export const isReason = (remark: string) => /^(not yet|not applicable|no test names it)\b/.test(remark)

const most = 3
const untested = 'not yet: no test names it'

/** The page with its third column made anew. Remarks are a person's, and stay; where there is neither, it says so. */
export function withCoverage(page: string, found: ReadonlyMap<string, string[]>): string {
  return page.replace(line, (_all, id: string, what: string, _proof: string, remark: string) => {
    const files = found.get(id) ?? []
    const links = files.slice(0, most).map((path) => `[${posix.basename(path, '.test.ts')}](../${path})`)
    const rest = files.length > most ? [`${files.length - most} more`] : []
    const own = remark === untested ? '' : remark
    const said = own === '' && files.length === 0 ? untested : own
    return `| ${id} | ${what} | ${[...links, ...rest].join(', ')} | ${said} |`
  })
}

function ids(ranges: string): string[] {
  return ranges.split(' ').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number)
    return Array.from({ length: last - first + 1 }, (_, offset) => `SEC-${String(first + offset).padStart(3, '0')}`)
  })
}

if (import.meta.main) {
  const page = readFileSync(securityPage, 'utf8')
  const found = citations()
  const written = withCoverage(page, found)
  writeFileSync(securityPage, written)
  for (const { id, remark, provenBy } of rowsOf(written)) {
    if (provenBy.length === 0 && (remark === untested || !isReason(remark)))
      console.log(`${id} needs a test or a reason`)
    if (provenBy.length > 0 && isReason(remark)) console.log(`${id} has a test, but the page says: ${remark}`)
  }
}
