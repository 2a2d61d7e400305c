// The pages that a person has, in the order of the day. A page is there for who has the resource, or the role.
import type { useResources } from '../stores/resources'
import type { useSession } from '../stores/session'

export interface Page {
  path: string
  word: string
  icon: string
  /** the resource that must be there */
  resource?: string
  roles?: string[]
  key?: string
}

const office = ['duty_officer', 'analyst', 'leader', 'county_officer']
export const pages: Page[] = [
  { path: '/', word: 'nav.today', icon: '◷', key: 't' },
  { path: '/orders', word: 'nav.orders', icon: '✉', resource: 'orders', key: 'o' },
  { path: '/findings', word: 'nav.findings', icon: '⚑', resource: 'findings', key: 'f' },
  { path: '/notices', word: 'nav.notices', icon: '❏', resource: 'notices', key: 'n' },
  { path: '/vulns', word: 'nav.vulns', icon: '⌬', resource: 'vulns', key: 'v' },
  { path: '/assets', word: 'nav.assets', icon: '▤', resource: 'assets', key: 'a' },
  { path: '/units', word: 'nav.units', icon: '⌂', resource: 'units', key: 'u' },
  { path: '/persons', word: 'nav.contacts', icon: '☏', resource: 'persons' },
  { path: '/declarations', word: 'nav.declarations', icon: '✓', resource: 'declarations' },
  { path: '/imports', word: 'nav.imports', icon: '⇪', resource: 'imports' },
]
export const administration: Page[] = [
  { path: '/users', word: 'admin.users', icon: '☺', resource: 'users' },
  { path: '/accounts', word: 'admin.accounts', icon: '✎', roles: ['duty_officer', 'county_officer'] },
  { path: '/settings', word: 'admin.settings', icon: '⚙', roles: ['system_admin'] },
  { path: '/feeds', word: 'admin.feeds', icon: '⇩', roles: ['system_admin', 'analyst', 'duty_officer'] },
  { path: '/jobs', word: 'admin.jobs', icon: '↻', roles: ['system_admin'] },
  { path: '/changes', word: 'admin.audit', icon: '☰', resource: 'changes' },
  { path: '/about', word: 'admin.about', icon: 'ⓘ', roles: [...office, 'system_admin', 'security_admin', 'auditor'] },
]

export function may(page: Page, resources: ReturnType<typeof useResources>, session: ReturnType<typeof useSession>): boolean {
  if (page.resource && !resources.byPath(page.resource)) return false
  return !page.roles || session.has(...page.roles)
}
