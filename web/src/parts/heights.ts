// Rows of different heights in a long list: those seen have theirs, the others are taken to be as most are.

export interface Stretch {
  from: number
  to: number
  /** Empty space above and below the rows drawn. */
  above: number
  below: number
}

export class Heights {
  private readonly known = new Map<number, number>()
  private sum = 0
  private tops: Float64Array | null = null
  constructor(
    private readonly usual: number,
    private count = 0,
  ) {}

  reset(count: number): void {
    this.known.clear()
    this.sum = 0
    this.count = count
    this.tops = null
  }
  /** What a row measures now; true: it is news. */
  set(i: number, height: number): boolean {
    if (i >= this.count || height <= 0 || this.known.get(i) === height) return false
    this.sum += height - (this.known.get(i) ?? 0)
    this.known.set(i, height)
    this.tops = null
    return true
  }
  private ends(): Float64Array {
    if (!this.tops) {
      const usual = this.known.size >= 10 ? this.sum / this.known.size : this.usual
      this.tops = new Float64Array(this.count + 1)
      for (let i = 0; i < this.count; i++)
        this.tops[i + 1] = (this.tops[i] ?? 0) + (this.known.get(i) ?? usual)
    }
    return this.tops
  }
  top(i: number): number {
    return this.ends()[Math.min(Math.max(i, 0), this.count)] ?? 0
  }
  /** The row that stands at this height. */
  at(y: number): number {
    const tops = this.ends()
    let low = 0
    let high = this.count
    while (low < high) {
      const middle = (low + high) >> 1
      if ((tops[middle + 1] ?? 0) > y) high = middle
      else low = middle + 1
    }
    return low
  }
  /** What to draw of a view of this height after so much scrolling, with some rows beyond both edges. */
  stretch(scrolled: number, height: number, beyond = 12): Stretch {
    const from = Math.max(0, Math.min(this.at(scrolled), Math.max(0, this.count - 1)) - beyond)
    const to = Math.min(this.count, this.at(scrolled + height) + 1 + beyond)
    return { from, to, above: this.top(from), below: this.top(this.count) - this.top(to) }
  }
}
