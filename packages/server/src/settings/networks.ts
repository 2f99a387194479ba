import ipaddr from 'ipaddr.js'

/** Addresses and networks in CIDR form, separated by commas. @throws Error that names the wrong one */
export function parseNetworks(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(parseNetwork)
}

function parseNetwork(text: string): string {
  const [address = '', bits, ...more] = text.split('/')
  // ipaddr.js alone would read 010.1 as an address (octal, two parts); nobody means that.
  const parsable = ipaddr.IPv4.isValidFourPartDecimal(address) || ipaddr.IPv6.isValid(address)
  if (!parsable || more.length > 0) throw new Error(`"${text}" is not an IP address or network`)
  if (bits === undefined) return ipaddr.process(address).toString()
  if (!ipaddr.isValidCIDR(text)) throw new Error(`"${text}" has a prefix length that does not fit`)
  if (Number(bits) === 0) throw new Error(`"${text}" is everybody`)
  return text
}
