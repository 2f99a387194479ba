import { createHash } from 'node:crypto'
import { type Html, raw } from './html.ts'

/** Our own script, whole in the page, and the hash that lets it run (CSP3 §2.3.1): it can never carry a value. */
export interface InlineScript {
  element: Html
  hash: string
}

export interface InlineStyle {
  element: Html
  hash: string
}

export const inlineScript = (source: string): InlineScript => ({
  element: raw(`<script>${source}</script>`),
  hash: hashOf(source),
})

export const inlineStyle = (source: string): InlineStyle => ({
  element: raw(`<style>${source}</style>`),
  hash: hashOf(source),
})

const hashOf = (source: string): string => `'sha256-${createHash('sha256').update(source).digest('base64')}'`
