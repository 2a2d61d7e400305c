// Own boundaries of the divisions from a GeoJSON file (RFC 7946): bounded, checked, and drawn as paths.
export const GEO_BYTES = 1_000_000
const FEATURES_MAX = 60
const POINTS_MAX = 20_000
export const WIDTH = 400
export const HEIGHT = 480

export interface Area {
  code: string
  name: string
  path: string
  /** where its number stands */
  x: number
  y: number
}
/** Why a file is refused; words under situation.geo. */
export class GeoError extends Error {
  constructor(readonly why: 'large' | 'json' | 'kind' | 'features' | 'points' | 'position' | 'name') {
    super(why)
  }
}
type Position = [number, number]
type Ring = Position[]
interface Shape {
  code: string
  name: string
  rings: Ring[]
}

const object = (v: unknown): Record<string, unknown> | null =>
  typeof v === 'object' && v !== null && !Array.isArray(v) ? (v as Record<string, unknown>) : null

function readRing(v: unknown, budget: { points: number }): Ring {
  if (!Array.isArray(v) || v.length < 4) throw new GeoError('position')
  budget.points -= v.length
  if (budget.points < 0) throw new GeoError('points')
  return v.map((p: unknown) => {
    const [lon, lat] = Array.isArray(p) ? (p as unknown[]) : []
    if (
      typeof lon !== 'number' ||
      typeof lat !== 'number' ||
      !(Math.abs(lon) <= 180) ||
      !(Math.abs(lat) <= 85)
    )
      throw new GeoError('position')
    return [lon, lat]
  })
}
function readShape(v: unknown, budget: { points: number }): Shape {
  const feature = object(v)
  const geometry = object(feature?.geometry)
  const properties = object(feature?.properties) ?? {}
  if (feature?.type !== 'Feature' || !geometry || !Array.isArray(geometry.coordinates))
    throw new GeoError('kind')
  const code = String(properties.adcode ?? properties.code ?? '').slice(0, 40)
  const name = String(properties.name ?? '').slice(0, 100)
  if (!code && !name) throw new GeoError('name')
  const polygons =
    geometry.type === 'Polygon'
      ? [geometry.coordinates as unknown[]]
      : geometry.type === 'MultiPolygon'
        ? (geometry.coordinates as unknown[])
        : null
  if (!polygons) throw new GeoError('kind')
  const rings = polygons.flatMap((p) => {
    if (!Array.isArray(p)) throw new GeoError('position')
    return p.map((ring) => readRing(ring, budget))
  })
  if (!rings.length) throw new GeoError('position')
  return { code, name, rings }
}

/** The areas of a FeatureCollection, north above, fitted into WIDTH × HEIGHT. */
export function readGeo(text: string): Area[] {
  if (text.length > GEO_BYTES) throw new GeoError('large')
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw new GeoError('json')
  }
  const all = object(json)
  if (all?.type !== 'FeatureCollection' || !Array.isArray(all.features)) throw new GeoError('kind')
  if (!all.features.length || all.features.length > FEATURES_MAX) throw new GeoError('features')
  const budget = { points: POINTS_MAX }
  return draw((all.features as unknown[]).map((f) => readShape(f, budget)))
}
function draw(shapes: Shape[]): Area[] {
  const box = { west: 180, east: -180, south: 90, north: -90 }
  for (const s of shapes)
    for (const ring of s.rings)
      for (const [lon, lat] of ring) {
        box.west = Math.min(box.west, lon)
        box.east = Math.max(box.east, lon)
        box.south = Math.min(box.south, lat)
        box.north = Math.max(box.north, lat)
      }
  const narrow = Math.cos((((box.south + box.north) / 2) * Math.PI) / 180)
  const scale = Math.min(
    WIDTH / Math.max((box.east - box.west) * narrow, 1e-6),
    HEIGHT / Math.max(box.north - box.south, 1e-6),
  )
  const x = (lon: number): number => Number(((lon - box.west) * narrow * scale).toFixed(1))
  const y = (lat: number): number => Number(((box.north - lat) * scale).toFixed(1))
  return shapes.map((s) => {
    const largest = s.rings.reduce((a, b) => (size(b) > size(a) ? b : a))
    const xs = largest.map((p) => x(p[0]))
    const ys = largest.map((p) => y(p[1]))
    return {
      code: s.code,
      name: s.name,
      path: s.rings.map((ring) => `M${ring.map((p) => `${x(p[0])} ${y(p[1])}`).join('L')}Z`).join(''),
      x: (Math.min(...xs) + Math.max(...xs)) / 2,
      y: (Math.min(...ys) + Math.max(...ys)) / 2,
    }
  })
}
function size(ring: Ring): number {
  const lons = ring.map((p) => p[0])
  const lats = ring.map((p) => p[1])
  return (Math.max(...lons) - Math.min(...lons)) * (Math.max(...lats) - Math.min(...lats))
}

const KEPT = 'seawall.geo'
export function keptGeo(): Area[] | null {
  try {
    const text = localStorage.getItem(KEPT)
    return text ? readGeo(text) : null
  } catch {
    localStorage.removeItem(KEPT)
    return null
  }
}
export function keepGeo(text: string): Area[] {
  const areas = readGeo(text)
  try {
    localStorage.setItem(KEPT, text)
  } catch {
    throw new GeoError('large')
  }
  return areas
}
export function forgetGeo(): void {
  localStorage.removeItem(KEPT)
}
