// Changes as they happen. The stream is a hint, the record is read again; after a break it resumes behind the last
// change that was seen, so that no update is lost.
import { defineStore } from 'pinia'
import { ref } from 'vue'

export interface Change {
  seq: number
  resource: string
  id: string
  verb: string
  version: number
  at: string
}
// the server ends each stream after a minute: one that lasts much longer is dead and does not know it
const DEAD = 100000
type Listener = (c: Change) => void

export const useLive = defineStore('live', () => {
  const connected = ref(true)
  const listeners = new Set<Listener>()
  const readers = new Set<() => void>()
  let opened = false
  let broken = false
  let source: EventSource | null = null
  let last = 0
  let timer: ReturnType<typeof setTimeout> | null = null
  let watchdog: ReturnType<typeof setTimeout> | undefined

  function reopen(): void {
    broken = true
    open()
  }
  function open(): void {
    close()
    watchdog = setTimeout(reopen, DEAD)
    window.addEventListener('online', reopen)
    source = new EventSource(last ? `/api/v1/changes/stream?after=${last}` : '/api/v1/changes/stream')
    source.onopen = () => {
      connected.value = true
      clearTimeout(watchdog)
      watchdog = setTimeout(reopen, DEAD)
      // what happened before the first event of a stream has no place to resume behind; after a break, trust nothing
      if (opened && (broken || !last)) for (const reader of readers) reader()
      opened = true
      broken = false
    }
    source.addEventListener('change', (event) => {
      const change = JSON.parse((event as MessageEvent<string>).data) as Change
      last = change.seq
      for (const listener of listeners) listener(change)
    })
    source.onerror = () => {
      // the server ends each stream after a minute, which is no break; only a reader that cannot return is offline
      if (source?.readyState === EventSource.CLOSED) {
        connected.value = false
        broken = true
        if (timer) clearTimeout(timer)
        timer = setTimeout(open, 3000)
      } else {
        timer ??= setTimeout(() => {
          timer = null
          connected.value = source?.readyState === EventSource.OPEN
          broken ||= !connected.value
        }, 5000)
      }
    }
  }
  function close(): void {
    if (timer) clearTimeout(timer)
    timer = null
    clearTimeout(watchdog)
    window.removeEventListener('online', reopen)
    source?.close()
    source = null
  }
  function listen(listener: Listener): () => void {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }
  /** Called when the stream is back after a break: read again what is on screen. */
  function again(reader: () => void): () => void {
    readers.add(reader)
    return () => readers.delete(reader)
  }
  return { connected, open, close, listen, again }
})
