import type { Environment } from './environment.ts'
import { NetworkError } from './errors.ts'
import { parseJson } from './json.ts'

export interface Answer {
  status: number
  /** The parsed JSON, or undefined when the body is not JSON: SDKs meet plain text and HTML from proxies, too. */
  body: unknown
}

/** One request, given up after `environment.timeout`, without cookies. Throws a NetworkError. */
export async function fetchJson(url: string, init: RequestInit, environment: Environment): Promise<Answer> {
  const abort = new AbortController()
  const timer = setTimeout(() => abort.abort(), environment.timeout)
  try {
    const response = await environment.fetch(url, {
      ...init,
      credentials: 'omit',
      redirect: 'error', // no endpoint of ours redirects; one that does would carry tokens elsewhere
      signal: abort.signal,
    })
    return { status: response.status, body: parseJson(await response.text()) }
  } catch (cause) {
    const why = abort.signal.aborted ? `did not answer within ${environment.timeout} ms` : 'could not be reached'
    throw new NetworkError(`${url} ${why}.`, { cause })
  } finally {
    clearTimeout(timer)
  }
}
