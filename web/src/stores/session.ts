import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { api, ApiError, setCsrf } from '../api/client'

export interface Role {
  role: string
  unit_id: string
  unit_name: string
}
interface Session {
  csrf: string | null
  user: {
    id: string
    name: string
    person_id: string | null
    roles: Role[]
    totp?: boolean
    totp_wanted?: boolean
  }
}

export interface SignIn {
  username: string
  password?: string
  code?: string
  new_password?: string
  totp?: string
  recovery?: string
}

/** The session's cookie cannot be read here: a mark beside it spares strangers a request that must fail. */
const MARK = 'seawall.signed-in'

const forgetters = new Set<() => void>()
/** What is held for who is signed in goes when the session does: the next one has other rights. */
export function whenForgotten(then: () => void): void {
  forgetters.add(then)
}

export const useSession = defineStore('session', () => {
  const user = ref<Session['user'] | null>(null)
  const asked = ref(false)

  function take(s: Session): void {
    user.value = s.user
    setCsrf(s.csrf)
    localStorage.setItem(MARK, 'yes')
  }
  function forget(): void {
    user.value = null
    setCsrf(null)
    localStorage.removeItem(MARK)
    for (const then of forgetters) then()
  }
  /** Is somebody signed in already? Asked once, at the start. */
  async function resume(): Promise<void> {
    if (asked.value) return
    if (localStorage.getItem(MARK))
      try {
        take((await api.any<Session>('GET', '/api/v1/session')).data)
      } catch (why) {
        // a server that does not answer has ended no session
        if (why instanceof ApiError && why.status === 401) forget()
      }
    asked.value = true
  }
  async function refresh(): Promise<void> {
    take((await api.any<Session>('GET', '/api/v1/session')).data)
  }
  async function signIn(how: SignIn): Promise<void> {
    take((await api.any<Session>('POST', '/api/v1/session', { json: how })).data)
    asked.value = true
  }
  async function signOut(): Promise<void> {
    await api.any('DELETE', '/api/v1/session').catch(() => undefined)
    forget()
  }
  const has = (...roles: string[]): boolean => !!user.value?.roles.some((r) => roles.includes(r.role))
  /** A liaison and nothing else: three pages, phone first. */
  const onlyLiaison = computed(
    () => !!user.value?.roles.length && user.value.roles.every((r) => r.role === 'unit_liaison'),
  )

  return { user, asked, resume, refresh, signIn, signOut, forget, has, onlyLiaison }
})
