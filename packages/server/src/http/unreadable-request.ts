import type { Socket } from 'node:net'

const refusals: Record<string, string> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: '413 Content Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
}

/**
 * Refuses what is no HTTP, comes too slowly or contradicts itself, and closes the connection: nobody can tell where the next
 * request would begin (SEC-264). There is no request yet and no reply, only the socket.
 * @param secure whether browsers reach us by https: then they are told to keep to it (RFC 6797 §7.1)
 */
export function refuseUnreadable(error: NodeJS.ErrnoException, socket: Socket, secure: boolean): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return
  const refusal = refusals[error.code ?? ''] ?? '400 Bad Request'
  const headers = [
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${refusal.length}`,
    'X-Content-Type-Options: nosniff',
    'Referrer-Policy: no-referrer',
    'Cache-Control: no-store',
    'Connection: close',
  ]
  if (secure) headers.push('Strict-Transport-Security: max-age=31536000; includeSubDomains')
  if (socket.writable) socket.write([`HTTP/1.1 ${refusal}`, ...headers, '', refusal].join('\r\n'))
  socket.destroySoon()
}
