// What spreadsheet programs put on the clipboard: lines of cells with tabs between; a cell that holds a line break, a
// tab or a quote stands in quotes, with quotes inside doubled.

export function parseTsv(text: string): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  let cell = ''
  let at = 0
  const endCell = (): void => {
    row.push(cell)
    cell = ''
  }
  const endRow = (): void => {
    endCell()
    rows.push(row)
    row = []
  }
  while (at < text.length) {
    const c = text.charAt(at)
    if (c === '"' && cell === '' && closes(text, at)) {
      for (at++; at < text.length; at++) {
        if (text.charAt(at) !== '"') cell += text.charAt(at)
        else if (text.charAt(at + 1) === '"') cell += text.charAt(at++)
        else break
      }
    } else if (c === '\t') endCell()
    else if (c === '\n') endRow()
    else if (c !== '\r' || text.charAt(at + 1) !== '\n') cell += c
    at++
  }
  if (cell !== '' || row.length) endRow()
  while (rows.length && rows[rows.length - 1]?.every((one) => one === '')) rows.pop()
  return rows
}

/** Does the quote at `from` open a quoted cell: is there one that ends it right before a tab, a line end or the end? */
function closes(text: string, from: number): boolean {
  for (let at = from + 1; at < text.length; at++) {
    if (text.charAt(at) !== '"') continue
    if (text.charAt(at + 1) === '"') at++
    else return /^(\t|\r?\n|$)/.test(text.slice(at + 1, at + 3))
  }
  return false
}

/** RFC 4180, every row as wide as the widest. */
export function toCsv(rows: string[][]): string {
  const width = Math.max(0, ...rows.map((r) => r.length))
  const quoted = (s: string): string =>
    /[",\r\n]/.test(s) || s !== s.trim() ? `"${s.replaceAll('"', '""')}"` : s
  return rows
    .map((r) => Array.from({ length: width }, (_, i) => quoted(r[i] ?? '')).join(',') + '\r\n')
    .join('')
}
