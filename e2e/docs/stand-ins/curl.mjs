// The options the tutorial uses of curl, for machines without it.
const words = process.argv.slice(2).filter((word) => word !== '-s')
const headers = {}
const form = new URLSearchParams()
let url = ''
while (words.length > 0) {
  const word = words.shift()
  if (!word.startsWith('-')) {
    url = word
    continue
  }
  const value = words.shift()
  const [name, rest] = value.split(/[=:] ?(.*)/s, 2)
  if (word === '-H') headers[name] = rest
  else if (word === '-d' || word === '--data-urlencode') form.append(name, rest)
  else throw new Error(`this stand-in does not know ${word}`)
}
const post = form.size > 0 && { method: 'POST', body: form }
process.stdout.write(await (await fetch(url, { headers, ...post })).text())
