// The analyst's and the duty officer's day over findings: sought, judged, many at once with what will happen said before.
import { check } from './house.mjs'

const ready = async (page) => {
  await page.waitForSelector('.findings table tbody tr')
  await page.waitForFunction(() => !document.querySelector('main [aria-busy=true]'))
}
const text = (page, selector) => page.textContent(selector).then((s) => s.replace(/\s+/g, ' ').trim())
const facet = (page, name) =>
  page.$eval(`input[name="${name}"]`, (i) =>
    Number(i.closest('label').querySelector('.tabular').textContent.replace(/\D/g, '')),
  )
const listed = (page) =>
  page.evaluate(() => Number(document.querySelector('.findings h1 .tabular').textContent.replace(/\D/g, '')))

/** Every number opens a list with exactly that many rows. */
async function facets(house, language) {
  const page = await house.signIn('analyst', { language })
  await page.click('nav a[href="/findings"]')
  await ready(page)
  await house.look(page, `findings-${language}`)
  for (const name of ['state-new', 'severity-critical', 'kev-true', 'first_seen-quarter']) {
    const n = await facet(page, name)
    await page.click(`input[name="${name}"]`)
    await page.waitForFunction(
      (m) => Number(document.querySelector('.findings h1 .tabular').textContent.replace(/\D/g, '')) === m,
      n,
    )
    await ready(page)
    const url = new URL(page.url())
    const rows = await page.evaluate(async (q) => {
      let n = 0
      for (let next = ''; next !== null;) {
        const a = await (
          await fetch(`/api/v1/findings?limit=1000&${q}${next ? `&cursor=${next}` : ''}`)
        ).json()
        n += a.items.length
        next = a.next
      }
      return n
    }, url.searchParams.toString())
    check(rows === n, `${name} says ${n}, the list has ${rows}`)
  }
  await house.look(page, `findings-filtered-${language}`)
  const before = await listed(page)
  await page.reload()
  await ready(page)
  check((await listed(page)) === before, 'a link shows the same after a reload')
  await page.click('.views button:nth-child(2)')
  await page.waitForSelector('.findings td:nth-child(7)')
  await house.look(page, `findings-remedies-${language}`)
}

async function judge(house, language) {
  const page = await house.signIn('analyst', { language })
  await page.goto(`${house.base}/findings?state=new&severity=medium`)
  await ready(page)
  const before = await listed(page)
  await page.keyboard.press('x')
  await page.keyboard.press('j')
  await page.keyboard.press('j')
  await page.keyboard.press('Shift+X')
  check((await page.$$('tr.picked')).length === 3, 'three rows are chosen by keyboard')
  check(
    !(await page.$$eval('.chosen button', (all) => all.map((b) => b.textContent.trim()))).some((w) =>
      /交办|^Order/.test(w),
    ),
    'an analyst does not order',
  )
  await page.click(
    '.chosen .el-button:has-text("' + (language === 'zh' ? '标为误报' : 'False positive') + '")',
  )
  await page.waitForFunction(() => /3/.test(document.querySelector('dialog .effect')?.textContent ?? ''))
  await house.look(page, `findings-bulk-${language}`)
  await page.fill(
    'dialog textarea[name=reason]',
    language === 'zh' ? '版本已由厂商回移补丁' : 'patch backported by the vendor',
  )
  await page.keyboard.press('Tab')
  await page.click('dialog button[type=submit]')
  await page.waitForFunction(() => !document.querySelector('dialog textarea'))
  check(/3/.test(await text(page, 'dialog .effect')), 'three are done')
  await page.click('dialog button')
  await page.waitForFunction(
    (n) => Number(document.querySelector('.findings h1 .tabular').textContent.replace(/\D/g, '')) === n,
    before - 3,
  )
}

async function order(house, language) {
  const page = await house.signIn('duty', { language })
  await page.goto(`${house.base}/findings?state=new&severity=critical&kev=true`)
  await ready(page)
  for (let i = 0; i < 5; i++) {
    await page.keyboard.press('x')
    await page.keyboard.press('j')
  }
  await page.keyboard.press('o')
  await page.waitForSelector('dialog .units tr td')
  const said = await text(page, 'dialog .effect')
  const units = (await page.$$('dialog .units tbody tr')).length
  check(said.includes(String(units)) && said.includes('5'), `the preview says ${said} for ${units} units`)
  await house.look(page, `findings-order-${language}`)
  await page.click('dialog button[type=submit]')
  await page.waitForSelector('dialog .made li')
  check((await page.$$('dialog .made li')).length === units, 'as many orders as were announced')
  await page.click('dialog .made a')
  await page.waitForURL(/\/orders\//)
}

/** From sign-in: sought, read, judged; then a vulnerability, who has it and why, and the draft of a bulletin. */
async function day(house, language) {
  const zh = language === 'zh'
  const page = await house.signIn('analyst', { language })
  await page.click('nav a[href="/findings"]')
  await ready(page)
  await page.keyboard.press('/')
  await page.keyboard.type('CVE-2021 学院')
  await page.waitForURL(/q=/)
  await ready(page)
  await page.waitForFunction(() =>
    [...document.querySelectorAll('.findings tbody tr:not(.space) td:nth-child(5)')].every((c) =>
      c.textContent.includes('学院'),
    ),
  )
  await page.focus('.findings .scroller')
  await page.keyboard.press('Enter')
  await page.waitForSelector('.finding .explain .said')
  check(/at=/.test(await page.evaluate(() => history.state.back)), 'going back leads to the same row')
  await page.waitForFunction(() => document.querySelectorAll('.finding .steps li').length)
  await house.look(page, `finding-${language}`)
  // the letter after g is none of the page's: u alone goes back
  await page.keyboard.press('g')
  await page.keyboard.press('u')
  await page.waitForURL((url) => url.pathname === '/units')
  await page.goBack()
  await page.waitForSelector('.finding .explain .said')
  const points = await page.$$eval('.terms .points', (all) =>
    all.reduce((n, c) => n + Number(c.textContent), 0),
  )
  const priority = Number(
    (await page.$eval('.terms', (t) => t.closest('section').querySelector('h2').textContent)).replace(
      /\D/g,
      '',
    ),
  )
  check(Math.abs(points - priority) <= 2, `the terms sum to ${points}, the priority is ${priority}`)
  const confirm = page.locator(`.finding .bar button:has-text("${zh ? '确认' : 'Confirm'}")`)
  if (await confirm.count()) {
    await page.keyboard.press('c')
    await page.waitForFunction(() => /1/.test(document.querySelector('dialog .effect')?.textContent ?? ''))
    await page.click('dialog button[type=submit]')
    await page.waitForFunction(() => !document.querySelector('dialog button[type=submit]'))
    await page.click('dialog button')
    await page.waitForFunction(
      (word) => document.querySelector('.finding .state').textContent === word,
      zh ? '已确认' : 'confirmed',
    )
  }
  await page.goBack()
  await ready(page)

  await page.click('nav a[href="/vulns"]')
  await page.waitForSelector('.vulns tbody tr')
  await house.look(page, `vulns-${language}`)
  const found = async (words, id) => {
    await page.fill('#vuln-search', words)
    await page.waitForFunction(
      (i) =>
        document.querySelector('.vulns tbody')?.textContent.includes(i) && location.search.includes('q='),
      id,
    )
    await page.waitForFunction(() => !document.querySelector('main [aria-busy=true]'))
  }
  await found('2021-34473', 'CVE-2021-34473')
  await found('tomcat', 'CVE-2020-1938')
  await found('代码执行 tomcat', 'CVE-2025-24813')
  await found('exchange', 'CVE-2021-34473')
  await page.click('a[href="/vulns/CVE-2021-34473"]')
  await page.waitForSelector('.vuln .hits tbody tr')
  await page.click('.vuln .hits .link')
  await page.waitForSelector('.vuln .because .said')
  await house.look(page, `vuln-${language}`)
  const n = Number((await text(page, '.vuln h2 a')).replace(/\D/g, ''))
  check(n === (await page.$$('.vuln .hits > table > tbody')).length, 'as many rows as the number says')
  await page.click('.vuln .bar .el-button--primary')
  await page.waitForURL(/\/notices\/[0-9a-f-]{36}/)
  await page.waitForSelector('main h1')
}

export const cases = ['zh', 'en'].flatMap((language) => [
  { name: `facets open their lists in ${language}`, run: (house) => facets(house, language) },
  { name: `an analyst's day in ${language}`, run: (house) => day(house, language) },
  { name: `an analyst judges many in ${language}`, run: (house) => judge(house, language) },
  { name: `a duty officer orders many in ${language}`, run: (house) => order(house, language) },
])
