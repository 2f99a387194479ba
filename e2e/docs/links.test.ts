// Every link between our pages leads somewhere, and to the right heading.
import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))
const pages = globSync('**/*.md', { cwd: root, exclude: ['**/node_modules/**', '**/dist/**', 'data/**'] }).sort()

const withoutCode = (text: string) => text.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, 'x')

/** As GitHub and its kin make them. */
function anchorsOf(path: string): Set<string> {
  const text = readFileSync(path, 'utf8').replace(/^```[\s\S]*?^```/gm, '')
  const headings = [...text.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) => heading)
  const slug = (heading: string) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-')
  return new Set(headings.map(slug))
}

function problemWith(page: string, link: string): string | undefined {
  const [path = '', anchor] = link.split('#')
  const target = path === '' ? join(root, page) : resolve(root, dirname(page), path)
  if (!existsSync(target)) return `${link}: there is no such file`
  if (anchor === undefined || statSync(target).isDirectory()) return undefined
  return anchorsOf(target).has(anchor) ? undefined : `${link}: there is no such heading`
}

describe('links', () => {
  for (const page of pages)
    test(page, () => {
      const links = [...withoutCode(readFileSync(join(root, page), 'utf8')).matchAll(/\]\(([^)\s]+)\)/g)]
        .map(([, link = '']) => link)
        .filter((link) => !/^(https?|mailto):/.test(link))
      assert.deepEqual(links.map((link) => problemWith(page, link)).filter(Boolean), [])
    })
})

test('every page of docs/ can be reached from docs/README.md', () => {
  const seen = new Set<string>()
  const visit = (page: string) => {
    if (seen.has(page) || !existsSync(page)) return
    seen.add(page)
    const index = statSync(page).isDirectory() ? [] : [...readFileSync(page, 'utf8').matchAll(/\]\(([^)#\s]+\.md)/g)]
    for (const [, link = ''] of index) visit(resolve(dirname(page), link))
  }
  visit(join(root, 'docs/README.md'))
  assert.deepEqual(
    pages.filter((page) => page.startsWith('docs/') && !seen.has(join(root, page))),
    [],
  )
})
