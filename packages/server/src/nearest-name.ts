/** The known name that was probably meant, or undefined if none is near. Case, `_` and `-` count for nothing. */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  const wanted = plain(name)
  // A third of the letters may be wrong: enough for a slip, too little to guess.
  let best = { distance: Math.ceil(Math.max(wanted.length, 3) / 3) + 1, name: undefined as string | undefined }
  for (const candidate of known) {
    const distance = editDistance(wanted, plain(candidate), best.distance)
    if (distance < best.distance) best = { distance, name: candidate }
  }
  return best.name
}

/** ` (did you mean "callbacks"?)`, or nothing. */
export function didYouMean(name: string, known: Iterable<string>): string {
  const nearest = nearestName(name, known)
  return nearest === undefined ? '' : ` (did you mean "${nearest}"?)`
}

/** Cut, so that a hostile name costs no more than a long one. */
const plain = (name: string) => name.slice(0, 64).toLowerCase().replace(/[_-]/g, '')

/** Insertions, deletions and replacements from one text to the other; at least `limit` if there are that many. */
function editDistance(from: string, to: string, limit: number): number {
  if (Math.abs(from.length - to.length) >= limit) return limit
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let i = 1; i <= from.length; i++) {
    const next = [i]
    for (let j = 1; j <= to.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[to.length] ?? 0
}
