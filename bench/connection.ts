import { Agent, type IncomingMessage, request } from 'node:http'

export interface Answer {
  status: number
  /** Path and query if it leads back to the server, else the whole URL. */
  location?: string
  body: string
}

/** The cookies of one browser, by name. */
export type Jar = Map<string, string>

/** One keep-alive connection. With a jar it is a browser that speaks, without one an app. */
export interface Connection {
  get(path: string, headers?: Record<string, string>, jar?: Jar): Promise<Answer>
  post(path: string, form: Record<string, string>, jar?: Jar, headers?: Record<string, string>): Promise<Answer>
  options(path: string, headers: Record<string, string>): Promise<Answer>
  close(): void
}

/** Plain node:http, because every client that does more would be what is measured. */
export function openConnection(url: string): Connection {
  const { origin, hostname, port } = new URL(url)
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })

  function send(
    method: 'GET' | 'POST' | 'OPTIONS',
    path: string,
    headers: Record<string, string>,
    body: string,
    jar?: Jar,
  ): Promise<Answer> {
    if (jar && jar.size > 0) headers.cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    return new Promise((resolve, reject) => {
      const message = request({ agent, host: hostname, port, method, path, headers }, (response) => {
        if (jar) keepCookies(response, jar)
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () => {
          const { location } = response.headers
          resolve({
            status: response.statusCode ?? 0,
            location: location?.startsWith(origin) ? location.slice(origin.length) : location,
            body: Buffer.concat(chunks).toString(),
          })
        })
      })
      message.on('error', reject)
      message.end(body)
    })
  }

  return {
    get: (path, headers = {}, jar) => send('GET', path, { ...headers }, '', jar),
    options: (path, headers) => send('OPTIONS', path, { ...headers }, ''),
    post(path, form, jar, more = {}) {
      const body = new URLSearchParams(form).toString()
      const length = `${Buffer.byteLength(body)}`
      const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': length, ...more }
      return send('POST', path, headers, body, jar)
    },
    close: () => agent.destroy(),
  }
}

function keepCookies(response: IncomingMessage, jar: Jar): void {
  for (const line of response.headers['set-cookie'] ?? []) {
    const [pair = '', ...attributes] = line.split(';')
    const equals = pair.indexOf('=')
    const [name, value] = [pair.slice(0, equals), pair.slice(equals + 1)]
    const gone =
      value === '' || attributes.some((attribute) => /^\s*(max-age=0|expires=thu, 01 jan 1970)/i.test(attribute))
    if (gone) jar.delete(name)
    else jar.set(name, value)
  }
}
