// Which changes are news: not what this page has shown already, and not what was done on it.
import { ref, type Ref } from 'vue'

export interface News {
  /** How many changes wait to be loaded. */
  count: Ref<number>
  /** These are on screen, in these versions. */
  know: (rows: { id: string; version: number }[]) => void
  /** A change came: is it news? */
  hear: (c: { id: string; version: number }) => boolean
  clear: () => void
}

export function useNews(): News {
  const count = ref(0)
  const known = new Map<string, number>()
  function know(rows: { id: string; version: number }[]): void {
    for (const row of rows) known.set(row.id, Math.max(known.get(row.id) ?? 0, row.version))
  }
  function hear(c: { id: string; version: number }): boolean {
    if ((known.get(c.id) ?? -1) >= c.version) return false
    known.set(c.id, c.version)
    count.value++
    return true
  }
  return { count, know, hear, clear: () => (count.value = 0) }
}
