/** A URL cut into parts without any demand on it: for explaining what is wrong with it, never for deciding. */
export interface LooseUrl {
  text: string
  scheme: string
  userinfo: string
  host: string
  port: string
  path: string
  query: string
  fragment: string
}

/** Cuts where a lenient reader would, so that each part can be compared with what was meant. Linear in the length. */
export function toLooseUrl(text: string): LooseUrl {
  const [beforeFragment, fragment] = cutBefore(text, '#')
  const [beforeQuery, query] = cutBefore(beforeFragment, '?')
  // "localhost:3000/callback" has a port and no scheme, "com.example.app:callback" a scheme and no slashes.
  const [, scheme = '', rest = ''] = /^([^:/]*):(?!\d)(.*)$/s.exec(beforeQuery) ?? [undefined, '', beforeQuery]
  const withHost = scheme === '' && !rest.startsWith('/') ? `//${rest}` : rest
  const [, authority = '', path = ''] = /^\/\/([^/]*)(.*)$/s.exec(withHost) ?? [undefined, '', withHost]
  const at = authority.lastIndexOf('@')
  const [, host = '', port = ''] = /^(\[[^\]]*\]|[^:]*)(:.*)?$/s.exec(authority.slice(at + 1)) ?? []
  return { text, scheme, userinfo: authority.slice(0, at + 1), host, port: port.slice(1), path, query, fragment }
}

function cutBefore(text: string, mark: string): [before: string, from: string] {
  const index = text.indexOf(mark)
  return index < 0 ? [text, ''] : [text.slice(0, index), text.slice(index)]
}
