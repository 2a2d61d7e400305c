export interface FacetValue {
  key: string
  zh: string
  en: string
  filter: Record<string, string>
  count: number | null
  more: boolean
}
export interface Facet {
  name: string
  values: FacetValue[]
}
export interface Facets {
  total: { count: number | null; more: boolean }
  facets: Facet[]
  complete: boolean
}

/** Exact to ten thousand: 「1 万+」 beyond, nothing where it was not counted in time. */
export function amount(count: number | null, more: boolean, language: 'zh' | 'en'): string {
  if (count === null) return '…'
  if (more) return language === 'zh' ? '1 万+' : '10,000+'
  return count.toLocaleString('en')
}
