import { readFileSync } from 'node:fs'
import { inlineStyle } from './inline.ts'

/** In the order of the cascade. */
const sheets = ['ground', 'frame', 'controls', 'panels', 'preferences']

const minified = (css: string): string =>
  css
    .replace(/\/\*.*?\*\//gs, '')
    .replace(/\s+/g, ' ')
    .replace(/ ?([{};,]) ?/g, '$1')
    .replaceAll(': ', ':')
    .replaceAll(';}', '}')
    .trim()

/** One sheet for every screen, so that its hash is computed once. */
export const stylesheet = inlineStyle(
  sheets.map((name) => minified(readFileSync(new URL(`./styles/${name}.css`, import.meta.url), 'utf8'))).join(''),
)
