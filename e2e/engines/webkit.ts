import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, globSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { freePort } from '../../packages/server/testing/start-server.ts'
import { appScheme, type Engine, type Tab, until } from './engine.ts'

const install = 'apt-get install webkit2gtk-driver xvfb dbus'
const elementKey = 'element-6066-11e4-a52e-4f735466cecf'

/** WebKitGTK as Debian packs it: its MiniBrowser on a screen that nobody sees, driven by the WebDriver protocol. */
export async function startWebKit(): Promise<Engine> {
  const [browser] = globSync('/usr/{lib,libexec}{,/*}/webkit2gtk-4.*/MiniBrowser')
  for (const program of ['WebKitWebDriver', 'Xvfb', 'dbus-run-session'])
    if (!existsSync(`/usr/bin/${program}`)) throw new Error(`${program} is not installed: ${install}`)
  if (!browser) throw new Error(`MiniBrowser is not installed: ${install}`)

  const screen = own(spawn('Xvfb', ['-displayfd', '1', '-screen', '0', '1280x1024x24'], { ...apart, stdio: 'pipe' }))
  const [display] = (await once(createInterface(screen.stdout), 'line')) as [string]
  const port = await freePort()
  const env = { ...process.env, DISPLAY: `:${display}`, LIBGL_ALWAYS_SOFTWARE: '1', NO_AT_BRIDGE: '1' }
  const driver = own(spawn('dbus-run-session', ['--', 'WebKitWebDriver', `--port=${port}`], { ...apart, env }))
  const call = caller(`http://127.0.0.1:${port}`)
  await until('WebKitWebDriver', () => call('GET', '/status'))
  return {
    name: version(browser, env),
    open: () => openTab(call, browser),
    async close() {
      await end(driver)
      await end(screen)
    },
  }
}

const version = (binary: string, env: NodeJS.ProcessEnv) =>
  spawnSync(binary, ['--version'], { env, encoding: 'utf8' }).stdout.trim()

/** In a process group of its own, so that what it starts ends with it. */
const apart = { detached: true, stdio: 'ignore' } as const

const kill = ({ pid, exitCode }: ChildProcess) => pid !== undefined && exitCode === null && process.kill(-pid)

/** It ends with us, whatever happens. */
function own<T extends ChildProcess>(child: T): T {
  const die = () => void kill(child)
  process.once('exit', die)
  child.once('exit', () => process.off('exit', die))
  return child
}

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit')
  if (kill(child)) await ended
}

type Call = (method: string, path: string, body?: object) => Promise<unknown>

const caller =
  (origin: string): Call =>
  async (method, path, body) => {
    const response = await fetch(origin + path, body ? { method, body: JSON.stringify(body) } : { method })
    const { value } = (await response.json()) as { value: { error?: string; message?: string } }
    if (!response.ok) throw new Error(`${method} ${path}: ${value.error}: ${value.message}`)
    return value
  }

/** Each session is a browser of its own, which remembers nothing. */
async function openTab(driver: Call, binary: string): Promise<Tab> {
  const options = { binary, args: ['--automation'] }
  const alwaysMatch = { acceptInsecureCerts: true, 'webkitgtk:browserOptions': options }
  const { sessionId } = (await driver('POST', '/session', { capabilities: { alwaysMatch } })) as { sessionId: string }
  const call: Call = (method, path, body) => driver(method, `/session/${sessionId}${path}`, body)
  const find = async (selector: string) => {
    const found = await until(selector, () => call('POST', '/element', { using: 'css selector', value: selector }))
    return `/element/${(found as Record<string, string>)[elementKey]}`
  }
  const tab: Tab = {
    goto: (url) => call('POST', '/url', { url }) as Promise<void>,
    url: () => call('GET', '/url') as Promise<string>,
    async evaluate(expression) {
      const script = `const done = arguments[arguments.length - 1]; Promise.resolve().then(() => (${expression})).then((value) => done({ value: value ?? null }), (error) => done({ error: String(error) }))`
      const { value, error } = (await call('POST', '/execute/async', { script, args: [] })) as {
        value: unknown
        error?: string
      }
      if (error) throw new Error(error)
      return value
    },
    type: async (selector, text) => void (await call('POST', `${await find(selector)}/value`, { text })),
    click: async (selector) => void (await call('POST', `${await find(selector)}/click`, {})),
    leaving: () =>
      until('the app’s scheme', async () => {
        const url = await tab.url()
        return url.startsWith(`${appScheme}:`) ? url : undefined
      }),
    [Symbol.asyncDispose]: async () => void (await call('DELETE', '')),
  }
  return tab
}
