// What the situation page shows, and where the divisions stand on their small grid.
export interface Count {
  count: number
  more: boolean
  list: string
}
export type Keyed = Count & { key: string }
export interface Tile {
  unit_id: string
  name: string
  division: string
  own: boolean
  open: Count
  severities: Keyed[]
  silent: Count
}
export interface Situation {
  at: string
  open: Count
  unowned: Count
  kev: Count
  severities: (Keyed & { ages: Keyed[] })[]
  divisions: Tile[]
  silent: Count
  orders: Keyed[]
  late: { acknowledge: Count; answer: Count }
  months: Keyed[]
}

export interface Seat {
  lat: number
  lon: number
  row: number
  col: number
}
/** Seats of the counties, and their tiles: nothing stands north, south, east or west of another against the map. */
export const seats: Record<string, Seat> = {
  '440881': { lat: 21.61, lon: 110.29, row: 1, col: 2 },
  '440823': { lat: 21.38, lon: 110.26, row: 2, col: 1 },
  '440883': { lat: 21.44, lon: 110.78, row: 2, col: 4 },
  '440811': { lat: 21.26, lon: 110.33, row: 3, col: 2 },
  '440802': { lat: 21.27, lon: 110.37, row: 3, col: 3 },
  '440804': { lat: 21.24, lon: 110.46, row: 3, col: 4 },
  '440882': { lat: 20.91, lon: 110.1, row: 4, col: 1 },
  '440803': { lat: 21.19, lon: 110.4, row: 4, col: 3 },
  '440825': { lat: 20.33, lon: 110.18, row: 5, col: 1 },
}
export const COLUMNS = 4

export interface Placed {
  tile: Tile
  row: number
  col: number
}
/** Those known where they lie, the city's own beside the south; others in rows below. */
export function place(tiles: Tile[]): Placed[] {
  const rest: Tile[] = []
  const placed: Placed[] = []
  const taken = new Set<string>()
  for (const tile of tiles) {
    const seat = tile.own ? { row: 5, col: 3 } : seats[tile.division]
    const cell = seat ? `${seat.row} ${seat.col}` : ''
    if (!seat || taken.has(cell)) {
      rest.push(tile)
      continue
    }
    taken.add(cell)
    placed.push({ tile, row: seat.row, col: seat.col })
  }
  let at = Math.max(0, ...placed.map((p) => p.row)) * COLUMNS
  for (const tile of rest) {
    placed.push({ tile, row: Math.floor(at / COLUMNS) + 1, col: (at % COLUMNS) + 1 })
    at++
  }
  return placed
}

export interface Part {
  key: string
  percent: number
}
/** The shares of a strip; nothing where there is nothing. */
export function strip(parts: Keyed[]): Part[] {
  const all = parts.reduce((sum, p) => sum + p.count, 0)
  return all ? parts.filter((p) => p.count).map((p) => ({ key: p.key, percent: (p.count * 100) / all })) : []
}

/** The last n months up to this one, of the city: first and last day. This one ends today, as in the measures. */
export function months(today: string, n: number): { key: string; from: string; to: string }[] {
  const [year = 0, month = 1] = today.split('-').map(Number)
  return Array.from({ length: n }, (_, i) => {
    const m = year * 12 + month - 1 - (n - 1 - i)
    const y = Math.floor(m / 12)
    const key = `${y}-${String((m % 12) + 1).padStart(2, '0')}`
    const last = new Date(Date.UTC(y, (m % 12) + 1, 0)).getUTCDate()
    const to = `${key}-${String(last).padStart(2, '0')}`
    return { key, from: `${key}-01`, to: to < today ? to : today }
  })
}
