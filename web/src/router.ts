import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import { whenUnauthenticated } from './api/client'
import { administrationRoutes } from './pages/administration'
import { useLive } from './stores/live'
import { useResources } from './stores/resources'
import { useSession } from './stores/session'

const routes: RouteRecordRaw[] = [
  { path: '/sign-in', name: 'sign-in', component: () => import('./pages/SignIn.vue'), meta: { open: true } },
  {
    path: '/',
    component: () => import('./parts/Frame.vue'),
    children: [
      { path: '', name: 'home', component: () => import('./pages/Home.vue') },
      { path: 'situation', name: 'situation', component: () => import('./pages/Situation.vue') },
      { path: 'measures', name: 'measures', component: () => import('./pages/Measures.vue') },
      {
        path: 'measures/records',
        name: 'measure-records',
        component: () => import('./pages/MeasureRecords.vue'),
      },
      { path: 'orders', name: 'orders', component: () => import('./pages/Orders.vue') },
      { path: 'orders/new', name: 'task', component: () => import('./pages/TaskForm.vue') },
      { path: 'orders/calls', name: 'calls', component: () => import('./pages/CallList.vue') },
      { path: 'orders/:id', name: 'order', component: () => import('./pages/OrderRoute.vue'), props: true },
      { path: 'vulns', name: 'vulns', component: () => import('./pages/VulnList.vue') },
      { path: 'vulns/:id', name: 'vuln', component: () => import('./pages/VulnPage.vue'), props: true },
      {
        path: 'findings/new',
        name: 'finding-new',
        component: () => import('./pages/RecordForm.vue'),
        props: { path: 'findings' },
      },
      {
        path: 'findings/:id',
        name: 'finding',
        component: () => import('./pages/FindingPage.vue'),
        props: true,
      },
      { path: 'findings', name: 'findings', component: () => import('./pages/FindingList.vue') },
      ...administrationRoutes,
      { path: 'notices/new', name: 'notice-new', component: () => import('./pages/NoticePage.vue') },
      { path: 'notices/:id', name: 'notice', component: () => import('./pages/NoticePage.vue'), props: true },
      { path: 'imports', name: 'imports', component: () => import('./pages/Imports.vue') },
      { path: 'imports/:id', name: 'import', component: () => import('./pages/ImportPage.vue'), props: true },
      { path: 'assets', name: 'assets', component: () => import('./pages/AssetList.vue') },
      { path: 'assets/new', component: () => import('./pages/RecordForm.vue'), props: { path: 'assets' } },
      { path: 'assets/:id', name: 'asset', component: () => import('./pages/AssetPage.vue'), props: true },
      { path: 'declarations', name: 'declarations', component: () => import('./pages/Declarations.vue') },
      { path: 'units', name: 'units', component: () => import('./pages/Units.vue') },
      { path: 'units/new', component: () => import('./pages/RecordForm.vue'), props: { path: 'units' } },
      { path: 'units/:id', name: 'unit', component: () => import('./pages/UnitPage.vue'), props: true },
      { path: ':path', name: 'list', component: () => import('./pages/RecordList.vue'), props: true },
      { path: ':path/new', name: 'new', component: () => import('./pages/RecordForm.vue'), props: true },
      { path: ':path/:id', name: 'record', component: () => import('./pages/RecordPage.vue'), props: true },
      {
        path: ':path/:id/edit',
        name: 'edit',
        component: () => import('./pages/RecordForm.vue'),
        props: true,
      },
      { path: ':rest(.*)*', name: 'missing', component: () => import('./pages/Missing.vue') },
    ],
  },
]

export const router = createRouter({ history: createWebHistory(), routes })

router.beforeEach(async (to) => {
  const session = useSession()
  await session.resume()
  if (to.meta.open) return true
  if (!session.user) return { name: 'sign-in', query: to.fullPath === '/' ? {} : { then: to.fullPath } }
  // an administrator who must have a second factor may do nothing before
  if (session.user.totp_wanted) return to.path === '/account' ? true : '/account'
  await useResources().read()
  return true
})

whenUnauthenticated(() => {
  const session = useSession()
  if (!session.user) return
  session.forget()
  useLive().close()
  void router.push({ name: 'sign-in', query: { then: router.currentRoute.value.fullPath } })
})
