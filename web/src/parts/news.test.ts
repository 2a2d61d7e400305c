import { expect, it } from 'vitest'
import { useNews } from './news'

it('what is on screen already, and what was done here, is no news', () => {
  const news = useNews()
  news.know([{ id: 'a', version: 3 }])
  expect(news.hear({ id: 'a', version: 3 })).toBe(false)
  expect(news.hear({ id: 'a', version: 2 })).toBe(false)
  expect(news.count.value).toBe(0)
  expect(news.hear({ id: 'a', version: 4 })).toBe(true)
  expect(news.hear({ id: 'b', version: 1 })).toBe(true)
  expect(news.hear({ id: 'b', version: 1 })).toBe(false)
  expect(news.count.value).toBe(2)
})
