import { describe, expect, it } from 'vitest'
import { facetLists, halfYearAgo, readFacets, type Shape } from './assetFacets'

const shape: Shape = [
  { name: 'kind', values: [{ key: 'host', zh: '主机', en: 'host', filter: { kind: 'host' } }] },
  {
    name: 'unit_id',
    values: [
      { key: 'a', zh: '甲', en: 'A', filter: { unit_id__under: 'a' } },
      { key: 'none', zh: '待认领', en: 'unclaimed', filter: { unit_id__null: 'true' } },
    ],
  },
]
describe('facets of assets', () => {
  it('count each value with the filters of all other facets', () => {
    const lists = facetLists(shape, { kind__in: 'host,system', unit_id__under: 'b', q: 'web' })
    expect(lists.map((l) => l.filter)).toEqual([
      { unit_id__under: 'b', q: 'web', kind: 'host' },
      { kind__in: 'host,system', q: 'web', unit_id__under: 'a' },
      { kind__in: 'host,system', q: 'web', unit_id__null: 'true' },
    ])
  })
  it('leave out what nothing has, and keep what was not counted', () => {
    const read = readFacets(shape, [
      { count: null, more: false },
      { count: 0, more: false },
      { count: 10000, more: true },
    ])
    expect(read.map((f) => f.values.map((v) => v.key))).toEqual([['host'], ['none']])
  })
  it('begin half a year ago at the start of a day', () => {
    expect(halfYearAgo(Date.parse('2026-11-23T15:00:00Z'))).toBe('2026-05-25T00:00:00Z')
  })
})
