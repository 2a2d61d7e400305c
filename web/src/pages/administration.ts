// The pages of administration and of one's own account.
import type { RouteRecordRaw } from 'vue-router'

export const administrationRoutes: RouteRecordRaw[] = [
  { path: 'users/new', component: () => import('./RecordForm.vue'), props: { path: 'users' } },
  { path: 'users/:id', component: () => import('./UserPage.vue'), props: true },
  { path: 'templates/new', component: () => import('./RecordForm.vue'), props: { path: 'templates' } },
  { path: 'templates/:id', component: () => import('./TemplatePage.vue'), props: true },
  { path: 'accounts', component: () => import('./Accounts.vue') },
  { path: 'settings', component: () => import('./Settings.vue') },
  { path: 'deadlines', component: () => import('./Deadlines.vue') },
  { path: 'calendars', component: () => import('./WorkingCalendar.vue') },
  { path: 'calendar_years', redirect: '/calendars' },
  {
    path: 'number_formats',
    component: () => import('./SmallRules.vue'),
    props: { path: 'number_formats' },
  },
  { path: 'rules', component: () => import('./SmallRules.vue'), props: { path: 'rules' } },
  { path: 'feeds', component: () => import('./Feeds.vue') },
  { path: 'jobs', component: () => import('./Jobs.vue') },
  { path: 'changes', component: () => import('./Audit.vue') },
  { path: 'about', component: () => import('./About.vue') },
  { path: 'account', component: () => import('./Account.vue') },
]
