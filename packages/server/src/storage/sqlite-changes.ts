import type { ChangeFeed } from './database.ts'
import type { SqliteConnection } from './sqlite-connection.ts'

/**
 * SQLite tells by a number in shared memory whether another process has committed anything. So a change elsewhere is seen by the next
 * turn of the event loop that looks anything up.
 */
export function sqliteChanges(connection: SqliteConnection): ChangeFeed {
  const nothing: readonly string[] = []
  let looked = false
  let lastCommit = dataVersion(connection)
  let lastVersion = 0

  function since(version: number): string[] {
    const { rows } = connection.run({
      sql: 'SELECT tenant_id, version FROM configuration_versions WHERE version > ?',
      parameters: [version],
    })
    for (const row of rows) lastVersion = Math.max(lastVersion, Number(row.version))
    return rows.map((row) => String(row.tenant_id))
  }
  since(0)

  return {
    changed() {
      if (looked) return nothing
      looked = true
      setImmediate(() => {
        looked = false
      })
      try {
        const commit = dataVersion(connection)
        if (commit === lastCommit) return nothing
        const changed = since(lastVersion)
        lastCommit = commit
        return changed
      } catch {
        return 'all' // we could not look, so nothing that is remembered counts
      }
    },
  }
}

function dataVersion(connection: SqliteConnection): number {
  const { rows } = connection.run({ sql: 'PRAGMA data_version', parameters: [] })
  return Number(rows[0]?.data_version)
}
