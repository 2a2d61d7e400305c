// The pages that a person has, in the order of the day. A page is there for who has the resource, or the role.
import {
  Bell,
  Calendar,
  Clock,
  Connection,
  DataLine,
  DocumentChecked,
  Download,
  Flag,
  InfoFilled,
  Key,
  List,
  Monitor,
  Odometer,
  OfficeBuilding,
  Phone,
  RefreshRight,
  Setting,
  Tickets,
  Upload,
  User,
} from '@element-plus/icons-vue'
import type { Component } from 'vue'
import type { useResources } from '../stores/resources'
import type { useSession } from '../stores/session'

export interface Page {
  path: string
  word: string
  icon: Component
  /** the resource that must be there */
  resource?: string
  roles?: string[]
  /** g and this key go there */
  key?: string
  /** a liaison has it, too */
  liaison?: boolean
  /** further resources whose way leads through this page */
  others?: string[]
}

const office = ['duty_officer', 'analyst', 'leader', 'county_officer']
export const pages: Page[] = [
  { path: '/', word: 'nav.today', icon: Clock, key: 't', liaison: true },
  { path: '/situation', word: 'nav.situation', icon: Odometer, resource: 'findings', key: 's' },
  { path: '/orders', word: 'nav.orders', icon: Tickets, resource: 'orders', key: 'o' },
  { path: '/findings', word: 'nav.findings', icon: Flag, resource: 'findings', key: 'f', liaison: true },
  { path: '/notices', word: 'nav.notices', icon: Bell, resource: 'notices', key: 'n' },
  { path: '/vulns', word: 'nav.vulns', icon: Connection, resource: 'vulns', key: 'v' },
  { path: '/assets', word: 'nav.assets', icon: Monitor, resource: 'assets', key: 'a' },
  { path: '/units', word: 'nav.units', icon: OfficeBuilding, resource: 'units', key: 'u', liaison: true },
  { path: '/persons', word: 'nav.contacts', icon: Phone, resource: 'persons' },
  { path: '/declarations', word: 'nav.declarations', icon: DocumentChecked, resource: 'declarations' },
  { path: '/imports', word: 'nav.imports', icon: Upload, resource: 'imports' },
  { path: '/measures', word: 'nav.measures', icon: DataLine, resource: 'targets', key: 'm' },
]
export const administration: Page[] = [
  { path: '/users', word: 'admin.users', icon: User, resource: 'users' },
  { path: '/accounts', word: 'admin.accounts', icon: Key, roles: ['duty_officer', 'county_officer'] },
  {
    path: '/deadlines',
    word: 'rules.title',
    icon: Calendar,
    resource: 'deadlines',
    others: ['calendars', 'calendar_years', 'number_formats', 'rules'],
  },
  { path: '/settings', word: 'admin.settings', icon: Setting, roles: ['system_admin'] },
  { path: '/feeds', word: 'admin.feeds', icon: Download, roles: ['system_admin', 'analyst', 'duty_officer'] },
  { path: '/jobs', word: 'admin.jobs', icon: RefreshRight, roles: ['system_admin'] },
  { path: '/changes', word: 'admin.audit', icon: List, resource: 'changes' },
  {
    path: '/about',
    word: 'admin.about',
    icon: InfoFilled,
    roles: [...office, 'system_admin', 'security_admin', 'auditor'],
  },
]

export function may(
  page: Page,
  resources: ReturnType<typeof useResources>,
  session: ReturnType<typeof useSession>,
): boolean {
  if (page.resource && !resources.byPath(page.resource)) return false
  if (session.onlyLiaison && !page.liaison) return false
  return !page.roles || session.has(...page.roles)
}
