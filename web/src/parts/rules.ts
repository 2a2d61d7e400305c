// The rules of the house as records: which is in force, which waits, which was.
import type { Row } from '../stores/resources'

export interface Rule extends Row {
  state: string
  edition: string
  effective_at: string | null
  source: string
  proposed_by: string
  confirmed_by: string
  confirmed_at: string | null
  in_force: boolean
}

export interface Family<T extends Rule> {
  key: string
  /** what holds now; none before the first has been confirmed */
  now: T | undefined
  /** what waits for a word, the newest first */
  proposed: T[]
  /** everything else, the newest first */
  past: T[]
}

/** Editions of one thing together, things in the order in which they come first. */
export function families<T extends Rule>(rows: T[], key: (row: T) => string): Family<T>[] {
  const all = new Map<string, Family<T>>()
  for (const row of rows) {
    const of = key(row)
    const family = all.get(of) ?? { key: of, now: undefined, proposed: [], past: [] }
    all.set(of, family)
    if (row.in_force) family.now = row
    else if (row.state === 'proposed') family.proposed.unshift(row)
    else family.past.unshift(row)
  }
  return [...all.values()]
}

export interface Day {
  day: string
  working: boolean
  name: string
}

/** The lines that a year's list is kept as: "2027-01-01,off,元旦". */
export function readDays(text: string): Day[] {
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [day = '', kind = '', ...name] = line.split(',')
      return { day, working: kind === 'work', name: name.join(',') }
    })
}

export interface Cell {
  date: string
  day: number
  kind: 'work' | 'off' | 'weekend' | 'plain'
  name: string
}

/** A month as weeks from Monday to Sunday; null outside of it. */
export function monthWeeks(year: number, month: number, days: Map<string, Day>): (Cell | null)[][] {
  const weeks: (Cell | null)[][] = []
  const count = new Date(Date.UTC(year, month, 0)).getUTCDate()
  const before = (new Date(Date.UTC(year, month - 1, 1)).getUTCDay() + 6) % 7
  const cells: (Cell | null)[] = Array.from({ length: before }, () => null)
  for (let day = 1; day <= count; day++) {
    const date = `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
    const listed = days.get(date)
    const weekend = (before + day - 1) % 7 >= 5
    const kind = listed ? (listed.working ? 'work' : 'off') : weekend ? 'weekend' : 'plain'
    cells.push({ date, day, kind, name: listed?.name ?? '' })
  }
  while (cells.length % 7) cells.push(null)
  for (let i = 0; i < cells.length; i += 7) weeks.push(cells.slice(i, i + 7))
  return weeks
}

/** Working days of a year: Monday to Friday, but for what is listed. */
export function workingDays(year: number, days: Map<string, Day>): number {
  let n = 0
  for (let month = 1; month <= 12; month++)
    for (const week of monthWeeks(year, month, days))
      n += week.filter((c) => c && (c.kind === 'plain' || c.kind === 'work')).length
  return n
}
