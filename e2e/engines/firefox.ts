import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import puppeteer from 'puppeteer-core'
import { appScheme, type Engine, until } from './engine.ts'

const executablePath = '/usr/bin/firefox-esr'

/** Debian's Firefox, headless, driven over WebDriver BiDi. */
export async function startFirefox(): Promise<Engine> {
  if (!existsSync(executablePath)) throw new Error('firefox-esr is not installed: apt-get install firefox-esr')
  const folder = await mkdtemp(join(tmpdir(), 'keywright-firefox-'))
  const launched = join(folder, 'launched')
  await writeFile(launched, '')
  await installApp(folder, launched)
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath,
    headless: true,
    userDataDir: folder,
    acceptInsecureCerts: true,
    // Asks nobody before it starts the app.
    extraPrefsFirefox: { [`network.protocol-handler.external.${appScheme}`]: true },
  })
  return {
    name: spawnSync(executablePath, ['--version'], { encoding: 'utf8' }).stdout.trim(),
    async open() {
      const context = await browser.createBrowserContext()
      const page = await context.newPage()
      const before = (await readFile(launched, 'utf8')).length
      return {
        goto: async (url) => void (await page.goto(url)),
        url: () => page.evaluate('location.href') as Promise<string>,
        evaluate: (expression) => page.evaluate(expression),
        async type(selector, text) {
          await page.locator(selector).fill(text)
        },
        click: (selector) => page.locator(selector).click(),
        leaving: () =>
          until('the app’s scheme', async () => (await readFile(launched, 'utf8')).slice(before).split('\n').at(-2)),
        [Symbol.asyncDispose]: () => context.close(),
      }
    },
    async close() {
      await browser.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** An app that owns the scheme, for this profile: it notes down what it is started with. */
async function installApp(folder: string, launched: string): Promise<void> {
  const app = join(folder, 'app')
  await writeFile(app, `#!/bin/sh\necho "$1" >> '${launched}'\n`)
  await chmod(app, 0o755)
  const handler = { action: 2, handlers: [{ name: 'App', path: app }] }
  await writeFile(
    join(folder, 'handlers.json'),
    JSON.stringify({ defaultHandlersVersion: {}, mimeTypes: {}, schemes: { [appScheme]: handler } }),
  )
}
