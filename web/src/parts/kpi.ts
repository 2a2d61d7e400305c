// Measures: as the server says them, as people read them, and the periods they are asked for.
import type { Path } from '../api/client'

export interface Measure {
  key: string
  value: number | null
  numerator: number
  denominator: number
  target: number | null
  /** what the target is aimed at for: any, year, quarter, month */
  target_period?: string
  count: number
  unit: 'count' | 'ratio' | 'hours'
  definition: string
  records: string
  zh: string
  en: string
  numerator_is: string
  denominator_is: string
  days?: number
}
export interface Measures {
  from: string
  to: string
  unit: string | null
  asof: string
  items: Measure[]
}
export const KPI: Path = '/api/v1/kpi'

export type Preset = 'week' | 'month' | 'quarter' | 'year' | 'lastMonth'
export const presets: Preset[] = ['week', 'month', 'lastMonth', 'quarter', 'year']

const DAY = 86400000
const utc = (date: string): number => Date.parse(`${date}T00:00:00Z`)
const text = (ms: number): string => new Date(ms).toISOString().slice(0, 10)

/** Today in the city. */
export function today(now = Date.now()): string {
  return text(now + 8 * 3600000)
}

export interface Period {
  from: string
  to: string
}
/** This week from Monday, this month and so on up to today; last month whole. */
export function preset(which: Preset, at: string): Period {
  const d = new Date(utc(at))
  const y = d.getUTCFullYear()
  const m = d.getUTCMonth()
  if (which === 'week') return { from: text(utc(at) - ((d.getUTCDay() + 6) % 7) * DAY), to: at }
  if (which === 'month') return { from: text(Date.UTC(y, m, 1)), to: at }
  if (which === 'lastMonth') return { from: text(Date.UTC(y, m - 1, 1)), to: text(Date.UTC(y, m, 0)) }
  if (which === 'quarter') return { from: text(Date.UTC(y, m - (m % 3), 1)), to: at }
  return { from: text(Date.UTC(y, 0, 1)), to: at }
}

/** The period before: of a whole month, quarter or year the one before; else as many days. */
export function before(p: Period): Period {
  const from = new Date(utc(p.from))
  const after = new Date(utc(p.to) + DAY)
  const months =
    (after.getUTCFullYear() - from.getUTCFullYear()) * 12 + after.getUTCMonth() - from.getUTCMonth()
  if (from.getUTCDate() === 1 && after.getUTCDate() === 1 && months > 0)
    return {
      from: text(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() - months, 1)),
      to: text(utc(p.from) - DAY),
    }
  return { from: text(utc(p.from) - (utc(p.to) - utc(p.from)) - DAY), to: text(utc(p.from) - DAY) }
}

/** "85.7 %", "9.98", "27"; "" where there is nothing to divide by. */
export function shown(m: Pick<Measure, 'value' | 'unit'>): string {
  if (m.value === null) return ''
  if (m.unit === 'ratio') return `${round(m.value * 100, 1)} %`
  return m.unit === 'hours' ? round(m.value, 1) : String(m.value)
}
export function round(n: number, digits: number): string {
  return String(Number(n.toFixed(digits)))
}
/** Is the target one for such a period? A year's number says nothing about a month; the year so far is the year. */
export function aimed(m: Pick<Measure, 'target_period'>, p: Period): boolean {
  const months: Record<string, number> = { year: 12, quarter: 3, month: 1 }
  const span = months[m.target_period ?? 'any']
  if (!span) return true
  const from = new Date(utc(p.from))
  if (from.getUTCDate() !== 1 || from.getUTCMonth() % span) return false
  const end = Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + span, 1)
  // the first month of a year is not the year so far: a month is asked
  const shorter =
    span > 1 ? Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + span / (span === 12 ? 4 : 3), 1) : 0
  return utc(p.to) < end && utc(p.to) >= shorter
}
/** Of these less is better. */
export const lower = ['overdue', 'mtta', 'mttc', 'on_behalf']
export function reached(m: Pick<Measure, 'key' | 'value' | 'target'>): boolean | null {
  if (m.value === null || m.target === null) return null
  return lower.includes(m.key) ? m.value <= m.target : m.value >= m.target
}
/** How it differs from the period before: in points of a percentage, hours or pieces. */
export function change(m: Pick<Measure, 'value' | 'unit'>, past: number | null | undefined): number | null {
  if (m.value === null || past === null || past === undefined) return null
  return Number(((m.value - past) * (m.unit === 'ratio' ? 100 : 1)).toFixed(1))
}
/** The page of the records that the server names. */
export function recordsPage(records: string): string {
  return records.replace('/api/v1/kpi/records', '/measures/records')
}
