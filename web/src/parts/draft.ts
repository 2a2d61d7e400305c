// What somebody has typed and not sent yet: it survives a reload, a break and a session that ended, and is this
// account's alone, because computers are shared.
import { useSession } from '../stores/session'

export interface Draft {
  /** What was kept; null: nothing. */
  read: <T>() => T | null
  keep: (what: unknown) => void
  drop: () => void
}

/** In sessionStorage it ends with the tab. */
export function draftOf(name: string, where: Storage = localStorage): Draft {
  const key = `seawall.draft.${useSession().user?.name ?? ''}.${name}`
  return {
    read: <T>(): T | null => {
      try {
        return JSON.parse(where.getItem(key) ?? 'null') as T | null
      } catch {
        return null
      }
    },
    keep: (what) => where.setItem(key, JSON.stringify(what)),
    drop: () => where.removeItem(key),
  }
}

/** The fields that somebody has changed, and no others: what another one has changed meanwhile stays. */
export function changedFrom(
  taken: Record<string, unknown>,
  form: Record<string, unknown>,
): Record<string, unknown> {
  const same = (a: unknown, b: unknown): boolean => JSON.stringify(a ?? '') === JSON.stringify(b ?? '')
  return Object.fromEntries(Object.entries(form).filter(([name, value]) => !same(value, taken[name])))
}
