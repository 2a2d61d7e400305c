import { describe, expect, it } from 'vitest'
import { Heights } from './heights'

describe('rows of different heights', () => {
  it('draws what is seen and a little more', () => {
    const h = new Heights(30)
    h.reset(5000)
    expect(h.stretch(0, 600, 10)).toEqual({ from: 0, to: 31, above: 0, below: (5000 - 31) * 30 })
    expect(h.stretch(75000, 600, 10)).toEqual({
      from: 2490,
      to: 2531,
      above: 74700,
      below: (5000 - 2531) * 30,
    })
  })
  it('counts what was measured', () => {
    const h = new Heights(30)
    h.reset(10)
    expect(h.set(2, 100)).toBe(true)
    expect(h.set(2, 100)).toBe(false)
    expect(h.set(10, 50)).toBe(false)
    expect(h.top(3)).toBe(160)
    expect([h.at(0), h.at(59), h.at(60), h.at(159), h.at(160)]).toEqual([0, 1, 2, 2, 3])
    expect(h.top(10)).toBe(370)
  })
  it('takes the others to be as those measured', () => {
    const h = new Heights(30)
    h.reset(100)
    for (let i = 0; i < 10; i++) h.set(i, 50)
    expect(h.top(100)).toBe(5000)
  })
  it('ends where the rows end', () => {
    const h = new Heights(30)
    h.reset(3)
    expect(h.stretch(500, 600, 1)).toEqual({ from: 1, to: 3, above: 30, below: 0 })
    h.reset(0)
    expect(h.stretch(0, 600)).toEqual({ from: 0, to: 0, above: 0, below: 0 })
  })
})
