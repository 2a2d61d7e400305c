// Single keys of a page, and what is typed into its search.
import { onMounted, onUnmounted } from 'vue'

/** Is this key meant for the page: nobody types or composes with it, and it is not the letter after g (Frame.vue)? */
export function isSingle(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey)
    return false
  if (target instanceof HTMLInputElement) return target.type === 'checkbox'
  return !/^(TEXTAREA|SELECT)$/.test(target.tagName) && !target.isContentEditable
}
/** Does Enter here press what has the focus? */
export const isPressed = (event: KeyboardEvent): boolean =>
  /^(A|BUTTON|SUMMARY|INPUT)$/.test((event.target as HTMLElement).tagName)

/** As long as the page is there. */
export function useKeys(key: (event: KeyboardEvent) => void): void {
  onMounted(() => window.addEventListener('keydown', key))
  onUnmounted(() => window.removeEventListener('keydown', key))
}

/** The text of a search, once somebody pauses; nothing of it when the page is gone. */
export function useTyping(take: (text: string) => void, pause = 200): (event: Event) => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  onUnmounted(() => clearTimeout(timer))
  return (event) => {
    const text = (event.target as HTMLInputElement).value.trim()
    clearTimeout(timer)
    timer = setTimeout(() => take(text), pause)
  }
}
