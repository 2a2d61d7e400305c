import { expect, it } from 'vitest'
import { GEO_BYTES, HEIGHT, readGeo, WIDTH } from './geo'

const square = (lon: number, lat: number, side = 1): number[][] => [
  [lon, lat],
  [lon + side, lat],
  [lon + side, lat + side],
  [lon, lat + side],
  [lon, lat],
]
const feature = (
  coordinates: unknown,
  type = 'Polygon',
  properties: object = { adcode: 440802, name: '赤坎区' },
) => ({
  type: 'Feature',
  properties,
  geometry: { type, coordinates },
})
const file = (...features: unknown[]): string => JSON.stringify({ type: 'FeatureCollection', features })

it('draws north above south and west beside east', () => {
  const [a, b] = readGeo(
    file(feature([square(110, 20)]), feature([[square(111, 21)]], 'MultiPolygon', { name: 'B' })),
  )
  expect(a?.code).toBe('440802')
  expect(b?.name).toBe('B')
  expect(a?.y).toBeGreaterThan(b?.y ?? 999)
  expect(a?.x).toBeLessThan(b?.x ?? -1)
  for (const one of [a, b]) {
    expect(one?.x).toBeLessThanOrEqual(WIDTH)
    expect(one?.y).toBeLessThanOrEqual(HEIGHT)
    expect(one?.path).toMatch(/^M[\d. ]+(L[\d. ]+)+Z$/)
  }
})
it.each([
  ['json', '{'],
  ['kind', '[]'],
  ['kind', '{"type":"Topology"}'],
  ['kind', file(feature([110, 21], 'Point'))],
  ['kind', file({ type: 'Feature', properties: { name: 'x' }, geometry: null })],
  ['features', file()],
  ['features', file(...Array.from({ length: 61 }, () => feature([square(110, 21)])))],
  ['name', file(feature([square(110, 21)], 'Polygon', {}))],
  ['position', file(feature([square(110, 89)]))],
  ['position', file(feature([[[110, 21], 'x', [1, 2], [110, 21]]]))],
  ['position', file(feature([[[110, 21]]]))],
  ['points', file(feature([Array.from({ length: 20001 }, () => [1, 2])]))],
  ['large', ' '.repeat(GEO_BYTES + 1)],
])('refuses: %s', (why, text) => {
  expect(() => readGeo(text)).toThrow(why)
})
