// The present, moving: what is left grows less while one looks.
import { onMounted, onUnmounted, ref, type Ref } from 'vue'

export function useNow(every = 30000): Ref<number> {
  const now = ref(Date.now())
  let timer: ReturnType<typeof setInterval> | undefined
  onMounted(() => {
    timer = setInterval(() => {
      now.value = Date.now()
    }, every)
  })
  onUnmounted(() => clearInterval(timer))
  return now
}
