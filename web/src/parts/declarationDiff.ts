// What accepting a declaration would change in the inventory: what it says beside what is on record.
import type { Row } from '../stores/resources'

export interface Change {
  field: string
  before: string
  after: string
}
const same: [string, string][] = [
  ['name', 'name'],
  ['url', 'url'],
  ['address', 'address'],
  ['record_number', 'record_number'],
  ['hosting', 'hosting'],
  ['hosting_party', 'hosting_party'],
  ['operator', 'operator_party'],
  ['importance', 'importance'],
  ['exposure', 'exposure'],
  ['note', 'note'],
]
const text = (v: unknown): string => (v === null || v === undefined ? '' : String(v))

/** What the declaration does not say stays; 「ungraded」 is level 0. */
export function changesOf(declared: Row, asset: Row | null): Change[] {
  const all: Change[] = []
  for (const [from, to] of same) {
    const after = text(declared[from])
    const before = asset ? text(asset[to]) : ''
    if (after && after !== before) all.push({ field: from, before, after })
  }
  const level = text(declared.mlps_level)
  const was = asset ? String(asset.mlps_level ?? 0) : ''
  const is = level === 'ungraded' ? '0' : level
  if (level && is !== was) all.push({ field: 'mlps_level', before: was === '0' ? '' : was, after: level })
  return all
}

export interface DeclaredSoftware {
  product?: string
  name?: string
  version?: string
}
export function softwareOf(declared: Row): string[] {
  const list = Array.isArray(declared.software) ? (declared.software as (DeclaredSoftware | string)[]) : []
  return list.map((s) =>
    typeof s === 'string' ? s : [s.name || s.product || '', s.version || ''].filter(Boolean).join(' '),
  )
}
