/** A document of somebody else's: many ask for it, one fetches it. */
export interface KeptDocument<T> {
  /** @throws what fetching threw, for the length of a cool-down without trying again */
  read(now: number, fetchIt: () => Promise<T>): Promise<T>
  /** The same, but fetched anew unless that was tried a moment ago: strangers must not make us fetch at their pace (SEC-113). */
  refresh(now: number, fetchIt: () => Promise<T>): Promise<T>
}

/**
 * @param freshFor milliseconds it is used without asking again
 * @param coolDown milliseconds between one try and the next
 */
export function keptDocument<T>({ freshFor, coolDown }: { freshFor: number; coolDown: number }): KeptDocument<T> {
  let known: { value: T; since: number } | undefined
  let trouble: { error: unknown } | undefined
  let triedAt = Number.NEGATIVE_INFINITY
  let underWay: Promise<T> | undefined

  function attempt(now: number, fetchIt: () => Promise<T>): Promise<T> {
    triedAt = now
    underWay = fetchIt()
      .then(
        (value) => {
          known = { value, since: now }
          trouble = undefined
          return value
        },
        (error: unknown) => {
          trouble = { error }
          throw error
        },
      )
      .finally(() => {
        underWay = undefined
      })
    return underWay
  }

  async function read(now: number, fetchIt: () => Promise<T>): Promise<T> {
    if (known && isWithin(freshFor, known.since, now)) return known.value
    if (underWay) return underWay
    if (trouble && isWithin(coolDown, triedAt, now)) throw trouble.error
    return attempt(now, fetchIt)
  }

  return {
    read,
    async refresh(now, fetchIt) {
      if (underWay) return underWay
      return isWithin(coolDown, triedAt, now) ? read(now, fetchIt) : attempt(now, fetchIt)
    },
  }
}

/** After a clock was set back, nothing has happened “a moment ago” for as long as it was set back by (SEC-331). */
const isWithin = (milliseconds: number, since: number, now: number) => since <= now && now - since < milliseconds
