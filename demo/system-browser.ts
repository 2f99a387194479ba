import { spawn } from 'node:child_process'

/** Per platform, a program that takes the address as an argument: no shell may read it. */
const OPENERS: Partial<Record<NodeJS.Platform, [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'], // `start` is part of cmd.exe, which would split at `&`
}

/** Shows a page in the user's own browser. False when there is none: a server, a container. */
export async function openSystemBrowser(url: string): Promise<boolean> {
  const [command, ...args] = OPENERS[process.platform] ?? ['xdg-open']
  return new Promise((resolve) => {
    const opener = spawn(command, [...args, url], { detached: true, stdio: 'ignore' })
    opener.once('error', () => resolve(false))
    opener.once('spawn', () => resolve(true))
    opener.unref()
  })
}
