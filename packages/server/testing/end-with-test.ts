import { getTestContext } from 'node:test'

/**
 * What a test opens, ends with it, also when an assertion throws: a server or a connection that nobody closes would keep the whole file
 * alive. What is opened in a hook belongs to the file, whose own `after` ends it.
 * @returns `end`, which may be called earlier, and as often as anybody likes
 */
export function endWithTest(end: () => unknown): () => Promise<void> {
  let ending: Promise<unknown> | undefined
  const endOnce = async () => {
    ending ??= Promise.resolve(end())
    await ending
  }
  const owner = getTestContext()
  if (owner && 'after' in owner && owner.fullName !== '<root>') owner.after(endOnce)
  return endOnce
}
