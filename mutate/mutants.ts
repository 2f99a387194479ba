import type { AnyNode } from 'acorn'
import { hashOf } from './cache.ts'
import { breaksOf, type Edit } from './operators.ts'
import { lineOf, type Place, places, type Source } from './source.ts'

/** One break of one file. */
export interface Mutant extends Edit {
  readonly file: string
  readonly line: number
  readonly before: string
  /** The same for as long as the function around it stays as it is. */
  readonly id: string
}

/** Every break of a file that a test could notice. */
export function mutantsOf(source: Source): Mutant[] {
  const found = new Map<string, Mutant>()
  for (const place of places(source.tree)) {
    if (isTold(place)) continue
    const around = place.parents[1] ?? place.node // parents[0] is the file
    const code = ({ start, end }: { start: number; end: number }) => source.code.slice(start, end)
    for (const edit of breaksOf(place.node, place.parents.at(-1), code)) {
      const before = source.text.slice(edit.start, edit.end)
      const id = hashOf(
        `${source.path}\n${code(around)}\n${edit.start - around.start} ${edit.end - around.start} ${edit.after}`,
      )
      const mutant = { ...edit, id, file: source.path, line: lineOf(source.text, edit.start), before }
      if (edit.operator !== 'member' || isWorthLeavingOut(before))
        found.set(`${edit.start} ${edit.end} ${edit.after}`, mutant)
    }
  }
  return [...found.values()]
}

/** What explains, and a value that another operator changes, need not be left out as well. */
const isWorthLeavingOut = (member: string): boolean =>
  !/^(?:description|summary|details?|reason)\b/.test(member) &&
  !/(?:^|: )(?:'[^']*'|[\d_]+|true|false|undefined),?$/.test(member)

/** The file with the break in it. */
export const broken = (source: Source, { start, end, after }: Edit): string =>
  source.code.slice(0, start) + after + source.code.slice(end)

/**
 * Words for people, and what only the log's reader sees; what is imported; names of members, and values that the line beside
 * them repeats. A change of those is either no break, or one that another operator makes.
 */
function isTold({ node, parents }: Place): boolean {
  const [parent] = parents.slice(-1)
  if (parents.some((outer, depth) => describes(outer, parents[depth + 1] ?? node))) return true
  if ([...parents, node].some(isAssertion)) return true
  // Without the sign before it, it says the same as this one negated.
  if (parent?.type === 'UnaryExpression' && parent.operator === '!' && node.type === 'BinaryExpression') return true
  if (node.type === 'Literal' && typeof node.value === 'string') {
    if (node.value.includes(' ')) return true
    if (parent?.type === 'SwitchCase' || (parent?.type === 'Property' && parent.key === node)) return true
    if (parent?.type === 'BinaryExpression' && /[!=]==/.test(parent.operator)) return true
  }
  return node.type === 'TemplateLiteral' && node.quasis.some((quasi) => quasi.value.raw.includes(' '))
}

/** `if (…) throw new Error(…)`: what cannot be, said for the type checker. Errors that somebody can cause have other classes. */
function isAssertion(node: AnyNode): boolean {
  if (node.type !== 'IfStatement' || node.consequent.type !== 'ThrowStatement') return false
  const thrown = node.consequent.argument
  return thrown.type === 'NewExpression' && thrown.callee.type === 'Identifier' && thrown.callee.name === 'Error'
}

const telling = /^(invalid\w*|wrong\w*|accessDenied|upstreamTrouble|upstreamError|failed|InvalidToken|\w*Error)$/

/** Whether `part` of `whole` is nothing but an explanation. */
function describes(whole: AnyNode, part: AnyNode): boolean {
  if (/^(Import|ExportAll)/.test(whole.type)) return true
  if (whole.type === 'Property' && part === whole.value && whole.key.type === 'Identifier')
    return /^(description|summary|details?|reason|message)$/.test(whole.key.name)
  if (whole.type !== 'NewExpression' && whole.type !== 'CallExpression') return false
  if (whole.callee.type !== 'Identifier' || !telling.test(whole.callee.name)) return false
  // `new OAuthError(code, description, { status })`: code and status are protocol.
  const [, description] = whole.arguments
  return whole.callee.name === 'OAuthError' ? part === description : part !== whole.callee
}
