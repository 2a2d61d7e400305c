// Every page, as each kind of user who may see it: what a page must keep wherever it is shown.
//
// What there is comes from the router, the side bar and GET /resources; a pattern of the router that nobody
// reaches here fails, and so does a new one that nobody added.
import { readFileSync } from 'node:fs'
import { check } from './house.mjs'

const people = ['duty', 'analyst', 'leader', 'county', 'liaison', 'sysadmin', 'secadmin', 'auditor']
const source = (name) => readFileSync(new URL(`../../web/src/${name}`, import.meta.url), 'utf8')
const routes = source('router.ts') + source('pages/administration.ts')
/** Addresses that lead to another page. */
const redirects = Object.fromEntries(
  [...routes.matchAll(/\bpath: '([^']*)', redirect: '([^']*)'/g)].map((m) => [`/${m[1]}`, m[2]]),
)
const patterns = [...routes.matchAll(/\bpath: '([^']*)'/g)]
  .map((m) => m[1].replace(/^\//, ''))
  .filter((p) => !p.includes('*') && !redirects[`/${p}`])

/** Which pattern of the router an address is: the longest that fits. */
function patternOf(path) {
  const parts = path.split('?')[0].slice(1).split('/')
  const fits = (pattern) => {
    const want = pattern.split('/')
    return (
      want.length === parts.length && want.every((w, i) => w === parts[i] || (w.startsWith(':') && parts[i]))
    )
  }
  const plain = (pattern) => pattern.split('/').filter((w) => !w.startsWith(':')).length
  return patterns.filter(fits).sort((a, b) => plain(b) - plain(a))[0]
}

/** The pages of the person signed in: the side bar, and of each resource its list, first record and forms. */
async function pagesOf(page, who) {
  const paths = await page.evaluate(async () => {
    const all = [...document.querySelectorAll('nav a')].map((a) => a.getAttribute('href'))
    const { items } = await (await fetch('/api/v1/resources')).json()
    for (const r of items) {
      all.push(`/${r.path}`)
      if (r.create) all.push(`/${r.path}/new`)
      const rows = (await (await fetch(`/api/v1/${r.path}?limit=1`)).json()).items ?? []
      if (rows[0]) all.push(`/${r.path}/${rows[0].id}`)
      if (rows[0] && r.change) all.push(`/${r.path}/${rows[0].id}/edit`)
    }
    return all
  })
  if (['duty', 'analyst', 'county'].includes(who)) paths.push('/orders/new', '/notices/new')
  if (['duty', 'county'].includes(who)) paths.push('/orders/calls')
  if (paths.includes('/measures')) paths.push('/measures/records?kpi=handled')
  if (who !== 'liaison') paths.push('/nothing/of/this')
  paths.push('/account')
  return [...new Set(paths.map((path) => redirects[path] ?? path))]
}

/** To another page as the router goes there, without loading the program anew. */
async function go(page, path) {
  await page.evaluate((to) => {
    if (location.pathname !== to.split('?')[0])
      document.querySelector('main > :not(.offline)')?.setAttribute('data-left', '')
    history.pushState({}, '', to)
    dispatchEvent(new PopStateEvent('popstate', { state: null }))
  }, path)
  await page.waitForFunction((to) => {
    const main = document.querySelector('main')
    return (
      location.pathname === to &&
      main?.querySelector('h1, .trouble') &&
      !main.querySelector('[data-left], [aria-busy=true], .coming')
    )
  }, path.split('?')[0])
}

/** Runs in the page: what of its shape is not in order. */
function shape() {
  const wrong = []
  const say = (e) =>
    `${e.tagName.toLowerCase()}${e.id ? `#${e.id}` : ''}.${[...e.classList].join('.')} "${(e.textContent || '').trim().slice(0, 24)}"`
  const main = document.querySelector('main')
  if (!main || !document.querySelector('header') || !document.querySelector('nav'))
    wrong.push('a landmark is missing')
  if (main.querySelectorAll('h1').length !== 1)
    wrong.push(`${main.querySelectorAll('h1').length} first headings`)
  const root = document.documentElement
  if (root.scrollWidth > root.clientWidth)
    wrong.push(`the page is ${root.scrollWidth - root.clientWidth} px too wide`)
  if (main.scrollWidth > main.clientWidth)
    wrong.push(
      `main is ${main.scrollWidth - main.clientWidth} px too wide: ${[...main.querySelectorAll('*')]
        .filter((e) => e.getBoundingClientRect().right > main.getBoundingClientRect().right + 1)
        .slice(0, 2)
        .map(say)
        .join(' | ')}`,
    )
  return wrong
}

/** Runs in the page: is everything that can be pressed reached by Tab, and is it seen where one is? */
function keyboard() {
  const wrong = []
  const say = (e) =>
    `${e.tagName.toLowerCase()}.${[...e.classList].join('.')} "${(e.textContent || e.title || '').trim().slice(0, 24)}"`
  const can = 'a[href], button, input, select, textarea, summary, [tabindex]'
  const shown = (e) => e.getClientRects().length > 0 && e.checkVisibility({ visibilityProperty: true })
  const looks = (e) => {
    const s = getComputedStyle(e)
    return `${s.outlineStyle} ${s.outlineWidth} ${s.boxShadow} ${s.borderColor} ${s.left}`
  }
  const before = document.activeElement
  const seen = new Set()
  for (const e of document.querySelectorAll(can)) {
    if (!shown(e) || e.disabled || e.closest('[aria-hidden=true]')) continue
    const kind = `${e.tagName}.${e.className}.${e.parentElement.className}.${e.type ?? ''}`
    if (seen.has(kind)) continue
    seen.add(kind)
    if (e.matches('.el-select__wrapper')) continue // its input is what Tab reaches
    if (
      e.tabIndex < 0 &&
      e.id !== 'page' &&
      !e.closest('[role=tablist], [role=radiogroup], [role=listbox], [role=combobox], [role=tree]')
    )
      wrong.push(`Tab does not reach ${say(e)}`)
    const still = looks(e)
    e.focus()
    if (document.activeElement !== e) wrong.push(`no focus on ${say(e)}`)
    else if (e.id !== 'page' && looks(e) === still && !e.closest('.el-input, .el-select, .el-textarea'))
      wrong.push(`focus is not seen on ${say(e)}`)
  }
  for (const e of document.querySelectorAll('main *')) {
    if (getComputedStyle(e).cursor !== 'pointer' || getComputedStyle(e.parentElement).cursor === 'pointer')
      continue
    if (shown(e) && !e.matches(can) && !e.closest(`${can}, label`) && !e.querySelector(can))
      wrong.push(`only for the mouse: ${say(e)}`)
  }
  before?.focus?.()
  return wrong
}

/** Runs in the page with print media: nothing of the screen's furniture, and something to read. */
function printed() {
  const wrong = []
  const shown = (e) => e.getClientRects().length > 0 && e.checkVisibility({ visibilityProperty: true })
  for (const e of document.querySelectorAll(
    'header.no-print, nav, button:not(.link), input[type=search], [type=submit]',
  ))
    if (shown(e) && !e.closest('th'))
      // a heading that can be pressed is still a heading
      wrong.push(
        `prints ${e.tagName.toLowerCase()}.${e.className} "${(e.textContent || '').trim().slice(0, 24)}"`,
      )
  if (document.querySelector('main').innerText.trim().length < 2) wrong.push('prints nothing')
  return [...new Set(wrong)].slice(0, 4)
}

/** What is Chinese on an English page must be data: something that the server answered. */
function chinese(text, answered) {
  return [...new Set(text.match(/[\u3400-\u9fff]+/g) ?? [])].filter(
    (run) => run !== '中文' && run !== '海堤' && !answered.includes(run),
  )
}

/** A key shown instead of its words. */
const heads = [...source('words/zh.ts').matchAll(/^  (\w+)[:,]/gm)].map((m) => m[1])
const keyLike = new RegExp(`(?<![\\w./-])(?:${heads.join('|')})\\.[a-z]\\w*(?:\\.\\w+)*(?![\\w.-])`, 'g')
const keysOn = async (page) =>
  ((await page.evaluate(() => document.body.innerText)).match(keyLike) ?? []).map(
    (key) => `no words for ${key}`,
  )

const sizes = { desk: [1280, 720], zoomed: [640, 360], narrow: [360, 740], phone: [390, 844] }
async function at(page, size) {
  await page.setViewportSize({ width: sizes[size][0], height: sizes[size][1] })
  // tables are measured a frame after the page has its size
  await page.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)))),
  )
}

class Visit {
  constructor(house, page, who) {
    Object.assign(this, { house, page, who })
  }
  note(path, what) {
    for (const one of what) this.house.faults.push(`${this.who} ${path}: ${one}`)
  }
  async axe(path, theme, rules) {
    this.note(
      path,
      (await this.house.serious(this.page, rules)).map((one) => `${theme}: ${one}`),
    )
  }
  /** What is the same for whoever looks: once for each page. */
  async wholly(path) {
    const { page } = this
    await page.keyboard.press('Shift')
    this.note(path, await page.evaluate(keyboard))
    await this.axe(path, 'light')
    await page.evaluate(() => document.documentElement.classList.add('dark'))
    await this.axe(path, 'dark', ['color-contrast'])
    await page.evaluate(() => document.documentElement.classList.remove('dark'))
    await at(page, 'zoomed')
    this.note(`${path} at 200 %`, await page.evaluate(shape))
    await at(page, 'desk')
    await page.emulateMedia({ media: 'print' })
    this.note(path, await page.evaluate(printed))
    await page.emulateMedia({ media: 'screen' })
  }
  async phone(path) {
    for (const size of ['phone', 'narrow']) {
      await at(this.page, size)
      if (size === 'phone') await this.house.shot(this.page, `phone-${named(path)}`)
      this.note(`${path} on a ${size} screen`, await this.page.evaluate(shape))
    }
    await this.axe(path, 'phone')
    await at(this.page, 'desk')
  }
}

const forms = new Set()
const reached = new Set()
const whole = new Set()
const named = (path) =>
  path
    .split('?')[0]
    .slice(1)
    .replace(/[0-9a-f]{8}-[0-9a-f-]{20,}|CVE-[0-9-]+/g, '1')
    .replaceAll('/', '-') || 'home'

async function tour(house, who) {
  const page = await house.signIn(who)
  const visit = new Visit(house, page, who)
  for (const path of await pagesOf(page, who)) {
    const pattern = patternOf(path)
    // a form made from a description is the same for whoever has it
    if (pattern?.startsWith(':path/') && forms.has(named(path))) continue
    forms.add(named(path))
    await go(page, path)
    reached.add(pattern)
    visit.note(path, [...(await page.evaluate(shape)), ...(await keysOn(page))])
    await house.shot(page, `${who}-${named(path)}`)
    const kind = `${pattern} ${pattern?.startsWith(':') ? '' : who === 'liaison'}`
    if (!whole.has(kind)) await visit.wholly(path)
    whole.add(kind)
    if (who === 'liaison') await visit.phone(path)
  }
}

const spoken = new Set()
async function english(house, who) {
  const page = await house.signIn(who, { language: 'en' })
  const answers = [page.evaluate(async () => (await fetch('/api/v1/session')).text())]
  page.on('response', (r) => {
    if (/\/api\//.test(r.url()) && !/\/(resources$|changes\/stream)/.test(r.url()))
      answers.push(r.text().catch(() => ''))
  })
  for (const path of await pagesOf(page, who)) {
    if (spoken.has(named(path)) && path !== '/') continue
    spoken.add(named(path))
    if (path === '/') await page.reload() // what the first page shows was answered before anybody listened
    await go(page, path)
    const text = await page.evaluate(() =>
      [
        document.title,
        // papers are Chinese, whoever reads them
        [...document.querySelectorAll('body [lang^=zh]')].reduce(
          (left, e) => left.replace(e.innerText, ''),
          document.body.innerText,
        ),
        ...[...document.querySelectorAll('[title], [aria-label], [placeholder]')].flatMap((e) => [
          e.title,
          e.ariaLabel,
          e.placeholder,
        ]),
      ].join('\n'),
    )
    const answered = (await Promise.all(answers)).join('\n').replace(/"zh":"[^"]*"/g, '')
    const runs = chinese(text, answered)
    if (runs.length) house.faults.push(`${who} ${path} in English: ${runs.slice(0, 6).join(' ')}`)
    await house.shot(page, `en-${who}-${named(path)}`)
  }
}

export const cases = [
  ...people.map((who) => ({ name: `every page of ${who}`, run: (house) => tour(house, who) })),
  ...people.map((who) => ({ name: `every page of ${who} in English`, run: (house) => english(house, who) })),
  {
    name: 'no page of the router was left out',
    run: async () => {
      const left = patterns.filter((p) => p && !['sign-in'].includes(p) && !reached.has(p))
      check(!left.length, `nobody came to ${left.join(', ')}`)
    },
  },
]
