/**
 * Every address of ours has one spelling, and needs no escapes: letters, digits, `-`, `.`, `_` and `~` between single slashes.
 * The router would also take `/%61uthorize` for `/authorize`, and a bundle of `..` for one: whoever guards an address in front of
 * us, a proxy or a rule of ours, would have to know all its names (SEC-263, RFC 3986 §6.2.2).
 */
export const isPlainPath = (path: string): boolean => path === '/' || /^(?:\/(?!\.{1,2}(?:\/|$))[\w.~-]+)+$/.test(path)
