import type { Narrator } from './narrator.ts'

/** fetch that shows what goes out and what comes back. */
export function narratedFetch(narrator: Narrator) {
  return async (url: string, init: RequestInit = {}): Promise<Response> => {
    narrator.request(init.method ?? 'GET', url)
    const { authorization } = Object.fromEntries(new Headers(init.headers))
    if (authorization) narrator.values({ authorization })
    if (typeof init.body === 'string') narrator.values(Object.fromEntries(new URLSearchParams(init.body)))

    const response = await narrator.waiting(new URL(url).host, fetch(url, init))
    const text = await response.text()
    narrator.answer(response.status, response.headers.get('www-authenticate') ?? '')
    narrateBody(text, narrator)
    return new Response(text === '' ? null : text, response)
  }
}

function narrateBody(text: string, narrator: Narrator): void {
  if (text === '') return
  try {
    const body: unknown = JSON.parse(text)
    if (isKeySet(body)) narrator.values({ keys: body.keys.map(({ kid, alg }) => `${alg} ${kid}`).join(', ') })
    else if (typeof body === 'object' && body !== null) narrator.values({ ...body })
  } catch {
    narrator.say(`  ${text.slice(0, 100)}`)
  }
}

/** Certificates fill the screen and tell nothing. */
function isKeySet(body: unknown): body is { keys: { kid: string; alg: string }[] } {
  return typeof body === 'object' && body !== null && 'keys' in body && Array.isArray(body.keys)
}
