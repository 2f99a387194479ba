interface Cookie {
  value: string
  path: string
}

/** Host-only cookies with a path, which is all that a sign-in page needs. Loopback counts as secure, as in browsers. */
export class CookieJar {
  readonly #hosts = new Map<string, Map<string, Cookie>>()

  store(url: string, response: Response): void {
    const { hostname } = new URL(url)
    const cookies = this.#hosts.get(hostname) ?? new Map<string, Cookie>()
    this.#hosts.set(hostname, cookies)
    for (const line of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(';').map((part) => part.trim())
      const separator = pair.indexOf('=')
      const name = pair.slice(0, separator)
      const values = new Map(attributes.map((attribute) => splitOnce(attribute)))
      const expires = Date.parse(values.get('expires') ?? '')
      const isGone = values.has('max-age') ? Number(values.get('max-age')) <= 0 : expires <= Date.now()
      if (isGone) cookies.delete(name)
      else cookies.set(name, { value: pair.slice(separator + 1), path: values.get('path') || '/' })
    }
  }

  header(url: string): string {
    const { hostname, pathname } = new URL(url)
    return [...(this.#hosts.get(hostname) ?? [])]
      .filter(([, { path }]) => pathname === path || pathname.startsWith(path.endsWith('/') ? path : `${path}/`))
      .map(([name, { value }]) => `${name}=${value}`)
      .join('; ')
  }
}

function splitOnce(attribute: string): [string, string] {
  const [name = '', ...value] = attribute.split('=')
  return [name.toLowerCase(), value.join('=')]
}
