// The days of the three administrators, each with a world of one's own: the system administrator's settings, feeds, jobs;
// the security administrator's accounts; the audit administrator's log and its verification.
import { check } from './house.mjs'
import { both, day, json } from './day.mjs'

/** Only these pages of the side bar; the addresses of others say that one may not. */
async function world(d, pages, denied) {
  const links = await d.page.locator('nav a').evaluateAll((all) => all.map((a) => a.getAttribute('href')))
  for (const path of pages) check(links.includes(path), `${d.who} has no ${path}`)
  for (const path of ['/orders', '/findings', '/situation', '/notices', ...denied])
    check(!links.includes(path), `${d.who} is shown ${path}`)
  await d.page.goto(`${d.house.base}/orders`)
  await d.page.locator('main .trouble').waitFor()
  await d.look('denied')
  await d.page.goto(d.house.base)
  await d.page.locator('nav a').first().waitFor()
}

async function system(house, language) {
  const d = await day(house, 'sysadmin', language, { expect: [403, 404, 422] })
  const { page } = d
  await world(d, ['/settings', '/feeds', '/jobs'], ['/users', '/changes'])
  await d.go('admin.settings')
  await page.locator('#contacts_days').fill('5000')
  await page.keyboard.press('Enter')
  await page.locator('td .wrong').waitFor()
  await d.look('settings-wrong')
  const days = language === 'zh' ? '60' : '61'
  await page.locator('#contacts_days').fill(days)
  await page.keyboard.press('Enter')
  await page.locator('.el-message--success').waitFor()
  await page.reload()
  check((await page.locator('#contacts_days').inputValue()) === days, 'the setting does not hold')
  await d.go('admin.feeds')
  await page.locator('tbody tr').first().waitFor()
  await d.look('feeds')
  await d.go('admin.jobs')
  await page.locator('.chip b').first().waitFor()
  await d.look('jobs')
  await d.go('admin.about')
  await page.locator('dl dd').first().waitFor()
  await d.look('about')
}

async function security(house, language) {
  const d = await day(house, 'secadmin', language, { expect: [403, 404, 409, 422] })
  const { page } = d
  const name = `desk.${language}`
  const password = 'Lighthouse-keeper-8'
  await world(d, ['/users'], ['/settings', '/changes', '/jobs'])
  await d.go('admin.users')
  await page.locator('tbody tr').first().waitFor()
  await d.look('users')
  await page.locator('main .el-button--primary').first().click()
  await d.put('name', name)
  await page.locator('form button[type=submit]').click()
  await page.locator('main h1', { hasText: name }).waitFor()
  await page.locator('main .bar .el-button--primary').click()
  await page.locator('select[name=role]').selectOption('duty_officer')
  await page.locator('form .el-select').click()
  await page.keyboard.type('湛江市网信办')
  await page.locator('.el-select-dropdown__item:visible', { hasText: '湛江市网信办' }).first().click()
  await page.locator('form button[type=submit]').click()
  await page.locator('tbody td', { hasText: '湛江市网信办' }).first().waitFor()
  await d.look('user')
  await page.locator('main .bar').first().locator('button').first().click()
  await d.put('password', password)
  await page.locator('form:has(input[name=password]) button[type=submit]').click()
  await page.locator('form').waitFor({ state: 'detached' })
  // the new one signs in and is at the desk
  const other = await day(house, name, language, { password, expect: [403] })
  await other.page.locator('.lanes .lane').first().waitFor()
  // disabled, it is out at once; enabled, it may come back
  await page.reload()
  await d.button(d.w('admin.disable')).click()
  await page.locator('.el-popconfirm__action .el-button--primary').click()
  await d.button(d.w('admin.enable')).waitFor()
  await other.page.locator('nav a[href="/orders"]').click()
  await other.page.waitForURL((url) => url.pathname === '/sign-in')
  await d.button(d.w('admin.enable')).click()
  await d.button(d.w('admin.disable')).waitFor()
  // whoever leaves loses what was granted
  await page.locator('main table').first().locator('tbody button').first().click()
  await page.locator('.el-popconfirm__action .el-button--primary').click()
  await page.waitForFunction(
    () => !document.querySelector('main table')?.textContent.includes('湛江市网信办'),
  )
  check(json(house.cli('user', 'show', name, '--json'))[0].grants.length === 0, 'the grant is still there')
}

async function audit(house, language) {
  const d = await day(house, 'auditor', language, { expect: [403, 404] })
  const { page } = d
  await world(d, ['/changes', '/users'], ['/settings', '/jobs'])
  await d.go('admin.audit')
  await page.locator('tbody tr').first().waitFor()
  await page.locator('main .el-button--primary').click()
  await page.locator('.verdict.good').waitFor()
  await d.look('audit')
  await d.put('verb', 'sign_in')
  await page.waitForURL((url) => url.searchParams.get('verb') === 'sign_in')
  await d.put('actor', 'auditor')
  await page.keyboard.press('Tab')
  await page.waitForURL((url) => url.searchParams.get('actor') === 'auditor')
  await page.waitForFunction(() => {
    const who = [...document.querySelectorAll('tbody tr td:nth-child(2)')]
    return who.length && who.every((td) => td.textContent === 'auditor')
  })
  await d.look('filtered')
  await page.goto(`${house.base}/changes?verb=change`)
  await page.locator('tbody button').first().click()
  await page.locator('.values dl').first().waitFor()
  await d.look('values')
  await d.go('admin.users')
  await page.locator('tbody tr').first().click()
  await page.waitForURL(/\/users\//)
  await page.locator('main h1').waitFor()
  check(!(await page.locator('main .bar button').count()), 'the auditor may change an account')
}

export const cases = [
  ...both('the day of a system administrator', system),
  ...both('the day of a security administrator', security),
  ...both('the day of an audit administrator', audit),
]
