import { StartError } from '#errors.ts'

/** @returns what an operator can mend; anything else is passed on */
export function cannotListen(error: unknown, { host, port }: { host: string; port: number }): unknown {
  const reasons: Record<string, string> = {
    EADDRINUSE: 'it is in use. Stop what listens there, or set PORT',
    EACCES: 'this user may not. Set PORT to 1024 or more',
    EADDRNOTAVAIL: 'this machine does not have that address. Set HOST',
    ENOTFOUND: 'there is no such host. Set HOST',
  }
  const reason = reasons[(error as NodeJS.ErrnoException).code ?? '']
  return reason ? new StartError(`Cannot listen on ${host}, port ${port}: ${reason}.`) : error
}
