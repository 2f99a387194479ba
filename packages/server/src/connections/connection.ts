/** Where identities come from. `options` belongs to the strategy, which validates it. */
export interface Connection {
  id: string
  /** `con_…` is the id; the name is on the wire (`connection=`). */
  name: string
  displayName?: string
  strategy: string
  enabledClients: string[]
  showAsButton: boolean
  options: Record<string, unknown>
}
