import { settings } from '#config.ts'
import { groups, type Setting } from './setting.ts'

const rows = Object.entries(settings) as [string, Setting<unknown>][]

const inGroup = (group: keyof typeof groups) => rows.filter(([, setting]) => setting.group === group)

/** What `keywright --help` prints below its commands. */
export function helpText(): string {
  const sections = Object.keys(groups).map((group) => helpSection(group as keyof typeof groups))
  return [
    'Settings are environment variables. None is required, except KEYWRIGHT_SECRET',
    'with PostgreSQL.',
    '',
    ...sections,
  ].join('\n')
}

function helpSection(group: keyof typeof groups): string {
  const entries = inGroup(group).map(([name, { meaning, fallback, allowed, why }]) =>
    [`  ${name}`, wrap(meaning), wrap(`Allowed: ${allowed}.`), wrap(`Default: ${fallback}.`), wrap(why), ''].join('\n'),
  )
  return [`${groups[group]}:`, '', ...entries].join('\n')
}

/** Fits a terminal of 80 columns. */
function wrap(text: string, width = 72): string {
  const lines = ['']
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? ''
    if (line.length + word.length >= width) lines.push(word)
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`
  }
  return lines.map((line) => `      ${line}`).join('\n')
}

/** The table at the top of a reference page; a test keeps the pages up to date. */
export function settingsTable(group: keyof typeof groups): string {
  const lines = inGroup(group).map(([name, { fallback, meaning, allowed, why }]) => {
    return `| \`${name}\` | ${fallback} | ${meaning} | ${allowed} | ${why} |`
  })
  return ['| Variable | Default | Meaning | Allowed | Why that default |', '|---|---|---|---|---|', ...lines].join('\n')
}
