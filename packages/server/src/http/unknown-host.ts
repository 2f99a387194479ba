import type { Logger } from './logger.ts'

/** Milliseconds between two lines: whoever asks for made-up hosts must not fill the log. */
const pause = 60_000

/**
 * Tells of hosts that no tenant has: the server's log says which, and in development the answer says which one would be right. That is
 * what a wrong `KEYWRIGHT_URL`, a proxy that does not pass on `Host`, and `127.0.0.1` for `localhost` look like.
 * @param home the public URL of the first tenant, if that is on this machine
 */
export function unknownHosts(
  home: string | undefined,
  { logger, now }: { logger: Logger; now: () => number },
): (host: string) => string {
  let silentUntil = 0
  let unsaid = 0
  return (host) => {
    const time = now()
    if (time >= silentUntil || time < silentUntil - pause) {
      const more = unsaid > 0 ? `; since the last such line ${unsaid} more` : ''
      logger.warn(`no tenant has the host ${JSON.stringify(host.slice(0, 255))}, so it is answered with 404${more}`)
      silentUntil = time + pause
      unsaid = 0
    } else unsaid++
    return home
      ? `There is nothing at this address. This server answers at ${home}`
      : 'There is nothing at this address.'
  }
}
