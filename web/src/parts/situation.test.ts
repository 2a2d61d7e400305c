import { expect, it } from 'vitest'
import { months, place, seats, strip, type Tile } from './situation'

const none = { count: 0, more: false, list: '' }
const tile = (division: string, own = false): Tile => ({
  unit_id: division,
  name: division,
  division,
  own,
  open: none,
  severities: [],
  silent: none,
})

it('keeps every tile on its side of every other', () => {
  const all = Object.values(seats)
  expect(all).toHaveLength(9)
  for (const a of all)
    for (const b of all) {
      if (a.lat > b.lat) expect(a.row).toBeLessThanOrEqual(b.row)
      if (a.lon < b.lon) expect(a.col).toBeLessThanOrEqual(b.col)
    }
})
it('gives each its own cell, strangers too', () => {
  const placed = place([
    ...Object.keys(seats).map((d) => tile(d)),
    tile('440800', true),
    tile('1'),
    tile('2'),
  ])
  expect(new Set(placed.map((p) => `${p.row} ${p.col}`)).size).toBe(12)
  expect(place([tile('1'), tile('440881'), tile('440881')])).toHaveLength(3)
})
it('shares a strip', () => {
  expect(
    strip([
      { key: 'a', ...none, count: 1 },
      { key: 'b', ...none },
      { key: 'c', ...none, count: 3 },
    ]),
  ).toEqual([
    { key: 'a', percent: 25 },
    { key: 'c', percent: 75 },
  ])
  expect(strip([{ key: 'a', ...none }])).toEqual([])
})
it('knows months', () => {
  expect(months('2026-02-11', 3)).toEqual([
    { key: '2025-12', from: '2025-12-01', to: '2025-12-31' },
    { key: '2026-01', from: '2026-01-01', to: '2026-01-31' },
    { key: '2026-02', from: '2026-02-01', to: '2026-02-11' },
  ])
})
