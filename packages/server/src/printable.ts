/**
 * What moves the cursor, changes the title of a terminal or the order of letters: C0 but for tab and line feed, DEL, C1 (`U+009B`
 * alone begins an escape sequence), the marks, embeddings and isolates of bidirectional text, and the other line ends (SEC-304).
 */
const unprintable = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/** For a terminal. Lines stay lines. */
export const printable = (text: string): string => text.replace(unprintable, '\ufffd')

/** For one line of a terminal: nothing in it begins another one. */
export const printableLine = (text: string): string => printable(text).replaceAll('\n', '\ufffd')

/** JSON that says the same and can be shown: these characters stand within its strings, where they may be escaped. */
export const printableJson = (json: string): string =>
  json.replace(unprintable, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
