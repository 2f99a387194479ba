import { readFileSync } from 'node:fs'

export interface Snippet {
  language: string
  /** What the text says to save it as: ```` ```js app.mjs ````. */
  file: string | undefined
  code: string
}

/** The fenced blocks of a page, in order. */
export function snippetsOf(page: string | URL): Snippet[] {
  const text = readFileSync(page, 'utf8')
  return [...text.matchAll(/^```(\w+)(?: (\S+))?\n([\s\S]*?)^```$/gm)].map(([, language = '', file, code = '']) => ({
    language,
    file,
    code,
  }))
}
