import type { z } from 'zod'
import { didYouMean } from '#nearest-name.ts'
import type { Path, TenantDocument } from './document.ts'
import { leftOverKeyword, leftOvers, notReplaced } from './keywords.ts'
import { namesAt } from './schema/file-schema.ts'
import { omissionFor } from './schema/left-out.ts'
import { knownSections, standingOf } from './schema/not-applied.ts'
import type { Entry } from './tenant-file.ts'

/** What reading a file has brought up so far. */
export interface Findings {
  /** What stops the start. */
  problems: string[]
  /** What is only reported. */
  notes: string[]
  /** What is known and not applied yet, and how often it occurs. */
  notYet: Map<string, number>
}

/** The entry as its schema gives it, or undefined once its problems are noted. What is not applied is noted, and left out. */
export function checkEntry<Wanted>(
  schema: z.ZodType<Wanted>,
  raw: unknown,
  path: Path,
  document: TenantDocument,
  findings: Findings,
): Entry<Wanted> | undefined {
  const value = withoutNulls(raw)
  const found = findings.problems.length
  const left: Path[] = []
  for (const issue of schema.safeParse(value).error?.issues ?? []) {
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) {
        noteKey([...path, ...issue.path], key, document, findings)
        left.push([...issue.path, key])
      }
      continue
    }
    const omission = omissionFor([...path, ...issue.path], valueAt(value, issue.path))
    const said = describe(issue, value, path, document)
    if (omission) {
      findings.notes.push(`${said}: left out; ${omission.instead}`)
      left.push(omission.path.slice(path.length))
    } else if (leftOverKeyword(valueAt(value, issue.path)) === undefined) findings.problems.push(said)
  }
  leaveOut(value, left)
  for (const { path: inner, keyword } of leftOvers(value)) {
    const whole = [...path, ...inner]
    findings.problems.push(`${document.at(whole)}: ${labelOf(whole)} ${notReplaced(keyword)}`)
  }
  // Rules about the whole entry run only once every single value is right.
  const result = schema.safeParse(value)
  if (result.success) {
    if (findings.problems.length > found) return undefined
    return { wanted: result.data, at: (...inner) => document.at([...path, ...inner]) }
  }
  if (findings.problems.length === found)
    findings.problems.push(...result.error.issues.map((issue) => describe(issue, value, path, document)))
  return undefined
}

/** From the end of each list to its beginning, so that positions stay true; a list that has nothing left goes, too. */
function leaveOut(value: unknown, paths: readonly Path[]): void {
  const last = (path: Path) => path.at(-1)
  for (const path of paths.toSorted((a, b) => Number(last(b)) - Number(last(a)))) {
    const parent = valueAt(value, path.slice(0, -1))
    if (Array.isArray(parent)) {
      parent.splice(Number(last(path)), 1)
      if (parent.length === 0) leaveOut(value, [path.slice(0, -1)])
    } else if (typeof parent === 'object' && parent !== null) Reflect.deleteProperty(parent, last(path) ?? '')
  }
}

/** Notes a key that is not applied, at the top of the file or inside an entry. */
export function noteKey(path: Path, key: string, document: TenantDocument, findings: Findings, count = 1): void {
  const place = path.filter((step) => typeof step !== 'number').join('.')
  const standing = standingOf(place, key)
  if (standing === 'meaningless') return
  if (standing === 'not yet') {
    if (count === 0) return
    const name = place === '' ? key : `${place}.${key}`
    findings.notYet.set(name, (findings.notYet.get(name) ?? 0) + count)
    return
  }
  const known = place === '' ? [...namesAt([]), ...knownSections] : namesAt(path)
  const name = labelOf([...path, key])
  findings.notes.push(`${document.at([...path, key])}: ${name} is not known and was ignored${didYouMean(key, known)}`)
}

function describe(issue: z.core.$ZodIssue, value: unknown, path: Path, document: TenantDocument): string {
  const whole = [...path, ...issue.path]
  const message = issue.message.replace(/^(Invalid input|Invalid option|Too big|Too small): /, '')
  return `${document.at(whole)}: ${labelOf(whole)} ${shown(valueAt(value, issue.path), whole)}: ${message}`
}

/** `clients[2].callbacks[0]` */
export const labelOf = (path: Path): string =>
  path.map((step, index) => (typeof step === 'number' ? `[${step}]` : `${index ? '.' : ''}${String(step)}`)).join('')

/** Enough of a value to recognise it, and nothing of a secret. */
function shown(value: unknown, path: Path): string {
  if (value === undefined) return 'is missing'
  if (/secret|password|hash/i.test(String(path.at(-1)))) return 'is wrong'
  if (typeof value === 'object') return Array.isArray(value) ? 'is a list' : 'is wrong'
  const text = JSON.stringify(value)
  return `is ${text.length > 120 ? `${text.slice(0, 120)}…` : text}`
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce((inner: unknown, step) => (inner as Record<PropertyKey, unknown> | undefined)?.[step], value)
}

/** Exports write null for "not set". Metadata belongs to its owner, and stays as it is. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([, inner]) => inner !== null)
  return Object.fromEntries(
    entries.map(([key, inner]) => [
      key,
      /^(user_metadata|app_metadata|attributes)$/.test(key) ? inner : withoutNulls(inner),
    ]),
  )
}
