import { createI18n } from 'vue-i18n'
import { setLanguage } from '../api/client'
import en from './en'
import zh, { type Words } from './zh'

export type Language = 'zh' | 'en'
const KEPT = 'seawall.language'

function first(): Language {
  return localStorage.getItem(KEPT) === 'en' ? 'en' : 'zh'
}

export const words = createI18n<[Words], Language, false>({
  legacy: false,
  locale: first(),
  fallbackLocale: 'zh',
  messages: { zh, en },
  // 'record | records': one, and all other numbers
  pluralRules: { en: (n: number) => (n === 1 ? 0 : 1) },
})

/** Without a reload: what is on screen changes at once, and what the server says from the next answer on. */
export function speak(language: Language): void {
  words.global.locale.value = language
  localStorage.setItem(KEPT, language)
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en'
  setLanguage(language === 'zh' ? 'zh-CN' : 'en')
}
speak(first())

export function current(): Language {
  return words.global.locale.value as Language
}

/** What a thing is about begins with its name: beside the name only the rest is said. */
export function sayRest(of: {
  label: { zh: string; en: string }
  about: { zh: string; en: string }
}): string {
  const [name, about] = [say(of.label), say(of.about)]
  return about.startsWith(name) ? about.slice(name.length).replace(/^[，,；;：:\s]+/, '') : about
}

/** The server says every name in both languages. */
export function say(both: { zh: string; en: string } | undefined): string {
  return both ? both[current()] : ''
}
