import { once } from 'node:events'
import { request as ask, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Front {
  url: string
  /** Whoever listens there answers from now on; several take turns. */
  at(...ports: number[]): void
  close(): void
}

/** One name for several servers, as a load balancer gives them, where the test says who answers. */
export async function aFront(): Promise<Front> {
  let ports: number[] = []
  let turn = 0
  const front = createServer((request, response) => {
    const { method, url: path, headers } = request
    const onward = ask({ host: '127.0.0.1', port: ports[turn++ % ports.length], method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    onward.on('error', () => response.destroy())
    request.pipe(onward)
  }).listen(0, '127.0.0.1')
  await once(front, 'listening')
  return {
    url: `http://localhost:${(front.address() as AddressInfo).port}`,
    at(...chosen) {
      ports = chosen
    },
    close() {
      front.close()
      front.closeAllConnections()
    },
  }
}
