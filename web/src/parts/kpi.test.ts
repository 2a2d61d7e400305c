import { expect, it } from 'vitest'
import { aimed, before, change, preset, reached, recordsPage, shown, today } from './kpi'

it('knows periods', () => {
  expect(preset('week', '2026-11-23')).toEqual({ from: '2026-11-23', to: '2026-11-23' })
  expect(preset('week', '2026-11-29')).toEqual({ from: '2026-11-23', to: '2026-11-29' })
  expect(preset('quarter', '2026-11-23')).toEqual({ from: '2026-10-01', to: '2026-11-23' })
  expect(preset('lastMonth', '2026-01-05')).toEqual({ from: '2025-12-01', to: '2025-12-31' })
  expect(preset('year', '2026-11-23').from).toBe('2026-01-01')
})
it('knows the period before', () => {
  expect(before({ from: '2026-03-01', to: '2026-03-31' })).toEqual({ from: '2026-02-01', to: '2026-02-28' })
  expect(before({ from: '2026-10-01', to: '2026-12-31' })).toEqual({ from: '2026-07-01', to: '2026-09-30' })
  expect(before({ from: '2026-01-01', to: '2026-12-31' })).toEqual({ from: '2025-01-01', to: '2025-12-31' })
  expect(before({ from: '2026-11-23', to: '2026-11-29' })).toEqual({ from: '2026-11-16', to: '2026-11-22' })
})
it('says values', () => {
  expect(shown({ value: 0.857142857142, unit: 'ratio' })).toBe('85.7 %')
  expect(shown({ value: 9.978, unit: 'hours' })).toBe('10')
  expect(shown({ value: null, unit: 'hours' })).toBe('')
  expect(shown({ value: 27, unit: 'count' })).toBe('27')
  expect(reached({ key: 'overdue', value: 0.1, target: 0.05 })).toBe(false)
  expect(reached({ key: 'handling_rate', value: 0.95, target: 0.95 })).toBe(true)
  expect(reached({ key: 'handling_rate', value: 0.95, target: null })).toBe(null)
  expect(change({ value: 0.5, unit: 'ratio' }, 0.45)).toBe(5)
  expect(change({ value: 3, unit: 'count' }, null)).toBe(null)
  expect(recordsPage('/api/v1/kpi/records?key=a')).toBe('/measures/records?key=a')
})
it('lives in the zone of the city', () => {
  expect(today(Date.parse('2026-11-23T16:00:00Z'))).toBe('2026-11-24')
})

it.each([
  ['any', '2026-03-01', '2026-03-31', true],
  ['year', '2026-01-01', '2026-12-31', true],
  ['year', '2026-01-01', '2026-11-24', true],
  ['year', '2026-11-01', '2026-11-24', false],
  ['year', '2026-01-01', '2026-01-31', false],
  ['quarter', '2026-10-01', '2026-11-24', true],
  ['quarter', '2026-10-01', '2027-01-01', false],
  ['month', '2026-11-01', '2026-11-24', true],
  ['month', '2026-11-02', '2026-11-30', false],
])('a target for %s is held against %s to %s: %s', (target_period, from, to, is) => {
  expect(aimed({ target_period }, { from, to })).toBe(is)
})
