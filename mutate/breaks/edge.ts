import type { NamedBreak } from '../named.ts'

export const edge: readonly NamedBreak[] = [
  {
    id: 'SEC-263',
    file: 'http/listen.ts',
    before: `    if (!isPlainPath(pathOf(request.raw))) return send(reply, text('Not found', { status: 404 }), platform)
`,
    after: '',
    test: 'e2e/hostile/raw-requests.test.ts',
  },
  {
    id: 'SEC-304',
    file: 'cli/logs.ts',
    before: 'printableJson(JSON.stringify({ date: new Date(date).toISOString(), ...rest }))',
    after: '(JSON.stringify({ date: new Date(date).toISOString(), ...rest }))',
    test: 'packages/server/src/cli/logs.test.ts',
  },
  {
    id: 'SEC-304',
    file: 'cli/run.ts',
    before: 'printable(sentence)',
    after: 'sentence',
    test: 'packages/server/src/cli/logs.test.ts',
  },
  {
    id: 'SEC-304',
    file: 'http/logger.ts',
    before: ', hooks: { streamWrite: printableJson }',
    after: '',
    test: 'packages/server/src/http/logger.test.ts',
  },
  {
    id: 'SEC-304',
    file: 'http/logger.ts',
    before: 'printableLine(`',
    after: '(`',
    test: 'packages/server/src/http/logger.test.ts',
  },
]
