// A list that pages by key: filters, sort and search are in the address, so that a link shows the same thing.
import { computed, ref, shallowRef, watch, type ComputedRef, type Ref, type ShallowRef } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { api } from '../api/client'
import type { Resource, Row } from '../stores/resources'

const PAGE = 50
const MORE = 200

export interface List {
  rows: ShallowRef<Row[]>
  next: Ref<string | null>
  busy: Ref<boolean>
  error: Ref<unknown>
  filters: ComputedRef<Record<string, string>>
  read: () => Promise<void>
  more: () => Promise<void>
  set: (name: string, value: string) => Promise<void>
  clear: () => Promise<void>
}

export function useList(resource: () => Resource, fixed: () => Record<string, string> = () => ({})): List {
  const route = useRoute()
  const router = useRouter()
  const rows = shallowRef<Row[]>([])
  const next = ref<string | null>(null)
  const busy = ref(false)
  const error = ref<unknown>(null)
  let turn: AbortController | null = null

  const filters = computed(() => {
    const all: Record<string, string> = {}
    for (const [name, value] of Object.entries(route.query))
      if (typeof value === 'string' && value) all[name] = value
    return all
  })
  async function ask(cursor: string | null): Promise<void> {
    turn?.abort()
    const mine = (turn = new AbortController())
    busy.value = true
    error.value = null
    try {
      const query = new URLSearchParams({ ...filters.value, ...fixed(), limit: String(cursor ? MORE : PAGE) })
      if (cursor) query.set('cursor', cursor)
      const answer = await api.any<{ items: Row[]; next: string | null }>(
        'GET',
        `/api/v1/${resource().path}?${query}`,
        {
          signal: mine.signal,
        },
      )
      rows.value = cursor ? [...rows.value, ...answer.data.items] : answer.data.items
      next.value = answer.data.next
    } catch (why) {
      if (!mine.signal.aborted) error.value = why
    } finally {
      if (turn === mine) busy.value = false
    }
  }
  const read = (): Promise<void> => ask(null)
  const more = async (): Promise<void> => {
    if (next.value && !busy.value) await ask(next.value)
  }
  async function set(name: string, value: string): Promise<void> {
    await router.replace({ query: { ...route.query, [name]: value || undefined } })
  }
  const clear = async (): Promise<void> => {
    await router.replace({ query: {} })
  }
  watch(filters, (now, before) => {
    if (JSON.stringify(now) !== JSON.stringify(before)) void read()
  })
  return { rows, next, busy, error, filters, read, more, set, clear }
}
