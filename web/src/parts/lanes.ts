// What waits in each lane: the server's filters and counts, so that a number and the list behind it agree.
import { ref, type Ref } from 'vue'
import { api } from '../api/client'
import { t } from '../words/t'

export interface Lane {
  key: string
  filter: Record<string, string>
  count: number
  more: boolean
}
export interface Lanes {
  all: Ref<Record<string, Lane>>
  read: (filters?: Record<string, string>) => Promise<void>
}

/** "10000+" where there are more than are counted. */
export function countText(lane: Lane | undefined): string {
  if (!lane) return ''
  return lane.more ? t('today.tooMany') : String(lane.count)
}

export function useLanes(): Lanes {
  const all = ref<Record<string, Lane>>({})
  async function read(filters: Record<string, string> = {}): Promise<void> {
    const query = new URLSearchParams(filters)
    const answer = await api.any<{ items: Lane[] }>('GET', `/api/v1/orders/counts?${query}`)
    all.value = Object.fromEntries(answer.data.items.map((lane) => [lane.key, lane]))
  }
  return { all, read }
}
