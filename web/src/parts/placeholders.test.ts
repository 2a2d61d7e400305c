import { describe, expect, it } from 'vitest'
import { pieces } from './placeholders'
import { withRecent } from './recent'

const read = (text: string): string =>
  pieces(text)
    .map((p) => (p.placeholder ? `<${p.placeholder}>` : p.text))
    .join('')

describe('placeholders', () => {
  it.each([
    ['', ''],
    ['无', '无'],
    ['{单位}请于{期限}前办结', '<单位>请于<期限>前办结'],
    ['{{单位}', '{单位}'],
    ['{不知}', '{不知}'],
    ['{单位', '{单位'],
    ['{编号}{标题}', '<编号><标题>'],
  ])('%s', (text, wanted) => {
    expect(read(text)).toBe(wanted)
  })
})

describe('recent', () => {
  it('keeps each once, the newest first, eight of them', () => {
    let list = withRecent([], { to: '/a', label: 'a' })
    for (let i = 0; i < 9; i++) list = withRecent(list, { to: `/${i}`, label: String(i) })
    list = withRecent(list, { to: '/5', label: 'five' })
    expect(list.map((r) => r.to)).toEqual(['/5', '/8', '/7', '/6', '/4', '/3', '/2', '/1'])
    expect(list[0]?.label).toBe('five')
  })
})
