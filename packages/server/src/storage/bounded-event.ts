import type { LogEvent } from '#logs/log-event.ts'

/** Characters of one event's JSON. What we write ourselves is far smaller; what strangers send is cut to this (SEC-298). */
export const longestEvent = 8192
const deepest = 6
const mostKeys = 40

/** What is left of long texts, in characters, and of long lists, in items: first gently, then so that it fits. */
const cuts = [
  { text: 512, items: 20 },
  { text: 200, items: 4 },
]

/** The event as it is stored: whole if it is short, else with long texts and lists cut, and marked as such. */
export function eventDocument(event: LogEvent): string {
  const document = JSON.stringify(event)
  if (document.length <= longestEvent) return document
  for (const most of cuts) {
    const cut = JSON.stringify(shortened(event, most, deepest))
    if (cut.length <= longestEvent) return cut
  }
  // So many of them that even the short ones are too long together: who, when and what remain.
  const { details: _details, auth0Client: _client, ...rest } = event
  return JSON.stringify({ ...(shortened(rest, { text: 200, items: 20 }, 1) as object), details: { cut: true } })
}

function shortened(value: unknown, most: { text: number; items: number }, depth: number): unknown {
  if (typeof value === 'string')
    return value.length > most.text ? `${value.slice(0, most.text).toWellFormed()}…` : value
  if (typeof value !== 'object' || value === null) return value
  if (depth === 0) return '…'
  if (Array.isArray(value)) {
    const kept = value.slice(0, most.items).map((item) => shortened(item, most, depth - 1))
    return value.length > most.items ? [...kept, `… and ${value.length - most.items} more`] : kept
  }
  const entries = Object.entries(value)
    .slice(0, mostKeys)
    .map(([key, inner]) => [key.slice(0, 100), shortened(inner, most, depth - 1)])
  return Object.fromEntries(entries)
}
