import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument } from 'yaml'
import { StartError } from '#errors.ts'

export type Path = readonly PropertyKey[]

export interface TenantDocument {
  /** As it was named to us. */
  file: string
  content: Record<string, unknown>
  /** `tenant.yaml:12`: where that path, or the nearest thing around it, begins. */
  at(path: Path): string
}

const maxBytes = 10 * 1024 * 1024
const maxDepth = 40
/** An anchor in an anchor in an anchor makes a terabyte of a kilobyte; honest files repeat a handful of blocks. */
const maxAliases = 100
/** Assigning to them changes every object of the process (SEC-273). */
const forbiddenKeys = new Set(['__proto__', 'constructor', 'prototype'])

/**
 * Reads YAML, of which JSON is a part, and refuses what two readers could understand differently.
 * @throws StartError that names file and line
 */
export function parseDocumentText(text: string, file: string): TenantDocument {
  if (Buffer.byteLength(text) > maxBytes) throw new StartError(`${file} is larger than ${maxBytes / 1024 / 1024} MB.`)
  const lines = new LineCounter()
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: true,
    version: '1.2',
    merge: true,
  })
  const lineAt = (offset: number) => `${file}:${lines.linePos(offset).line || 1}`
  // A warning is a tag that means nothing to us: the value would silently be another one.
  const [problem] = [...document.errors, ...document.warnings]
  if (problem) throw new StartError(`${lineAt(problem.pos[0])}: ${meaning(problem.message)}.`)

  refuseStrangeNodes(document.contents, lineAt)
  const content = toValue(() => document.toJS({ maxAliasCount: maxAliases }), file)
  if (content === null || content === undefined) return { file, content: {}, at: () => `${file}:1` }
  if (typeof content !== 'object' || Array.isArray(content)) {
    throw new StartError(`${file}: a tenant file is a map with keys such as "clients"; this one is something else.`)
  }
  return {
    file,
    content: content as Record<string, unknown>,
    at: (path) => lineAt(offsetOf(document.contents, path)),
  }
}

/** auth0-deploy-cli resolves includes in files of its own; one path in a file we are given must not read another. */
const meaning = (problem: string): string =>
  problem === 'Unresolved tag: !include' ? '!include is not read. Put what that file holds in its place' : problem

function toValue(read: () => unknown, file: string): unknown {
  try {
    return read()
  } catch (error) {
    throw new StartError(`${file}: ${(error as Error).message}. At most ${maxAliases} aliases are allowed.`)
  }
}

function refuseStrangeNodes(node: unknown, lineAt: (offset: number) => string, depth = 0): void {
  const here = () => lineAt((node as Node).range?.[0] ?? 0)
  if (depth > maxDepth) throw new StartError(`${here()}: it is nested more than ${maxDepth} levels deep.`)
  if (isScalar(node) && typeof node.value === 'string' && (node.value.includes('\0') || !node.value.isWellFormed())) {
    throw new StartError(`${here()}: it has a NUL character or half a surrogate pair, which no database stores.`)
  }
  if (isSeq(node)) for (const item of node.items) refuseStrangeNodes(item, lineAt, depth + 1)
  if (!isMap(node)) return
  for (const { key, value } of node.items) {
    if (!isScalar(key)) throw new StartError(`${here()}: a key is neither a text nor a number.`)
    if (forbiddenKeys.has(String(key.value))) {
      throw new StartError(`${lineAt(key.range?.[0] ?? 0)}: the key "${String(key.value)}" is not allowed.`)
    }
    refuseStrangeNodes(value, lineAt, depth + 1)
  }
}

/** The key of an entry, or the item of a list: that is the line a reader looks for. */
function offsetOf(root: unknown, path: Path): number {
  let node = root
  let offset = 0
  for (const step of path) {
    if (isMap(node)) {
      const pair: Pair | undefined = node.items.find(({ key }) => isScalar(key) && String(key.value) === step)
      if (!pair) return offset
      offset = startOf(pair.key) ?? offset
      node = pair.value
    } else if (isSeq(node) && typeof step === 'number') {
      node = node.items[step]
      offset = startOf(node) ?? offset
    } else return offset
    if (isAlias(node)) return offset
  }
  return offset
}

const startOf = (node: unknown): number | undefined => (node as Node | undefined)?.range?.[0]
