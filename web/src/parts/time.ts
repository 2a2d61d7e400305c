// Times in the city's zone, whatever the computer thinks.
import { words } from '../words'

const zone = 'Asia/Shanghai'
const full = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' })
const t = (key: string, named: Record<string, unknown> = {}): string => words.global.t(key, named)

/** "2026-11-23 09:12" */
export function exact(at: string | null | undefined): string {
  return at ? full.format(new Date(at)) : ''
}

function amount(ms: number): string {
  const minutes = Math.floor(Math.abs(ms) / 60000)
  const days = Math.floor(minutes / 1440)
  const hours = Math.floor((minutes % 1440) / 60)
  if (days >= 2) return t('time.days', { n: days })
  if (days) return `${t('time.days', { n: days })} ${t('time.hours', { n: hours })}`
  if (hours) return `${t('time.hours', { n: hours })} ${t('time.minutes', { n: minutes % 60 })}`
  return t('time.minutes', { n: minutes })
}

export function ago(at: string | null | undefined, now = Date.now()): string {
  if (!at) return ''
  const minutes = Math.floor((now - Date.parse(at)) / 60000)
  if (minutes < 1) return t('time.now')
  if (minutes < 60) return t('time.minutesAgo', { n: minutes })
  if (minutes < 1440) return t('time.hoursAgo', { n: Math.floor(minutes / 60) })
  return t('time.daysAgo', { n: Math.floor(minutes / 1440) })
}

export interface Due {
  text: string
  late: boolean
  soon: boolean
}
/** 「剩 3 小时 20 分」 or 「已超期 2 天」: late is said in words and amount. */
export function due(at: string | null | undefined, now = Date.now()): Due | null {
  if (!at) return null
  const left = Date.parse(at) - now
  return left < 0
    ? { text: t('time.overdue', { t: amount(left) }), late: true, soon: false }
    : { text: t('time.left', { t: amount(left) }), late: false, soon: left < 86400000 }
}
