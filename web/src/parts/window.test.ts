import { describe, expect, it } from 'vitest'
import { choose, scrollFor, shownRows, toggleValue } from './window'

describe('rows that are drawn', () => {
  it('are those in view and a few more', () => {
    expect(shownRows(0, 360, 36, 1000000, 5)).toEqual({ from: 0, to: 15 })
    expect(shownRows(36 * 500, 360, 36, 1000000, 5)).toEqual({ from: 495, to: 515 })
    expect(shownRows(36 * 995, 360, 36, 1000, 5)).toEqual({ from: 990, to: 1000 })
    expect(shownRows(0, 360, 36, 0)).toEqual({ from: 0, to: 0 })
  })
  it('are scrolled to only when out of sight', () => {
    expect(scrollFor(3, 0, 360, 36, 36)).toBe(0)
    expect(scrollFor(20, 0, 360, 36, 36)).toBe(21 * 36 + 36 - 360)
    expect(scrollFor(2, 500, 360, 36, 36)).toBe(72)
  })
})

describe('rows that are chosen', () => {
  const ids = ['a', 'b', 'c', 'd']
  it('come and go by a click', () => {
    expect([...choose(new Set(), ids, 1, null, false)]).toEqual(['b'])
    expect([...choose(new Set(['b']), ids, 1, 1, false)]).toEqual([])
  })
  it('are a range with shift, in both directions', () => {
    expect([...choose(new Set(['b']), ids, 3, 1, true)]).toEqual(['b', 'c', 'd'])
    expect([...choose(new Set(['d']), ids, 1, 3, true)].sort()).toEqual(['b', 'c', 'd'])
  })
})

describe('a filter of several values', () => {
  it('is named by how many there are', () => {
    const one = toggleValue({}, 'state', 'new')
    expect(one).toEqual({ state: 'new' })
    const two = toggleValue(one, 'state', 'confirmed')
    expect(two).toEqual({ state__in: 'new,confirmed' })
    expect(toggleValue(two, 'state', 'new')).toEqual({ state: 'confirmed' })
    expect(toggleValue(one, 'state', 'new')).toEqual({})
  })
})
