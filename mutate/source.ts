import { readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { type AnyNode, parse } from 'acorn'

/** One file of the server, as Node runs it. Types are blanks in `code`, so every offset is that of the file on disk. */
export interface Source {
  readonly path: string
  readonly text: string
  readonly code: string
  readonly tree: AnyNode
}

export const readSource = (path: string): Source => sourceOf(path, readFileSync(path, 'utf8'))

export function sourceOf(path: string, text: string): Source {
  const code = stripTypeScriptTypes(text)
  return { path, text, code, tree: parse(code, { ecmaVersion: 'latest', sourceType: 'module' }) }
}

/** A node, and what it is part of, outermost first. */
export type Place = { readonly node: AnyNode; readonly parents: readonly AnyNode[] }

export function* places(node: AnyNode, parents: readonly AnyNode[] = []): Generator<Place> {
  yield { node, parents }
  for (const child of childrenOf(node)) yield* places(child, [...parents, node])
}

function childrenOf(node: AnyNode): AnyNode[] {
  return Object.values(node)
    .flat()
    .filter((value): value is AnyNode => typeof value === 'object' && value !== null && 'type' in value)
}

export const lineOf = (text: string, offset: number): number => text.slice(0, offset).split('\n').length
