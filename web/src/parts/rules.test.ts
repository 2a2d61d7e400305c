import { describe, expect, it } from 'vitest'
import { families, monthWeeks, readDays, workingDays, type Rule } from './rules'

const row = (id: string, state: string, inForce = false): Rule => ({
  id,
  version: 1,
  state,
  edition: id,
  effective_at: null,
  source: '',
  proposed_by: '',
  confirmed_by: '',
  confirmed_at: null,
  in_force: inForce,
})

describe('rules', () => {
  it('puts editions of one thing together', () => {
    const rows = [
      row('a1', 'unconfirmed'),
      row('b1', 'confirmed', true),
      row('a2', 'confirmed', true),
      row('a3', 'proposed'),
      row('a4', 'proposed'),
      row('a5', 'withdrawn'),
    ]
    const [a, b] = families(rows, (r) => r.id.charAt(0))
    expect(a?.now?.id).toBe('a2')
    expect(a?.proposed.map((r) => r.id)).toEqual(['a4', 'a3'])
    expect(a?.past.map((r) => r.id)).toEqual(['a5', 'a1'])
    expect(b?.now?.id).toBe('b1')
    expect(b?.past).toEqual([])
  })
  it('knows a year with its holidays', () => {
    const days = new Map(readDays('2027-01-01,off,元旦\n2027-01-03,work,a,b').map((d) => [d.day, d]))
    const january = monthWeeks(2027, 1, days)
    expect(january).toHaveLength(5)
    expect(january[0]?.slice(0, 4)).toEqual([null, null, null, null])
    expect(january[0]?.[4]).toEqual({ date: '2027-01-01', day: 1, kind: 'off', name: '元旦' })
    expect(january[0]?.[5]?.kind).toBe('weekend')
    expect(january[0]?.[6]).toEqual({ date: '2027-01-03', day: 3, kind: 'work', name: 'a,b' })
    expect(workingDays(2027, new Map())).toBe(261)
    expect(workingDays(2027, days)).toBe(261)
    expect(workingDays(2028, new Map())).toBe(260)
  })
})
