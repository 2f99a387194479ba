import { Agent, type IncomingMessage, request } from 'node:http'

export interface Answer {
  status: number
  /** Path and query if it leads back to the server, else the whole URL. */
  location?: string
  body: string
}

/** One keep-alive connection with the cookies of one browser. */
export interface Connection {
  get(path: string, headers?: Record<string, string>): Promise<Answer>
  post(path: string, form: Record<string, string>): Promise<Answer>
  cookies: Map<string, string>
  close(): void
}

/** Plain node:http, because every client that does more would be what is measured. */
export function openConnection(url: string): Connection {
  const { origin, hostname, port } = new URL(url)
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const cookies = new Map<string, string>()

  function send(method: 'GET' | 'POST', path: string, headers: Record<string, string>, body: string): Promise<Answer> {
    if (cookies.size > 0) headers.cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    return new Promise((resolve, reject) => {
      const message = request({ agent, host: hostname, port, method, path, headers }, (response) => {
        keepCookies(response, cookies)
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
    cookies,
    get: (path, headers = {}) => send('GET', path, { ...headers }, ''),
    post(path, form) {
      const body = new URLSearchParams(form).toString()
      const length = `${Buffer.byteLength(body)}`
      const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': length }
      return send('POST', path, headers, body)
    },
    close: () => agent.destroy(),
  }
}

function keepCookies(response: IncomingMessage, cookies: Map<string, string>): void {
  for (const line of response.headers['set-cookie'] ?? []) {
    const [pair = '', ...attributes] = line.split(';')
    const equals = pair.indexOf('=')
    const [name, value] = [pair.slice(0, equals), pair.slice(equals + 1)]
    const gone =
      value === '' || attributes.some((attribute) => /^\s*(max-age=0|expires=thu, 01 jan 1970)/i.test(attribute))
    if (gone) cookies.delete(name)
    else cookies.set(name, value)
  }
}
