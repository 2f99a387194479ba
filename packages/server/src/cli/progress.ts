/** Waits, and says what for once it takes longer than a second: nobody should look at a silent terminal. */
export async function slowly<T>(what: string, work: Promise<T>): Promise<T> {
  const timer = setTimeout(() => process.stderr.write(`… ${what}\n`), 1000)
  try {
    return await work
  } finally {
    clearTimeout(timer)
  }
}
