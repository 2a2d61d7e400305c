// What the matcher wrote down about a finding.

export interface Hit {
  criteria?: string
  installed?: string
  versionStartIncluding?: string
  versionStartExcluding?: string
  versionEndIncluding?: string
  versionEndExcluding?: string
}
export interface Explanation {
  mode?: string
  software?: {
    as?: string
    vendor?: string
    product?: string
    version?: string
    cpe?: string
    assumed?: boolean
    confidence?: number
  }[]
  configurations?: { configuration: number; vulnerable?: Hit[]; platform?: Hit[] }[]
}

/** "≥ 2.4.0, < 2.4.51"; empty where one version is named. */
export function rangeOf(hit: Hit): string {
  const parts: string[] = []
  if (hit.versionStartIncluding) parts.push(`≥ ${hit.versionStartIncluding}`)
  if (hit.versionStartExcluding) parts.push(`> ${hit.versionStartExcluding}`)
  if (hit.versionEndIncluding) parts.push(`≤ ${hit.versionEndIncluding}`)
  if (hit.versionEndExcluding) parts.push(`< ${hit.versionEndExcluding}`)
  return parts.join(', ')
}

export interface Term {
  name: string
  value: string
  points: number
}
/** The terms of a priority, the weightiest first. */
export function termsOf(terms: unknown): Term[] {
  const all = (terms ?? {}) as Record<string, { value?: unknown; points?: number }>
  return Object.entries(all)
    .filter(([, v]) => typeof v === 'object' && v !== null && 'points' in v)
    .map(([name, v]) => ({ name, value: String(v.value ?? ''), points: v.points ?? 0 }))
    .sort((a, b) => b.points - a.points)
}
