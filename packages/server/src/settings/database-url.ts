/** `path` is as written, relative or not; undefined for a database in memory. */
export type DatabaseSetting = { kind: 'sqlite'; path: string | undefined } | { kind: 'postgres'; url: string }

/** @throws Error that says what is wrong, without the password */
export function parseDatabaseUrl(text: string): DatabaseSetting {
  if (text.startsWith('sqlite:')) return { kind: 'sqlite', path: sqlitePath(text.slice('sqlite:'.length)) }
  if (!/^postgres(ql)?:\/\//.test(text)) throw new Error('it begins with neither sqlite: nor postgres://')
  const url = URL.parse(text)
  if (!url) throw new Error('it is not a URL; percent-encode special characters of the password')
  if (!url.hostname && !url.searchParams.has('host')) throw new Error('it names no host')
  if (url.pathname.length < 2) throw new Error('it names no database after the host')
  return { kind: 'postgres', url: text }
}

function sqlitePath(path: string): string | undefined {
  if (path === ':memory:') return undefined
  if (path === '') throw new Error('it names no file')
  if (path.startsWith(':')) throw new Error(`"${path}" is neither a file nor :memory:`)
  // `sqlite://data/x.db` looks relative to some and absolute to others.
  if (/^\/\/(?!\/)/.test(path)) throw new Error('after sqlite: comes a path, not a host; write one slash or three')
  if (path.includes('\0')) throw new Error('its path has a NUL character')
  if (path.endsWith('/')) throw new Error('it names a folder, not a file')
  return path
}

/** What may be printed of a database URL: everything but the password, also where it is too malformed to parse. */
export const withoutPassword = (text: string): string =>
  text.replace(/^([a-z]+:\/\/[^:@/]*):.*@/s, '$1:***@').replace(/([?&]password=)[^&]*/gi, '$1***')
