import { parseStrictJson, StrictJsonError } from '#crypto/strict-json.ts'
import { HttpError } from '#errors.ts'
import { noParameters, type Parameters, parseParameters } from '#parameters.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Form or JSON, both become the same flat parameters, so that one schema judges both (SEC-075). A number is its text; truth values,
 * lists and objects may only stand where nobody reads them.
 */
export function parseBody(body: Buffer | undefined, contentType: string | undefined): Parameters {
  if (!body || body.length === 0) return noParameters
  switch (mediaType(contentType)) {
    case 'application/x-www-form-urlencoded':
      return parseParameters(decodeUtf8(body))
    case 'application/json':
      return parseJsonObject(decodeUtf8(body))
    default:
      throw new HttpError(415, 'The body must be application/x-www-form-urlencoded or application/json, in UTF-8.')
  }
}

function mediaType(contentType: string | undefined): string | undefined {
  const [type = '', ...attributes] = (contentType ?? '').toLowerCase().split(';')
  for (const attribute of attributes) {
    const [name, value = ''] = attribute.trim().split('=')
    if (name === 'charset' && !/^"?utf-?8"?$/.test(value)) return undefined
  }
  return type.trim()
}

function decodeUtf8(body: Buffer): string {
  try {
    return utf8.decode(body)
  } catch {
    throw new HttpError(400, 'The body must be UTF-8.')
  }
}

function parseJsonObject(text: string): Parameters {
  const parsed = parseJson(text)
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw new HttpError(400, 'The JSON body must be an object.')
  const values = new Map<string, string>()
  const structured = new Set<string>()
  for (const [name, value] of Object.entries(parsed)) {
    if (value === null || value === undefined) continue // absent, as an empty form field is
    if (typeof value === 'string' || typeof value === 'number') values.set(name, String(value))
    else structured.add(name)
  }
  return { values, repeated: new Map(), structured }
}

function parseJson(text: string): unknown {
  try {
    return parseStrictJson(text)
  } catch (error) {
    if (error instanceof StrictJsonError)
      throw new HttpError(400, 'The body must be valid JSON without repeated names.')
    throw error
  }
}
