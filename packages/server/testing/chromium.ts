import { type Browser, chromium, type LaunchOptions } from 'playwright-core'
import { findChromium } from './chromium-executable.ts'

/** Our own: those of the package turn off the same-origin policy, which is one of the things that we test. */
const args = [
  '--no-sandbox', // containers forbid what the sandbox needs, and it refuses root
  '--no-zygote',
  '--disable-gpu',
  '--disable-dev-shm-usage', // 64 MB in a container: too small for a page
  // Nothing of its own to the network: a test must see its own requests only, also without a network.
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-domain-reliability',
  '--disable-sync',
  '--disable-quic',
  '--no-first-run',
  '--no-default-browser-check',
  '--no-pings',
]

/** A real, headless Chromium. Close it at the end. `options` as Playwright's; its `args` are added to ours. */
export async function launchChromium(options: LaunchOptions = {}): Promise<Browser> {
  const { executablePath, env } = await findChromium()
  return chromium.launch({
    executablePath,
    ...options,
    env: { ...process.env, ...env, ...options.env } as Record<string, string>,
    args: [...args, ...(options.args ?? [])],
  })
}
