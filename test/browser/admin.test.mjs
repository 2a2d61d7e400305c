// The days of the three administrators and of the duty officer who opens accounts, in Chinese and in English.
import { check, visit } from './house.mjs'

async function system(house, language) {
  const page = await house.signIn('sysadmin', { language, expect: [422] })
  for (const path of ['/users', '/changes', '/orders', '/accounts'])
    check(!(await page.$(`nav a[href="${path}"]`)), `the system administrator is not shown ${path}`)

  await visit(page, '/settings')
  await page.waitForSelector('#contacts_days')
  await page.fill('#contacts_days', '5000')
  await page.keyboard.press('Enter')
  await page.waitForSelector('td .wrong')
  await house.look(page, `admin-settings-${language}`)
  const days = language === 'zh' ? '60' : '61'
  await page.fill('#contacts_days', days)
  await page.keyboard.press('Enter')
  await page.waitForSelector('.el-message--success')
  await page.reload()
  await page.waitForSelector('#contacts_days')
  check((await page.inputValue('#contacts_days')) === days, 'the setting holds')

  await visit(page, '/feeds')
  await page.waitForSelector('tbody tr')
  check((await page.$$('.table >> nth=0 >> tbody tr')).length === 3, 'three feeds')
  await house.look(page, `admin-feeds-${language}`)
  await visit(page, '/jobs')
  await page.waitForSelector('.chip b')
  await page.click('.chip >> nth=1')
  await page.waitForURL((url) => url.searchParams.get('state') === 'failed')
  await house.look(page, `admin-jobs-${language}`)
  await visit(page, '/about')
  await page.waitForSelector('dl dd')
  check(/\d+\.\d+\.\d+/.test(await page.textContent('dl')), 'the version is told')
  await house.look(page, `admin-about-${language}`)

  // the language changes without a reload, and so does what the server says
  const before = await page.textContent('main')
  await page.evaluate(() => (window.stays = true))
  await page.click('header button:nth-of-type(3)')
  await page.waitForFunction((b) => document.querySelector('main').textContent !== b, before)
  check(await page.evaluate(() => window.stays), 'without a reload')
}

async function security(house, language) {
  const name = `watch.${language}`
  const page = await house.signIn('secadmin', { language, expect: [409, 422] })
  await visit(page, '/users')
  await page.waitForSelector('tbody tr')
  await house.look(page, `admin-users-${language}`)
  await page.click('main .el-button--primary')
  await page.fill('input[name=name]', name)
  await page.click('form button[type=submit]')
  await page.waitForFunction((n) => document.querySelector('main h1')?.textContent === n, name)
  await page.waitForSelector('main .bar .el-button--primary')

  // a grant
  await page.click('main .bar .el-button--primary')
  await page.selectOption('select[name=role]', 'leader')
  await page.click('form .el-select')
  await page.keyboard.type('赤坎区')
  await page.click('.el-select-dropdown__item:has-text("赤坎区网信办")')
  await page.click('form button[type=submit]')
  await page.waitForSelector('tbody td:has-text("赤坎区网信办")')
  await house.look(page, `admin-user-${language}`)

  // a password, so that the new one can sign in; and out again when disabled
  await page.click('main .bar >> nth=0 >> button >> nth=0')
  await page.fill('input[name=password]', 'Lighthouse-keeper-8')
  await page.click('form:has(input[name=password]) button[type=submit]')
  await page.waitForSelector('form', { state: 'detached' })
  const other = await house.signIn(name, { password: 'Lighthouse-keeper-8', language })
  await page.reload()
  await page.waitForSelector('h1')

  // a token, shown once
  await page.click('main button:has-text("' + (language === 'zh' ? '新建令牌' : 'New token') + '")')
  await page.fill('input[name=purpose]', 'mirror')
  await page.click('form:has(input[name=purpose]) button[type=submit]')
  const token = (await page.textContent('code.secret')).trim()
  const asked = await fetch(`${house.base}/api/v1/orders`, { headers: { authorization: `Bearer ${token}` } })
  check(asked.status === 200, `the token reads: ${asked.status}`)
  await house.look(page, `admin-token-${language}`)
  await page.reload()
  await page.waitForSelector('td:has-text("mirror")')
  check(!(await page.textContent('main')).includes(token), 'the token is shown this once')

  // the grant ends: nothing is left to see
  await page.click('main table >> nth=0 >> button')
  await page.click('.el-popconfirm__action .el-button--primary')
  await page.waitForFunction(
    () =>
      document.querySelectorAll('main table')[0]?.querySelectorAll('tbody button').length !== 1 ||
      !document.body.textContent.includes('赤坎区网信办'),
  )
  await other.close()

  // an administrator does not become another one, too
  await page.goto(`${house.base}/users/auditor`)
  await page.waitForSelector('main .bar .el-button--primary')
  await page.click('main .bar .el-button--primary')
  await page.selectOption('select[name=role]', 'system_admin')
  await page.click('form .el-select')
  await page.keyboard.type('湛江市网信办')
  await page.click('.el-select-dropdown__item:has-text("湛江市网信办")')
  await page.click('form button[type=submit]')
  await page.waitForSelector('form [role=alert]')
}

async function auditor(house, language) {
  const page = await house.signIn('auditor', { language })
  await visit(page, '/changes')
  await page.waitForSelector('tbody tr')
  await page.click('main .el-button--primary')
  await page.waitForSelector('.verdict.good', { timeout: 60000 })
  await house.look(page, `admin-audit-${language}`)
  await page.selectOption('select[name=verb]', 'sign_in')
  await page.waitForURL((url) => url.searchParams.get('verb') === 'sign_in')
  await page.fill('input[name=actor]', 'auditor')
  await page.keyboard.press('Tab')
  await page.waitForURL((url) => url.searchParams.get('actor') === 'auditor')
  await page.waitForFunction(() =>
    [...document.querySelectorAll('tbody tr td:nth-child(2)')].every((td) => td.textContent === 'auditor'),
  )
  check((await page.$$('tbody tr')).length > 0, 'the auditor’s own sign-ins')
  // a link shows the same list
  const link = page.url()
  await page.goto(link)
  await page.waitForSelector('tbody tr')
  check((await page.inputValue('input[name=actor]')) === 'auditor', 'the filter is in the address')
  await page.goto(`${house.base}/changes?verb=change`)
  await page.waitForSelector('tbody button')
  await page.click('tbody button >> nth=0')
  await page.waitForSelector('.values dl')
  await visit(page, '/users')
  await page.waitForSelector('tbody tr')
  await page.click('tbody tr >> nth=0')
  await page.waitForURL((url) => url.pathname.startsWith('/users/'))
  await page.waitForSelector('main h1')
  check(!(await page.$('main .bar button')), 'the auditor looks and does not touch')
}

async function office(house, language) {
  const page = await house.signIn('duty', { language, expect: [422] })
  await visit(page, '/accounts')
  for (const name of language === 'zh' ? ['血液中心', '燃气'] : ['配电服务', '港务']) {
    await page.click('form .el-select >> nth=0')
    await page.keyboard.type(name)
    await page.click(`.el-select-dropdown__item:visible:has-text("${name}")`)
    await page.waitForSelector(`.picked li:has-text("${name}")`)
  }
  await house.look(page, `admin-accounts-${language}`)
  await page.click('form button[type=submit]')
  await page.waitForSelector('.slip, .table', { timeout: 30000 })
  const slips = await page.$$('.slip')
  check(slips.length >= 1, `${slips.length} slips`)
  await house.look(page, `admin-slips-${language}`)
  await page.emulateMedia({ media: 'print' })
  await house.look(page, `admin-slips-print-${language}`)
  await page.emulateMedia({ media: 'screen' })
  // one is asked before the codes are lost
  const asked = page.waitForEvent('dialog')
  await Promise.all([asked.then((d) => d.dismiss()), page.click('nav a[href="/orders"]')])
  check(page.url().endsWith('/accounts'), 'one is asked before the codes are lost')
  page.once('dialog', (d) => d.accept())
  await page.click('nav a[href="/orders"]')
  await page.waitForURL((url) => url.pathname === '/orders')
}

async function palette(house) {
  const page = await house.signIn('duty')
  await page.keyboard.press('Control+k')
  await page.waitForSelector('.palette input')
  await house.look(page, 'palette-empty')
  await page.keyboard.type('水务')
  await page.waitForSelector('.palette li:has-text("水务")')
  await house.look(page, 'palette-found')
  await page.keyboard.press('Enter')
  await page.waitForURL((url) => url.pathname.split('/').length === 3)
  await page.waitForSelector('main h1')
  // kept once one has looked at it for a second
  await page.waitForFunction(() => localStorage.getItem('seawall.recent'))
  await page.keyboard.press('Control+k')
  await page.waitForSelector('.palette li:has-text("最近打开")')
  await page.keyboard.press('Escape')
  await page.waitForSelector('.palette', { state: 'detached' })
  await page.keyboard.press('Control+k')
  await page.waitForSelector('.palette input')
  await page.keyboard.type('深色')
  await page.waitForFunction(() => document.querySelectorAll('.palette li').length === 1)
  await page.keyboard.press('Enter')
  await page.waitForSelector('html.dark')
  // keys and help
  await page.keyboard.press('?')
  await page.waitForSelector('.keys')
  await house.look(page, 'keys')
  await page.keyboard.press('Escape')
  await page.waitForSelector('.keys', { state: 'detached' })
  await page.keyboard.press('g')
  await page.keyboard.press('o')
  await page.waitForURL((url) => url.pathname === '/orders')
  await page.click('header button[aria-pressed]')
  await page.waitForSelector('aside.help p')
  await page.keyboard.press('[')
  await page.waitForSelector('.frame.folded')
  await house.look(page, 'folded-help-dark')
  await page.reload()
  await page.waitForSelector('.frame.folded aside.help')
  await page.goto(`${house.base}/no/such/page/at-all`)
  await page.waitForSelector('.trouble h1')
  await house.look(page, 'missing-dark')
}

export const cases = [
  ...['zh', 'en'].flatMap((language) => [
    { name: `the system administrator's day (${language})`, run: (house) => system(house, language) },
    { name: `the security administrator's day (${language})`, run: (house) => security(house, language) },
    { name: `the auditor's day (${language})`, run: (house) => auditor(house, language) },
    { name: `the duty officer opens accounts (${language})`, run: (house) => office(house, language) },
  ]),
  { name: 'search, commands, keys and help from the keyboard', run: palette },
]
