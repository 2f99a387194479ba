import { writeSync } from 'node:fs'
import type { TestEvent } from 'node:test/reporters'

/** A reporter that ends the process at the first test that fails: one is enough, and the rest costs time. */
export default async function* firstFailure(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const event of events) {
    if (event.type !== 'test:complete' || event.data.details.passed) continue
    const { error } = event.data.details
    if ((error as { failureType?: string } | undefined)?.failureType === 'subtestsFailed') continue
    writeSync(1, `${event.data.name}\n`)
    process.exit(1)
  }
  yield ''
}
