import type { AnyNode, Expression, Statement } from 'acorn'

/** What is written instead of a piece of code. */
export interface Edit {
  readonly operator: string
  readonly start: number
  readonly end: number
  readonly after: string
}

type Code = (node: { start: number; end: number }) => string

/** All the ways in which this one node can be broken, each by itself. */
export function breaksOf(node: AnyNode, parent: AnyNode | undefined, code: Code): Edit[] {
  const instead = (operator: string, after: string, where: { start: number; end: number } = node): Edit => {
    return { operator, start: where.start, end: where.end, after }
  }
  switch (node.type) {
    case 'IfStatement': {
      // Whoever notices that a guard is gone notices that it is turned round.
      return !node.alternate && leaves(node.consequent) ? [instead('guard', ';')] : negations(node.test, code)
    }
    case 'ConditionalExpression':
    case 'WhileStatement':
      return negations(node.test, code)
    case 'LogicalExpression': {
      const [left, right] = [`(${code(node.left)})`, `(${code(node.right)})`]
      const other = node.operator === '&&' ? '||' : '&&'
      const swapped = node.operator === '??' ? [] : [instead('logical', `(${left} ${other} ${right})`)]
      return [...swapped, instead('operand', left), instead('operand', right)]
    }
    case 'BinaryExpression':
      return binary(node.operator, node.left.type === 'PrivateIdentifier' ? undefined : node.left, node.right).map(
        ([operator, sign]) =>
          sign === '!'
            ? instead(operator, `!(${code(node)})`)
            : instead(operator, `(${code(node.left)} ${sign} ${code(node.right)})`),
      )
    case 'UnaryExpression':
      return node.operator === '!' ? [instead('negation', `(${code(node.argument)})`)] : []
    case 'ExpressionStatement':
      return 'directive' in node && node.directive ? [] : [instead('statement', ';')]
    case 'ThrowStatement':
      return parent?.type === 'IfStatement' ? [] : [instead('throw', ';')]
    case 'SwitchCase':
      return node.test && node.consequent.length > 0 ? [instead('case', '')] : []
    case 'ArrayExpression':
    case 'ObjectExpression':
      return membersOf(node).map((member) => instead('member', '', withComma(member, node, code)))
    case 'CallExpression':
      return calls(node.callee, code).map(([operator, after]) => instead(operator, after, node.callee))
    case 'Literal':
      return literals(node.value, node.regex).map(([operator, after]) => instead(operator, after))
    case 'TemplateLiteral':
      return [instead('literal', "'mutated'")]
    default:
      return []
  }
}

function negations(test: Expression, code: Code): Edit[] {
  // These have operators of their own that say as much.
  if (/^(Unary|Binary|Logical)Expression$/.test(test.type)) return []
  return [{ operator: 'condition', start: test.start, end: test.end, after: `!(${code(test)})` }]
}

const signs: Record<string, [operator: string, sign: string][]> = {
  '<': [
    ['boundary', '<='],
    ['comparison', '!'],
  ],
  '<=': [
    ['boundary', '<'],
    ['comparison', '!'],
  ],
  '>': [
    ['boundary', '>='],
    ['comparison', '!'],
  ],
  '>=': [
    ['boundary', '>'],
    ['comparison', '!'],
  ],
  '===': [['comparison', '!==']],
  '!==': [['comparison', '===']],
  in: [['comparison', '!']],
  instanceof: [['comparison', '!']],
  '+': [['arithmetic', '-']],
  '-': [['arithmetic', '+']],
  '*': [['arithmetic', '/']],
  '/': [['arithmetic', '*']],
}

function binary(sign: string, left: Expression | undefined, right: Expression) {
  const isText = (side: Expression | undefined) =>
    side?.type === 'TemplateLiteral' || (side?.type === 'Literal' && typeof side.value === 'string')
  return sign === '+' && (isText(left) || isText(right)) ? [] : (signs[sign] ?? [])
}

function leaves(statement: Statement): boolean {
  if (statement.type === 'BlockStatement') return statement.body.some(leaves)
  return /^(Return|Throw|Continue|Break)Statement$/.test(statement.type)
}

type Member = { start: number; end: number }

function membersOf(node: AnyNode): Member[] {
  if (node.type === 'ObjectExpression') return node.properties
  return node.type === 'ArrayExpression' ? node.elements.filter((element) => element !== null) : []
}

function withComma(member: Member, whole: Member, code: Code): Member {
  const rest = code({ start: member.end, end: whole.end })
  return { start: member.start, end: member.end + (/^\s*,/.exec(rest)?.[0].length ?? 0) }
}

const opposites: Record<string, string> = {
  some: 'every',
  every: 'some',
  min: 'max',
  max: 'min',
  startsWith: 'endsWith',
  endsWith: 'startsWith',
}
const leftOut = ['filter', 'trim', 'slice', 'toLowerCase', 'toUpperCase', 'sort', 'toSorted', 'reverse', 'normalize']

/** Another method, or what it is called on as it is. */
function calls(callee: AnyNode, code: Code): [operator: string, after: string][] {
  if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier' || callee.optional) return []
  const { name } = callee.property
  const opposite = opposites[name]
  const receiver = code(callee.object)
  if (opposite) return [['method', `${receiver}.${opposite}`]]
  return leftOut.includes(name) ? [['method', `((it) => () => it)(${receiver})`]] : []
}

function literals(value: unknown, regex: { pattern: string; flags: string } | undefined): [string, string][] {
  if (regex) return weaker(regex.pattern, regex.flags)
  if (typeof value === 'boolean') return [['boolean', `${!value}`]]
  if (typeof value === 'number') return [['number', value === 0 ? '1' : `${value * 2}`]]
  if (typeof value === 'string') return [['literal', value === 'mutated' ? "''" : "'mutated'"]]
  return []
}

function weaker(pattern: string, flags: string): [string, string][] {
  const looser = [
    pattern.startsWith('^') ? `/${pattern.slice(1) || '(?:)'}/${flags}` : undefined,
    pattern.endsWith('$') && !pattern.endsWith('\\$') ? `/${pattern.slice(0, -1) || '(?:)'}/${flags}` : undefined,
    flags.includes('i') ? `/${pattern}/${flags.replace('i', '')}` : undefined,
  ]
  return looser.filter((after) => after !== undefined).map((after) => ['regex', after])
}
