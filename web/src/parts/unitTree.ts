// The units below one another, read as they are unfolded: by parent, or by supervisor.
import { ref, shallowRef, type Ref } from 'vue'
import { api } from '../api/client'
import type { Row } from '../stores/resources'

export type TreeKind = 'parent' | 'supervisor'
export interface Node {
  id: string
  name: string
  above: string | null
  leaf: boolean
  below: string[] | null
  next: string | null
}
export interface Tree {
  nodes: Ref<Map<string, Node>>
  roots: Ref<string[]>
  open: Ref<Set<string>>
  start: (mine: string[]) => Promise<void>
  toggle: (id: string) => Promise<void>
  more: (id: string) => Promise<void>
  /** Unfolds all above a unit, so that it can be seen. */
  reveal: (id: string) => Promise<void>
}
interface Page {
  items: Row[]
  next: string | null
}
const PAGE = 200

export function useUnitTree(kind: TreeKind): Tree {
  const by = `${kind}_id`
  const fields = `name,${by}`
  const nodes = shallowRef(new Map<string, Node>())
  const roots = ref<string[]>([])
  const open = ref(new Set<string>())

  const list = async (query: Record<string, string>): Promise<Page> =>
    (
      await api.any<Page>(
        'GET',
        `/api/v1/units?${new URLSearchParams({ fields, limit: String(PAGE), ...query })}`,
      )
    ).data

  /** Which of these have units below them?  Asked once for all; where the answer is cut off, the rest may. */
  async function leaves(ids: string[]): Promise<Set<string>> {
    const without = new Set(ids)
    for (let at = 0; at < ids.length; at += 100) {
      const some = ids.slice(at, at + 100)
      const page = await list({ [`${by}__in`]: some.join(','), limit: '1000' })
      for (const row of page.items) without.delete(String(row[by]))
      if (page.next) for (const id of some) without.delete(id)
    }
    return without
  }
  async function keep(rows: Row[]): Promise<string[]> {
    const fresh = rows.filter((r) => !nodes.value.has(r.id))
    const without = await leaves(fresh.map((r) => r.id))
    for (const r of fresh)
      nodes.value.set(r.id, {
        id: r.id,
        name: String(r.name),
        above: (r[by] as string | null) ?? null,
        leaf: without.has(r.id),
        below: null,
        next: null,
      })
    nodes.value = new Map(nodes.value)
    return rows.map((r) => r.id)
  }
  async function supervisors(): Promise<string[]> {
    const found = new Set<string>()
    let cursor: string | null = null
    for (let i = 0; i < 5; i++) {
      const page: Page = await list({
        supervisor_id__null: 'false',
        limit: '1000',
        ...(cursor ? { cursor } : {}),
      })
      for (const row of page.items) found.add(String(row.supervisor_id))
      cursor = page.next
      if (!cursor) break
    }
    return [...found]
  }
  async function start(mine: string[]): Promise<void> {
    if (kind === 'supervisor') {
      const ids = await supervisors()
      if (!ids.length) return
      const page = await list({ id__in: ids.slice(0, 1000).join(','), limit: '1000' })
      // those that are supervised themselves stand below their own supervisor
      roots.value = await keep(
        page.items.filter((r) => !r.supervisor_id || !ids.includes(String(r.supervisor_id))),
      )
    } else {
      let page = await list({ parent_id__null: 'true' })
      // a county, or a unit, begins where its own rights begin
      if (!page.items.length && mine.length) page = await list({ id__in: mine.join(',') })
      roots.value = await keep(page.items)
    }
    if (roots.value.length === 1 && roots.value[0]) await toggle(roots.value[0])
  }
  async function below(node: Node): Promise<void> {
    const page = await list({ [by]: node.id, ...(node.next ? { cursor: node.next } : {}) })
    node.below = [...(node.below ?? []), ...(await keep(page.items))]
    node.next = page.next
    nodes.value = new Map(nodes.value)
  }
  async function toggle(id: string): Promise<void> {
    const node = nodes.value.get(id)
    if (!node || node.leaf) return
    if (open.value.has(id)) open.value.delete(id)
    else {
      if (!node.below) await below(node)
      open.value.add(id)
    }
    open.value = new Set(open.value)
  }
  async function more(id: string): Promise<void> {
    const node = nodes.value.get(id)
    if (node?.next) await below(node)
  }
  async function reveal(id: string): Promise<void> {
    const way: string[] = []
    let at: string | null = id
    for (let i = 0; at && i < 12; i++) {
      way.unshift(at)
      if (roots.value.includes(at)) break
      const known: Node | undefined = nodes.value.get(at)
      at = known
        ? known.above
        : (((await api.any<Row>('GET', `/api/v1/units/${at}`)).data[by] as string | null) ?? null)
    }
    for (const one of way.slice(0, -1)) {
      const node = nodes.value.get(one)
      if (!node) return
      if (!open.value.has(one)) await toggle(one)
      const wanted = way[way.indexOf(one) + 1]
      for (let i = 0; i < 20 && node.next && wanted && !nodes.value.has(wanted); i++) await below(node)
    }
  }
  return { nodes, roots, open, start, toggle, more, reveal }
}
