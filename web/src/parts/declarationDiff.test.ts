import { describe, expect, it } from 'vitest'
import type { Row } from '../stores/resources'
import { changesOf, softwareOf } from './declarationDiff'

const row = (more: Record<string, unknown>): Row => ({ id: '1', version: 1, ...more })
describe('what a declaration changes', () => {
  it('is everything said, for a new asset', () => {
    expect(changesOf(row({ name: '门户', url: '', mlps_level: '3' }), null)).toEqual([
      { field: 'name', before: '', after: '门户' },
      { field: 'mlps_level', before: '', after: '3' },
    ])
  })
  it('is only what differs, and never what is not said', () => {
    const asset = row({ name: '门户', url: 'http://a/', mlps_level: 2, operator_party: '甲' })
    expect(changesOf(row({ name: '门户', url: '', mlps_level: '3', operator: '乙' }), asset)).toEqual([
      { field: 'operator', before: '甲', after: '乙' },
      { field: 'mlps_level', before: '2', after: '3' },
    ])
  })
  it('takes ungraded for level 0', () => {
    expect(changesOf(row({ mlps_level: 'ungraded' }), row({ mlps_level: 0 }))).toEqual([])
  })
  it('names software with its version', () => {
    expect(
      softwareOf(row({ software: [{ product: 'Apache', version: '2.4' }, { name: '自研' }, 'x'] })),
    ).toEqual(['Apache 2.4', '自研', 'x'])
  })
})
