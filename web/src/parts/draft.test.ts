import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { useSession } from '../stores/session'
import { changedFrom, draftOf } from './draft'

const user = (name: string) => ({ id: name, name, person_id: null, roles: [] })

describe('drafts', () => {
  beforeEach(() => {
    const held = new Map<string, string>()
    vi.stubGlobal('localStorage', {
      getItem: (k: string) => held.get(k) ?? null,
      setItem: (k: string, v: string) => void held.set(k, v),
      removeItem: (k: string) => void held.delete(k),
    })
    setActivePinia(createPinia())
  })
  it('are kept for the account that typed them, and for no other', () => {
    const session = useSession()
    session.user = user('wang')
    draftOf('task').keep({ title: '一' })
    expect(draftOf('task').read()).toEqual({ title: '一' })
    session.user = user('li')
    expect(draftOf('task').read()).toBeNull()
    session.user = user('wang')
    draftOf('task').drop()
    expect(draftOf('task').read()).toBeNull()
  })
  it('that cannot be read are none', () => {
    localStorage.setItem('seawall.draft..task', '{"title":')
    expect(draftOf('task').read()).toBeNull()
  })
})

describe('changedFrom', () => {
  it('names what was typed, not what was taken: a later change by somebody else is not undone', () => {
    const typed = changedFrom(
      { name: 'A', phone: '1', to: { all: true } },
      { name: 'B', phone: '1', to: { all: true } },
    )
    expect(typed).toEqual({ name: 'B' })
    expect({ name: 'A', phone: '2', ...typed }).toEqual({ name: 'B', phone: '2' })
  })
  it('takes nothing and an empty text for the same', () => {
    expect(changedFrom({ note: null }, { note: '' })).toEqual({})
    expect(changedFrom({}, { note: '' })).toEqual({})
    expect(changedFrom({ note: 'x' }, { note: '' })).toEqual({ note: '' })
  })
})
