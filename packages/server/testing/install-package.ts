import { spawnSync } from 'node:child_process'

/** What one program is called by each package manager that can install it without asking anything. */
export interface SystemPackage {
  readonly apt: string
  readonly dnf: string
  readonly apk: string
  readonly brew: string
}

/**
 * Installs a program by the system's package manager. It never asks: it returns false where there is none, where we may
 * not use it (neither root nor `sudo` without a password), or where it fails. Slow: tens of seconds.
 */
export function installPackage(name: SystemPackage): boolean {
  const commands = installCommands(name)
  if (!commands) return false
  console.error(`installing ${commands.label} by the system's package manager`)
  return commands.steps.every((step) => runs(step))
}

/** The sentence for those on whose machine we could not install it ourselves. */
export function howToInstall(name: SystemPackage): string {
  return `apt-get install ${name.apt}, dnf install ${name.dnf}, apk add ${name.apk}, or brew install ${name.brew}`
}

function installCommands(name: SystemPackage): { label: string; steps: string[][] } | undefined {
  // Homebrew is the user's own and refuses root; all the others write to the system.
  if (runs(['brew', '--version'])) return { label: name.brew, steps: [['brew', 'install', '--quiet', name.brew]] }

  const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n']
  if (asRoot.length > 0 && !runs([...asRoot, 'true'])) return undefined
  if (runs(['apt-get', '--version'])) {
    const apt = [...asRoot, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-q', '-y']
    return {
      label: name.apt,
      steps: [
        [...apt, 'update'],
        [...apt, 'install', '--no-install-recommends', name.apt],
      ],
    }
  }
  if (runs(['dnf', '--version']))
    return { label: name.dnf, steps: [[...asRoot, 'dnf', '-q', '-y', 'install', name.dnf]] }
  if (runs(['apk', '--version'])) return { label: name.apk, steps: [[...asRoot, 'apk', 'add', '--no-cache', name.apk]] }
  return undefined
}

function runs([command = '', ...args]: string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0
}
