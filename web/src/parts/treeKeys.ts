// Keys of a tree, as the ARIA Authoring Practices have them (pattern "Tree View"): what is in view, where one is, what
// a key does.

export interface TreeRow {
  id: string
  level: number
  /** undefined: nothing below it */
  expanded: boolean | undefined
  name: string
}
export type TreeMove = { to: number } | { toggle: number } | { pick: number } | null

export function treeKey(rows: readonly TreeRow[], at: number, key: string): TreeMove {
  const row = rows[at]
  if (!row) return null
  const last = rows.length - 1
  if (key === 'ArrowDown') return { to: Math.min(at + 1, last) }
  if (key === 'ArrowUp') return { to: Math.max(at - 1, 0) }
  if (key === 'Home') return { to: 0 }
  if (key === 'End') return { to: last }
  if (key === 'Enter' || key === ' ') return { pick: at }
  if (key === 'ArrowRight') {
    if (row.expanded === false) return { toggle: at }
    return row.expanded && (rows[at + 1]?.level ?? 0) > row.level ? { to: at + 1 } : null
  }
  if (key === 'ArrowLeft') {
    if (row.expanded) return { toggle: at }
    for (let i = at - 1; i >= 0; i--) if ((rows[i]?.level ?? 0) < row.level) return { to: i }
    return null
  }
  // a letter goes to the next name that begins with it
  if (key.length === 1)
    for (let k = 1; k <= rows.length; k++) {
      const i = (at + k) % rows.length
      if (rows[i]?.name.toLowerCase().startsWith(key.toLowerCase())) return { to: i }
    }
  return null
}
