// What is asked of the repository and not of the server.
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))
const read = (path: string) => readFileSync(join(root, path), 'utf8')

test('SEC-335: every dependency is pinned, and the lock file has a digest for each package', () => {
  const manifests = globSync('{package.json,packages/*/package.json,{demo,e2e,bench}/package.json}', { cwd: root })
  const loose = manifests.flatMap((path) => {
    const { dependencies, devDependencies, optionalDependencies } = JSON.parse(read(path)) as Manifest
    return Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })
      .filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
      .map(([name, version]) => `${path}: ${name} ${version}`)
  })
  assert.deepEqual(loose, [])
  const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, Locked> }
  const unlocked = Object.entries(packages).filter(
    ([path, { integrity, link }]) => path.includes('node_modules/') && !link && !integrity,
  )
  assert.deepEqual(
    unlocked.map(([path]) => path),
    [],
  )
})

test('SEC-342: SECURITY.md says how to report, when somebody answers, which versions get fixes, and where they are told', () => {
  for (const heading of [
    'Report a vulnerability',
    'What happens then',
    'Supported versions',
    'Where fixes are announced',
  ])
    assert.match(read('SECURITY.md'), new RegExp(`^## ${heading}$`, 'm'))
})

test('SEC-338: the CI runs one script of the repository, which takes no text from outside and knows no secret', () => {
  const hosted = globSync('{.github/workflows/*,.gitlab-ci.yml,.circleci/*,Jenkinsfile,azure-pipelines.yml}', {
    cwd: root,
  })
  assert.deepEqual(hosted, [], 'of a hosted CI its pull requests have to be looked at here')
  assert.deepEqual(globSync('.ci/**', { cwd: root, exclude: (entry) => entry === '.git' }).sort(), ['.ci', '.ci/run'])
  const commands = read('.ci/run').replaceAll(/^#.*$/gm, '')
  const expansions = commands.match(/\{[^}]*\}|\$[\w@*#]+|`[^`]*`|\beval\b/g)
  assert.deepEqual(expansions, ['{BASH_SOURCE[0]}'])
})

type Manifest = Record<'dependencies' | 'devDependencies' | 'optionalDependencies', Record<string, string> | undefined>
type Locked = { integrity?: string; link?: boolean }
