// Which rows of a long list are drawn, and which of them are chosen.

export interface Shown {
  from: number
  to: number
}

/** The rows that a view of this height shows after so much scrolling, and some beyond both edges. */
export function shownRows(top: number, height: number, row: number, count: number, beyond = 12): Shown {
  const from = Math.max(0, Math.floor(top / row) - beyond)
  const to = Math.min(count, Math.ceil((top + height) / row) + beyond)
  return { from: Math.min(from, Math.max(0, count - 1)), to: Math.max(to, 0) }
}

/** How far to scroll so that row i stands in full view between a head and the lower edge. */
export function scrollFor(i: number, top: number, height: number, row: number, head: number): number {
  const above = i * row
  const below = above + row + head
  if (above < top) return above
  return below > top + height ? below - height : top
}

/** Chosen ids after a click: with shift all from the last one clicked to this one. */
export function choose(
  chosen: ReadonlySet<string>,
  ids: readonly string[],
  at: number,
  anchor: number | null,
  shift: boolean,
): Set<string> {
  const next = new Set(chosen)
  const id = ids[at]
  if (id === undefined) return next
  if (shift && anchor !== null) {
    for (const one of ids.slice(Math.min(anchor, at), Math.max(anchor, at) + 1)) next.add(one)
  } else if (!next.delete(id)) next.add(id)
  return next
}

/** One value more or less of a filter that takes several: "state" for one, "state__in" for more. */
export function toggleValue(
  query: Record<string, string>,
  name: string,
  key: string,
): Record<string, string> {
  const now = chosenValues(query, name)
  const next = Object.fromEntries(Object.entries(query).filter(([n]) => n !== name && n !== `${name}__in`))
  const values = now.includes(key) ? now.filter((v) => v !== key) : [...now, key]
  if (values.length === 1) next[name] = values[0] as string
  else if (values.length) next[`${name}__in`] = values.join(',')
  return next
}

export function chosenValues(query: Record<string, string>, name: string): string[] {
  return query[name] ? [query[name]] : (query[`${name}__in`] ?? '').split(',').filter(Boolean)
}
