import { networkOf } from '#network.ts'
import { OutgoingError } from './outgoing.ts'
import { createPlaces } from './places.ts'

/** Of the calls that may be under way to one origin, how many one caller may have caused. */
const most = 8

/**
 * The same client for one caller: strangers who make us call a slow server at their pace take the places of their own network, and
 * leave the others' alone (SEC-296).
 */
export function createShares(): (client: typeof fetch, ip: string) => typeof fetch {
  const refusal = () => new OutgoingError('too many calls for this caller are under way already')
  const inPlace = createPlaces(most, refusal)
  return (client, ip) => (input, init) => {
    const { origin } = new URL(input instanceof Request ? input.url : input)
    return inPlace(`${networkOf(ip)} ${origin}`, () => client(input, init))
  }
}
