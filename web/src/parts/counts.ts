// How many records lists have: asked in one request beside the lists, each number opening exactly its list.
import { api } from '../api/client'
import { current } from '../words'

export interface ListOf {
  of: string
  filter: Record<string, string>
}
export interface Count {
  count: number | null
  more: boolean
}

export async function counts(lists: ListOf[], signal?: AbortSignal): Promise<Count[]> {
  const all: Count[] = []
  for (let at = 0; at < lists.length; at += 100) {
    const json = { lists: lists.slice(at, at + 100) }
    const answer = await api.any<{ items: Count[] }>('POST', '/api/v1/counts', {
      json,
      ...(signal ? { signal } : {}),
    })
    all.push(...answer.data.items)
  }
  return all
}
/** 「1 万+」 past what is counted exactly; nothing where one may not see, or it took too long. */
export function countText(c: Count | undefined): string {
  if (!c || c.count === null) return '–'
  return c.more ? (current() === 'zh' ? '1 万+' : '10,000+') : String(c.count)
}
export function listAddress(l: ListOf): string {
  return `/${l.of}?${new URLSearchParams(l.filter)}`
}
