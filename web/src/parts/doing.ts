// One thing done at a time, with what went wrong beside its fields.
import { ref, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { ApiError } from '../api/client'

export interface Doing {
  busy: Ref<boolean>
  why: Ref<string>
  wrong: Ref<Record<string, string>>
  run: (what: () => Promise<unknown>) => Promise<boolean>
}

export function useDoing(): Doing {
  const { t } = useI18n()
  const busy = ref(false)
  const why = ref('')
  const wrong = ref<Record<string, string>>({})
  async function run(what: () => Promise<unknown>): Promise<boolean> {
    busy.value = true
    why.value = ''
    wrong.value = {}
    try {
      await what()
      return true
    } catch (error) {
      if (error instanceof ApiError) {
        for (const e of error.problem.errors ?? []) wrong.value[e.field] = e.detail
        why.value = error.status === 412 ? t('state.conflict') : error.message
      } else why.value = t('state.offline')
      return false
    } finally {
      busy.value = false
    }
  }
  return { busy, why, wrong, run }
}

/** An image of the server's making, shown as an image: nothing of it becomes part of the page. */
export function picture(svg: string): string {
  return `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`
}
