import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { settings } from '#config.ts'
import { helpText, settingsTable } from './help.ts'
import { groups } from './setting.ts'

test('the help names every setting and fits a terminal', () => {
  const help = helpText()
  for (const name of Object.keys(settings)) assert.match(help, new RegExp(`^  ${name}$`, 'm'))
  for (const line of help.split('\n')) assert.ok(line.length <= 80, line)
})

for (const group of Object.keys(groups) as (keyof typeof groups)[])
  test(`the reference page on ${group} holds the table as it is`, async () => {
    const page = await readFile(new URL(`../../../../docs/reference/settings/${group}.md`, import.meta.url), 'utf8')
    assert.ok(page.includes(settingsTable(group)), `expected in the page:\n${settingsTable(group)}`)
  })
