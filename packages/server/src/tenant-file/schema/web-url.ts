import { z } from 'zod'

const error = 'expected an http(s) URL'

/** URL parsers forgive line breaks and spaces; headers and pages that such an address gets into do not (SEC-326). */
export const webUrl = z.url({ protocol: /^https?$/, error }).regex(/^[^\s\x00-\x1F\x7F]+$/, error)

export const webUrlOrEmpty = z.union([z.literal(''), webUrl], { error })
