/**
 * So many at a time for each key, and not one more: whoever comes then is refused at once, rather than kept waiting with all that
 * waiting costs. Keys that nobody uses are forgotten.
 */
export function createPlaces(most: number, refusal: (key: string) => Error) {
  const taken = new Map<string, number>()
  return async <T>(key: string, task: () => Promise<T>): Promise<T> => {
    const others = taken.get(key) ?? 0
    if (others >= most) throw refusal(key)
    taken.set(key, others + 1)
    try {
      return await task()
    } finally {
      const left = (taken.get(key) ?? 1) - 1
      if (left > 0) taken.set(key, left)
      else taken.delete(key)
    }
  }
}
