import { describe, expect, it } from 'vitest'
import { treeKey, type TreeRow } from './treeKeys'

const rows: TreeRow[] = [
  { id: 'a', level: 1, expanded: true, name: '湛江市网信办' },
  { id: 'b', level: 2, expanded: false, name: '赤坎区网信办' },
  { id: 'c', level: 2, expanded: true, name: '霞山区网信办' },
  { id: 'd', level: 3, expanded: undefined, name: 'Harbour' },
  { id: 'e', level: 2, expanded: undefined, name: '水务局' },
]

describe('keys of a tree', () => {
  it('up, down, first, last', () => {
    expect(treeKey(rows, 0, 'ArrowDown')).toEqual({ to: 1 })
    expect(treeKey(rows, 4, 'ArrowDown')).toEqual({ to: 4 })
    expect(treeKey(rows, 0, 'ArrowUp')).toEqual({ to: 0 })
    expect(treeKey(rows, 2, 'Home')).toEqual({ to: 0 })
    expect(treeKey(rows, 2, 'End')).toEqual({ to: 4 })
  })
  it('right unfolds, then goes in; left folds, then goes out', () => {
    expect(treeKey(rows, 1, 'ArrowRight')).toEqual({ toggle: 1 })
    expect(treeKey(rows, 2, 'ArrowRight')).toEqual({ to: 3 })
    expect(treeKey(rows, 3, 'ArrowRight')).toBeNull()
    expect(treeKey(rows, 2, 'ArrowLeft')).toEqual({ toggle: 2 })
    expect(treeKey(rows, 3, 'ArrowLeft')).toEqual({ to: 2 })
    expect(treeKey(rows, 4, 'ArrowLeft')).toEqual({ to: 0 })
  })
  it('Enter opens, a letter goes to a name', () => {
    expect(treeKey(rows, 3, 'Enter')).toEqual({ pick: 3 })
    expect(treeKey(rows, 0, 'h')).toEqual({ to: 3 })
    expect(treeKey(rows, 3, 'h')).toEqual({ to: 3 })
    expect(treeKey(rows, 0, 'z')).toBeNull()
  })
})
