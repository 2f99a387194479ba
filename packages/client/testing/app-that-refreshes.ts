// A process of an app that was signed in before: refreshes once and prints the outcome. For tests that kill it.
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { KeywrightClient } from '../src/index.ts'

const [domain = '', file = ''] = process.argv.slice(2)
const read = () => JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>
const write = (values: Record<string, string | undefined>) => {
  writeFileSync(`${file}.new`, JSON.stringify(values))
  renameSync(`${file}.new`, file)
}
const storage = {
  get: (key: string) => read()[key],
  set: (key: string, value: string) => write({ ...read(), [key]: value }),
  remove: (key: string) => write({ ...read(), [key]: undefined }),
}
const client = new KeywrightClient({ domain, clientId: 'abc', redirectUri: 'com.app:/cb', storage })
console.log((await client.refresh()).accessToken)
