import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'

/** One file of the server, read the way its import rules look at it. */
export interface SourceFile {
  /** From `src/`, with slashes: `oauth/authorize/authorize.ts`. */
  readonly path: string
  /** The first folder, or the file's own name where it lies in `src/` itself. */
  readonly room: string
  readonly lines: number
  /** Without comments. */
  readonly code: string
  /** What it runs when it is imported; `import type` is erased and does not count. */
  readonly imports: readonly Import[]
}

export interface Import {
  /** As written: `#room/file.ts`, `./file.ts`, `fastify`, `node:fs`. */
  readonly specifier: string
  /** The path from `src/` where it leads, if that is one of ours. */
  readonly path: string | undefined
  readonly room: string | undefined
}

export const src = resolve(import.meta.dirname, '..', 'src')

export const isDoor = (path: string) => path.endsWith('.endpoint.ts')

/** All of the server's own code, tests aside. */
export function readSourceFiles(folder = src): SourceFile[] {
  return globSync('**/*.{ts,js}', { cwd: folder })
    .map((path) => path.replaceAll(sep, '/'))
    .filter((path) => !path.endsWith('.test.ts'))
    .sort()
    .map((path) => sourceFile(path, readFileSync(join(folder, path), 'utf8')))
}

export function sourceFile(path: string, text: string): SourceFile {
  const code = withoutComments(text)
  const imports = valueImports(code).map((specifier): Import => {
    const target = targetOf(specifier, path)
    return { specifier, path: target, room: target && roomOf(target) }
  })
  return { path, room: roomOf(path), lines: text.trimEnd().split('\n').length, code, imports }
}

const roomOf = (path: string) => path.split('/')[0] ?? path

function targetOf(specifier: string, from: string): string | undefined {
  if (specifier.startsWith('#')) return specifier.slice(1)
  if (!specifier.startsWith('.')) return undefined
  return relative(src, join(src, dirname(from), specifier)).replaceAll(sep, '/')
}

function valueImports(code: string): string[] {
  const statement = /^\s*(?:import|export)\s+(?!type\b)(?:[\w*{][^'"`;]*?\bfrom\s*)?['"]([^'"]+)['"]/gm
  const call = /\bimport\(\s*['"]([^'"]+)['"]/g
  return [statement, call].flatMap((pattern) => [...code.matchAll(pattern)].map(([, specifier = '']) => specifier))
}

/** Strings are matched only to step over them, so that the `//` of a URL is not taken for a comment. */
function withoutComments(text: string): string {
  const stringsAndComments =
    /('(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\[\s\S]|[^`\\])*`)|\/\/[^\n]*|\/\*[\s\S]*?\*\//g
  return text.replace(stringsAndComments, (_, string: string | undefined) => string ?? ' ')
}
