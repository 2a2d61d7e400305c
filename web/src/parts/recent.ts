// What somebody has opened of late, for the palette. Gone when one signs out: computers are shared.
import { whenForgotten } from '../stores/session'

const KEPT = 'seawall.recent'
const MOST = 8

export interface Recent {
  to: string
  label: string
}
export function recent(): Recent[] {
  try {
    return JSON.parse(localStorage.getItem(KEPT) ?? '[]') as Recent[]
  } catch {
    return []
  }
}
/** Put first, once; the oldest beyond MOST goes. */
export function withRecent(list: Recent[], one: Recent): Recent[] {
  return [one, ...list.filter((r) => r.to !== one.to)].slice(0, MOST)
}
let timer: ReturnType<typeof setTimeout> | undefined
/** A record's page is open: its heading names it, once it is there. */
export function remember(to: string): void {
  clearTimeout(timer)
  timer = setTimeout(() => {
    const label = document.querySelector('main h1')?.textContent?.trim()
    if (label && location.pathname === to.split('?')[0])
      localStorage.setItem(KEPT, JSON.stringify(withRecent(recent(), { to, label })))
  }, 1000)
}
whenForgotten(() => {
  clearTimeout(timer)
  localStorage.removeItem(KEPT)
})
