// What the list of assets can be narrowed by; the server counts each value as the list that it would leave.
import type { Resource } from '../stores/resources'
import type { Count, ListOf } from './counts'
import type { Facet, FacetValue } from './facets'

export interface Office {
  id: string
  name: string
  division_name?: string | null
}
export type Shape = { name: string; values: Omit<FacetValue, 'count' | 'more'>[] }[]

/** The day half a year ago: the same all day, so that a link says the same. */
export function halfYearAgo(now = Date.now()): string {
  return `${new Date(now - 182 * 86400000).toISOString().slice(0, 10)}T00:00:00Z`
}
const sources: [string, string, string][] = [
  ['csv', '表格导入', 'sheet'],
  ['person', '人工登记', 'entered'],
  ['declaration', '单位申报', 'declared'],
  ['nmap', '扫描', 'scan'],
  ['sbom', '软件清单', 'SBOM'],
]

export function assetFacets(resource: Resource, offices: Office[]): Shape {
  const words = (name: string): Shape[number] => ({
    name,
    values: (resource.fields.find((f) => f.name === name)?.values ?? []).map((v) => ({
      ...v,
      filter: { [name]: v.key },
    })),
  })
  return [
    words('kind'),
    {
      name: 'unit_id',
      values: [
        ...offices.map((o) => {
          const name = o.division_name ?? o.name
          return { key: o.id, zh: name, en: name, filter: { unit_id__under: o.id } }
        }),
        { key: 'none', zh: '待认领', en: 'unclaimed', filter: { unit_id__null: 'true' } },
      ],
    },
    words('exposure'),
    words('importance'),
    {
      name: 'mlps_level',
      values: [5, 4, 3, 2, 1, 0].map((n) => ({
        key: String(n),
        zh: n ? `${'零一二三四五'.charAt(n)}级` : '未定级',
        en: n ? `level ${n}` : 'not graded',
        filter: { mlps_level: String(n) },
      })),
    },
    { name: 'source', values: sources.map(([key, zh, en]) => ({ key, zh, en, filter: { source: key } })) },
    {
      name: 'confirmed_at',
      values: [
        {
          key: 'stale',
          zh: '超过半年未确认',
          en: 'over half a year ago',
          filter: { confirmed_at__lt: halfYearAgo() },
        },
        { key: 'never', zh: '从未确认', en: 'never', filter: { confirmed_at__null: 'true' } },
      ],
    },
    {
      name: 'retired_at',
      values: [
        { key: 'in_use', zh: '在用', en: 'in use', filter: { retired_at__null: 'true' } },
        { key: 'retired', zh: '已下线', en: 'retired', filter: { retired_at__null: 'false' } },
      ],
    },
  ]
}

const isOf = (name: string, facet: string): boolean => name === facet || name.startsWith(`${facet}__`)

/** For each value the list with all filters of other facets, and this value in place of its own facet's. */
export function facetLists(shape: Shape, filter: Record<string, string>): ListOf[] {
  return shape.flatMap((f) => {
    const others = Object.fromEntries(Object.entries(filter).filter(([name]) => !isOf(name, f.name)))
    return f.values.map((v) => ({ of: 'assets', filter: { ...others, ...v.filter } }))
  })
}

/** Values that nothing has stay out, except where there are few of them anyway. */
export function readFacets(shape: Shape, answer: Count[]): Facet[] {
  let at = 0
  return shape.map((f) => ({
    name: f.name,
    values: f.values
      .map((v) => ({ ...v, ...(answer[at++] ?? { count: null, more: false }) }))
      .filter((v) => v.count !== 0 || ['exposure', 'retired_at', 'confirmed_at'].includes(f.name)),
  }))
}
