// Units: the tree, the card and its numbers, the people behind it.
import { check, visit } from './house.mjs'

const api = (page, path) => page.evaluate(async (p) => (await fetch(p)).json(), path)

async function tree(house) {
  const page = await house.signIn('duty')
  await page.click('nav a[href="/units"]')
  await page.waitForSelector('.unit-tree [data-unit]')
  await house.look(page, 'units-tree')
  const before = await page.locator('.unit-tree [data-unit]').count()
  check(before > 5, 'the city and what is below it')

  // by keyboard: the arrow unfolds a county
  await page.locator('.unit-tree [data-unit]:has-text("赤坎区网信办")').focus()
  await page.keyboard.press('ArrowRight')
  await page.waitForFunction((n) => document.querySelectorAll('.unit-tree [data-unit]').length > n, before)

  // search by the initials of its pinyin
  await page.fill('#unit-search', 'lwrq')
  await page.click('.found button:has-text("湛江市蓝湾燃气有限公司")')
  await page.waitForSelector('.unit .unit-panel >> text=责任链')
  check(/at=/.test(page.url()) && /q=lwrq/.test(page.url()), 'what is chosen and searched is in the address')
  await page.waitForSelector('text=岑既明')
  await page.waitForFunction(() =>
    [...document.querySelectorAll('.number-link b')].every((b) => b.textContent !== '–'),
  )
  await house.look(page, 'units-card')

  // every number opens its list, with exactly so many rows
  const links = await page.$$eval('.number-link', (all) =>
    all.map((a) => ({ href: a.getAttribute('href'), n: Number(a.querySelector('b').textContent) })),
  )
  check(links.length >= 8, 'numbers of assets, findings, orders, declarations')
  for (const one of links) {
    const list = await api(page, `/api/v1${one.href}&limit=1000`)
    check(list.items.length === one.n, `${one.href}: ${one.n} on the card, ${list.items?.length} in the list`)
  }
  const some = links.find((l) => l.n > 0 && l.href.startsWith('/assets'))
  await page.goto(house.base + some.href)
  await page.waitForFunction((n) => document.querySelectorAll('tbody tr').length === n, some.n)

  await page.goto(`${house.base}/units?tree=supervisor`)
  await page.waitForSelector('.unit-tree [data-unit]')
  await house.look(page, 'units-supervisor')
}

async function contacts(house) {
  const page = await house.signIn('duty')
  await page.goto(`${house.base}/units`)
  await page.fill('#unit-search', '蓝湾燃气')
  await page.click('.found button')
  await page.click('.unit button:has-text("核对联系人")')
  await page.fill('.unit-form input[name=who]', '岑既明')
  await house.look(page, 'units-check')
  await page.click('.unit-form button[type=submit]')
  await page.waitForSelector('text=据岑既明（电话）')

  await page.click('.unit button:has-text("账号单")')
  await page.click('.unit-form button[type=submit]')
  await page.waitForSelector('.slips .slip')
  await house.look(page, 'units-slips')
  await page.click('.unit-form button:has-text("返回")')

  await page.click('.unit button:has-text("联络员交接")')
  await page.fill('.unit-form input[name=name]', '乔安')
  await page.fill('.unit-form input[name=phone]', '13800002009')
  await house.look(page, 'units-turnover')
  await page.click('.unit-form button[type=submit]')
  await page.waitForSelector('text=交接已办理')
  await page.waitForSelector('.unit-panel td a:has-text("乔安")')
}

async function county(house) {
  const page = await house.signIn('county', { language: 'en' })
  await page.goto(`${house.base}/units`)
  await page.waitForSelector('.unit-tree [data-unit]')
  const names = await page.$$eval('.unit-tree [data-unit]', (all) =>
    all.map((b) => b.textContent.replace(/^[▾▸]/, '').trim()),
  )
  check(names[0] === '赤坎区网信办', `a county begins with itself, not ${names[0]}`)
  await page.click('.unit-tree [data-unit] >> nth=1')
  await page.waitForSelector('text=Chain of responsibility')
  await house.look(page, 'units-county-en')
}

async function draft(house) {
  const page = await house.signIn('duty', { language: 'en' })
  const { id } = JSON.parse(house.cli('unit', 'show', 'zj-media', '--json'))
  await page.goto(`${house.base}/units/${id}/edit`)
  await page.fill('textarea[name=note]', 'by the harbour')
  await visit(page, '/units')
  house.cli('unit', 'set', 'zj-media', '--phone', '0759-5550000')
  await page.goto(`${house.base}/units/${id}/edit`)
  await page.waitForFunction(() => document.querySelector('textarea[name=note]')?.value === 'by the harbour')
  check((await page.inputValue('input[name=phone]')) === '0759-5550000', 'a draft undoes nothing of others')
  await page.click('form.verb button[type=submit]')
  await page.waitForURL((url) => url.pathname === `/units/${id}`)
  const unit = JSON.parse(house.cli('unit', 'show', 'zj-media', '--json'))
  check(unit.phone === '0759-5550000' && unit.note === 'by the harbour', 'both changes are there')
}

export const cases = [
  { name: 'the tree, search by pinyin, the card, every number its list', run: tree },
  { name: 'contacts checked, slips, turnover', run: contacts },
  { name: 'a county sees its own', run: county },
  { name: 'a draft keeps what was typed and nothing else', run: draft },
]
