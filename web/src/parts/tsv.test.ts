import { describe, expect, it } from 'vitest'
import { parseTsv, toCsv } from './tsv'

describe('what a spreadsheet program puts on the clipboard', () => {
  it.each([
    [
      'plain cells',
      'a\tb\r\nc\td\r\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    ['no line end at the end', 'a\tb', [['a', 'b']]],
    ['empty cells', '\ta\t\r\n\t\t\r\nb', [['', 'a', ''], ['', '', ''], ['b']]],
    ['a line break in a cell', '"a\nb"\tc\r\n', [['a\nb', 'c']]],
    ['doubled quotes', '"say ""hi"" "\tx', [['say "hi" ', 'x']]],
    ['a quote that opens nothing', '24" screen\t"half\r\nnext', [['24" screen', '"half'], ['next']]],
    ['empty lines at the end', 'a\r\n\r\n\r\n', [['a']]],
    ['nothing', '', []],
  ])('%s', (_, text, rows) => {
    expect(parseTsv(text)).toEqual(rows)
  })
  it('becomes CSV as wide as its widest row', () => {
    expect(toCsv([['title'], ['a', 'b,c', '"d"'], ['x\ny']])).toBe(
      'title,,\r\na,"b,c","""d"""\r\n"x\ny",,\r\n',
    )
  })
})
