// Something read from the server: what came, what went wrong, and "busy" only when it takes long enough to be seen.
import { onMounted, onUnmounted, ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import { useI18n } from 'vue-i18n'

export interface Asked<T> {
  data: ShallowRef<T | null>
  error: Ref<unknown>
  slow: Ref<boolean>
  read: () => Promise<void>
}

export function useAsk<T>(get: () => Promise<T>): Asked<T> {
  const data = shallowRef<T | null>(null)
  const error = ref<unknown>(null)
  const slow = ref(false)
  let turn = 0
  async function read(): Promise<void> {
    const mine = ++turn
    const timer = setTimeout(() => (slow.value = mine === turn), 300)
    try {
      const got = await get()
      if (mine === turn) {
        data.value = got
        error.value = null
      }
    } catch (why) {
      if (mine === turn) error.value = why
    } finally {
      clearTimeout(timer)
      if (mine === turn) slow.value = false
    }
  }
  // what the server says in words is read again in the other language
  const { locale } = useI18n()
  watch(locale, () => void read())
  onMounted(read)
  onUnmounted(() => turn++)
  return { data, error, slow, read }
}
